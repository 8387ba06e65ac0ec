// Do the directives agree with each other, and with Expires? (RFC 9111 sections 4.2.1 and 5.2.2)
import { seconds } from '../http/cache-control.ts';
import { parseDate } from '../http/date.ts';
import { first } from '../http/fields.ts';
import { spokenDuration } from '../duration.ts';
import { rfc, topic, type Say } from './note.ts';
import { quoted, type Scene } from './scene.ts';

const kinds = {
  'public-private': {
    level: 'bad',
    why: 'public lets every cache keep it, private forbids that to all but the browser. Caches do not agree on which counts; the careful ones do not store.',
    remedy: 'Keep the one that is meant: private for what belongs to one visitor.',
    reference: rfc(9111, '5.2.2.9'),
  },
  'no-store-beside-lifetime': {
    level: 'warning',
    why: 'no-store wins: nothing is kept, and what stands beside it about keeping has no effect. Usually two layers wrote it, each something else.',
    remedy: 'Drop no-store if it is to be kept, else drop the rest.',
    reference: rfc(9111, '5.2.2.5'),
  },
  'no-store-crowd': {
    level: 'info',
    why: 'What is never stored is never reused, so that no-store alone says it all. The others were meant for caches of long ago.',
    remedy: 'Send Cache-Control: no-store.',
    reference: rfc(9111, '5.2.2.5'),
  },
  'private-s-maxage': {
    level: 'warning',
    why: 's-maxage speaks to shared caches only, and private forbids them to keep it: one of the two has no effect.',
    remedy: 'Drop s-maxage, or private.',
    reference: rfc(9111, '5.2.2.10'),
  },
  'no-cache-lifetime': {
    level: 'info',
    why: 'no-cache asks for a question before each use, however young the copy, so that the lifetime beside it has no effect.',
    remedy: 'Drop no-cache if the lifetime is meant, else the lifetime.',
    reference: rfc(9111, '5.2.2.4'),
  },
  'must-understand-alone': {
    level: 'warning',
    why: 'must-understand is meant to stand beside no-store, which caches that understand the status then pass over. Alone it leaves older caches free to store.',
    remedy: 'Send no-store, must-understand and the lifetime.',
    reference: rfc(9111, '5.2.2.3'),
  },
  'revalidate-needless': {
    level: 'info',
    why: 'proxy-revalidate is must-revalidate for shared caches only; beside must-revalidate it adds nothing.',
    remedy: 'Keep must-revalidate.',
    reference: rfc(9111, '5.2.2.8'),
  },
  'must-revalidate-stale-window': {
    level: 'warning',
    why: 'must-revalidate forbids every use of an expired copy without asking, the stale windows allow it. A standard cache obeys the prohibition; Varnish and nginx serve the stale copy.',
    remedy: 'Keep the one that is meant.',
    reference: rfc(9111, '5.2.2.2'),
  },
  's-maxage-stale-window': {
    level: 'info',
    why: 'By the standard s-maxage also forbids shared caches to use it stale, so that only browsers may use the window. Most CDNs use it all the same.',
    remedy:
      'Find out by the documentation of your CDN what it does; a targeted field such as CDN-Cache-Control says it without doubt.',
    reference: rfc(9111, '5.2.2.10'),
  },
  'immutable-no-lifetime': {
    level: 'warning',
    why: 'immutable spares questions about a copy that is still fresh. Without a lifetime there is no such time.',
    remedy: 'Send max-age=31536000, immutable; or drop immutable.',
    reference: rfc(8246, '2'),
  },
  'immutable-no-fingerprint': {
    level: 'warning',
    why: 'Browsers do not ask about an immutable copy even when the visitor reloads. Nothing in this URL looks like it would change with the content, so that a change reaches nobody who has the old copy.',
    remedy: 'Put a hash of the content into the URL; or drop immutable.',
    reference: rfc(8246, '2'),
  },
  'public-needless': {
    level: 'info',
    why: 'A lifetime already lets shared caches keep it. public adds that they also keep answers to requests with credentials (Authorization).',
    remedy: 'Drop public, unless that is meant.',
    reference: rfc(9111, '5.2.2.9'),
  },
  'expires-overridden': {
    level: 'info',
    why: 'Where both are there, max-age counts and Expires is passed over, so that what Expires says holds nowhere but in caches of HTTP/1.0.',
    remedy: 'Drop Expires, or let it say the same.',
    reference: rfc(9111, '5.3'),
  },
} as const;

type Id = keyof typeof kinds;

export const conflicts = topic(kinds, (scene: Scene, say) => {
  const { says, control } = scene;
  if (says('public') && says('private')) say('public-private', 'Cache-Control says both public and private.');
  if (says('no-store') && !control.mustUnderstand) withNoStore(scene, say);
  else restrictions(scene, say);
  if (says('must-understand') && !says('no-store'))
    say('must-understand-alone', 'must-understand stands without no-store.');
  if (says('immutable')) immutable(scene, say);
  expires(scene, say);
});

