// Which requests may share one copy: does Vary split too much, or too little? (RFC 9110 section 12.5.5, RFC 9111 section 4.1)
import { first, last, listMembers, valuesOf } from '../http/fields.ts';
import type { Hop } from '../hops.ts';
import { rfc, topic, type Say } from './note.ts';
import { mayBeKept, nameOf, quoted, type Scene } from './scene.ts';

const kinds = {
  'vary-star': {
    level: 'bad',
    why: 'Vary: * says that something else than the request decided. No stored copy ever answers another request.',
    remedy: 'Name the request fields that decide; or say no-store, if that is what is meant.',
    reference: rfc(9110, '12.5.5'),
  },
  'vary-unreadable': {
    level: 'bad',
    why: 'Vary lists names of request fields with commas between them. What is no name matches nothing, or keeps caches from storing.',
    remedy: 'Write names and commas: Vary: Accept-Encoding, Origin.',
    reference: rfc(9110, '12.5.5'),
  },
  'vary-user-agent': {
    level: 'warning',
    why: 'Nearly every release of every browser sends another User-Agent, so that a cache keeps thousands of copies of one page and seldom finds the right one.',
    remedy:
      'Let the edge sort visitors into a few classes and vary by a field for the class; or let the page adapt itself.',
    reference: rfc(9110, '12.5.5'),
  },
  'vary-cookie': {
    level: 'warning',
    why: 'Cookie differs from visitor to visitor (also by what analytics add), so that in effect each has a copy of their own.',
    remedy: 'Send private where the page is personal; else let the edge remove the cookies that do not change it.',
    reference: rfc(9111, '4.1'),
  },
  'vary-wide': {
    level: 'warning',
    why: 'The field has about as many values as there are visitors, or requests. A cache that keeps a copy for each is of no use.',
    remedy: 'Leave it out of Vary, or reduce it at the edge to the few values that change the answer.',
    reference: rfc(9111, '4.1'),
  },
  'vary-language': {
    level: 'info',
    why: 'Browsers send long lists of languages with weights in many forms. Caches that compare the text keep a copy for each form.',
    remedy: 'Reduce Accept-Language at the edge to the languages there are; or give each language a URL of its own.',
    reference: rfc(9111, '4.1'),
  },
  'vary-host': {
    level: 'info',
    why: 'The host is part of the URL, and so of every cache’s key already.',
    remedy: 'Leave Host out of Vary.',
    reference: rfc(9111, '2'),
  },
  'vary-many': {
    level: 'warning',
    why: 'Each name multiplies the copies that a cache has to keep, and lowers the chance to find one.',
    remedy: 'Keep the names that change the answer, usually Accept-Encoding and perhaps Origin.',
    reference: rfc(9111, '4.1'),
  },
  'vary-duplicate': {
    level: 'info',
    why: 'It changes nothing, but shows that two layers add the same name; one of them may be forgotten one day.',
    remedy: 'Let one layer say it.',
    reference: rfc(9110, '5.3'),
  },
  'vary-encoding-missing': {
    level: 'warning',
    why: 'The content is encoded, and nothing says that Accept-Encoding decided. A cache may hand these bytes to a client that cannot read them, or the plain ones to all others.',
    remedy: 'Add Vary: Accept-Encoding, to the answers that are not encoded as well.',
    reference: rfc(9110, '12.5.5'),
  },
  'vary-origin-missing': {
    level: 'warning',
    why: 'Access-Control-Allow-Origin names one origin. A cache that keeps the answer gives the same name to pages of other origins, and browsers refuse it there.',
    remedy: 'Add Vary: Origin wherever the origin is looked at, or answer * to all.',
    reference: 'https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches',
  },
  'vary-unheard': {
    level: 'warning',
    why: 'This product makes its key by its own settings, not by what Vary names: requests that should have answers of their own may share one.',
    remedy: 'Put what decides into that product’s cache key, or keep the answer out of its store.',
    reference: 'https://developers.cloudflare.com/cache/concepts/vary/',
  },
} as const;

/** About one value for each visitor or request. */
const WIDE = new Set([
  'referer',
  'x-forwarded-for',
  'x-real-ip',
  'forwarded',
  'x-request-id',
  'authorization',
  'date',
  'via',
  'if-none-match',
  'x-csrf-token',
]);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const MANY = 5;

export const vary = topic(kinds, (scene: Scene, say) => {
  const members = valuesOf(scene.fields, 'vary').flatMap((line) => listMembers(line));
  if (!mayBeKept(scene)) return;
  missing(
    scene,
    members.map((name) => name.toLowerCase()),
    say,
  );
  if (members.length === 0) return;
  if (members.includes('*')) return say('vary-star', 'Vary: * keeps every cache from using a copy.');
  const unreadable = members.filter((name) => !TOKEN.test(name));
  if (unreadable.length > 0)
    say('vary-unreadable', `Vary holds ${quoted(unreadable.join(', '))}, which is no name of a field.`);
  named(
    members.filter((name) => TOKEN.test(name)).map((name) => name.toLowerCase()),
    say,
  );
  for (const hop of scene.hops)
    unheard(
      hop,
      members.map((name) => name.toLowerCase()),
      say,
    );
});

function named(names: readonly string[], say: Say<keyof typeof kinds>): void {
  const unique = new Set(names);
  if (unique.has('user-agent')) say('vary-user-agent', 'Vary: User-Agent keeps a copy for each kind of browser.');
  if (unique.has('cookie')) say('vary-cookie', 'Vary: Cookie keeps a copy for each visitor.');
  const wide = [...unique].filter((name) => WIDE.has(name));
  if (wide.length > 0) say('vary-wide', `Vary names ${wide.join(', ')}, which hardly two requests share.`);
  if (unique.has('accept-language'))
    say('vary-language', 'Vary: Accept-Language keeps a copy for each list of languages.');
  if (unique.has('host')) say('vary-host', 'Vary names Host, which changes nothing.');
  if (unique.size >= MANY) say('vary-many', `Vary names ${unique.size} request fields.`);
  if (unique.size < names.length) say('vary-duplicate', 'Vary names the same field twice.');
}

function missing({ fields }: Scene, names: readonly string[], say: Say<keyof typeof kinds>): void {
  if (names.includes('*')) return;
  const coding = last(fields, 'content-encoding')?.trim().toLowerCase();
  if (coding !== undefined && coding !== '' && coding !== 'identity' && !names.includes('accept-encoding')) {
    say('vary-encoding-missing', `Content-Encoding: ${coding}, but Vary does not name Accept-Encoding.`);
  }
  const allowed = first(fields, 'access-control-allow-origin')?.trim();
  if (allowed !== undefined && allowed !== '*' && !names.includes('origin')) {
    say('vary-origin-missing', `Access-Control-Allow-Origin is ${quoted(allowed)}, but Vary does not name Origin.`);
  }
}

/** Products that compare what Vary names only where their settings say so; Accept-Encoding apart. */
const BY_SETTINGS = new Set(['cloudflare', 'cloudfront', 'bunny']);

function unheard(hop: Hop, names: readonly string[], say: Say<keyof typeof kinds>): void {
  if (!BY_SETTINGS.has(hop.dialect) || hop.replayed === true) return;
  const lost = names.filter((name) => name !== 'accept-encoding');
  if (lost.length > 0)
    say('vary-unheard', `${nameOf(hop)} does not compare ${lost.join(', ')}, unless its settings say so.`);
}