const positive = ({ directives }: Scene, name: string): boolean => {
  const said = seconds(directives, name);
  return typeof said === 'number' && said > 0;
};

function withNoStore(scene: Scene, say: Say<Id>): void {
  const { says } = scene;
  const keeping = ['max-age', 's-maxage'].filter((name) => positive(scene, name));
  if (says('public')) keeping.push('public');
  if (keeping.length > 0) return say('no-store-beside-lifetime', `no-store stands beside ${keeping.join(' and ')}.`);
  const others = ['no-cache', 'must-revalidate', 'proxy-revalidate', 'private', 'max-age', 's-maxage'].filter((name) =>
    says(name),
  );
  if (others.length > 1) say('no-store-crowd', `no-store stands in a crowd of ${others.join(', ')}.`);
}

function restrictions(scene: Scene, say: Say<Id>): void {
  const { says, control } = scene;
  const isShared = !control.isPrivate;
  if (control.isPrivate && says('s-maxage')) say('private-s-maxage', 'private stands beside s-maxage.');
  if (control.noCache && (positive(scene, 'max-age') || positive(scene, 's-maxage'))) {
    say('no-cache-lifetime', 'no-cache stands beside a lifetime.');
  }
  if (says('must-revalidate') && says('proxy-revalidate'))
    say('revalidate-needless', 'must-revalidate stands beside proxy-revalidate.');
  const windows = ['stale-while-revalidate', 'stale-if-error'].filter((name) => positive(scene, name));
  if (windows.length > 0 && (says('must-revalidate') || (isShared && says('proxy-revalidate')))) {
    say('must-revalidate-stale-window', `${windows.join(' and ')} beside a directive that forbids stale use.`);
  } else if (windows.length > 0 && isShared && says('s-maxage')) {
    say('s-maxage-stale-window', `${windows.join(' and ')} beside s-maxage.`);
  }
  if (says('public') && !says('private') && (says('max-age') || says('s-maxage'))) {
    say('public-needless', 'public adds little here: the lifetime beside it already lets shared caches keep it.');
  }
}

function immutable(scene: Scene, say: Say<Id>): void {
  const { response, lifetime, says } = scene;
  if (says('no-store') || says('no-cache') || lifetime === undefined || lifetime.seconds === 0) {
    return say('immutable-no-lifetime', 'immutable, but there is no time in which it is fresh.');
  }
  if (response.url === '' || hasFingerprint(response.url)) return;
  say('immutable-no-fingerprint', `immutable, but the URL ${quoted(pathOf(response.url))} names no version.`);
}

/** Path and query. */
export const pathOf = (url: string): string =>
  url.replace(/^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/i, '').replace(/#.*/s, '') || '/';

/**
 * Whether some part of the path or query looks like a hash, a revision or a version: hexadecimal, or letters and digits
 * mixed, of some length; or numbers with points between them.
 */
export function hasFingerprint(url: string): boolean {
  const path = pathOf(url);
  if (/(?:^|[^0-9])v?\d+\.\d+(?:\.\d+)+/.test(path)) return true;
  if (/[?&](?:v|ver|version|h|hash|rev|build|t|ts|cb)=[^&]+/i.test(path)) return true;
  return path.split(/[^A-Za-z0-9_-]+|[-_](?=[A-Za-z0-9]{6,}\b)/).some((word) => isHash(word));
}

const isHash = (word: string): boolean =>
  /^(?=.*\d)(?=.*[a-f])[0-9a-f]{4,}$/i.test(word) ||
  /^\d{6,}$/.test(word) ||
  (/^[A-Za-z0-9_-]{8,}$/.test(word) && /\d/.test(word) && /[A-Za-z]/.test(word)) ||
  (/^[A-Za-z]{8}$/.test(word) && /[a-z][A-Z]|[A-Z]{2}[a-z]/.test(word));

/** What dates are cut off, and clocks are set, by. */
const SLACK = 2;

function expires({ fields, directives, date, control, now }: Scene, say: Say<Id>): void {
  const written = first(fields, 'expires');
  const maxAge = seconds(directives, 'max-age');
  if (written === undefined || typeof maxAge !== 'number' || date === undefined || control.noStore) return;
  const at = parseDate(written, now);
  const granted = at === undefined ? 0 : Math.max(0, at - date);
  if (Math.abs(granted - maxAge) <= SLACK) return;
  say(
    'expires-overridden',
    at === undefined
      ? `max-age (${spokenDuration(maxAge)}) counts; Expires beside it is no date, and says “already expired”.`
      : `max-age (${spokenDuration(maxAge)}) counts, not Expires, which says ${spokenDuration(granted)}.`,
  );
}
