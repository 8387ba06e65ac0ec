// Is each directive of Cache-Control one that caches know, written as they read it? (RFC 9111 section 5.2)
import type { Directive } from '../http/cache-control.ts';
import { combined, valuesOf } from '../http/fields.ts';
import { nearest } from '../nearest.ts';
import { rfc, topic, type Say } from './note.ts';
import { behaviourOf, nameOf, quoted, type Scene } from './scene.ts';

const kinds = {
  'cc-malformed': {
    level: 'bad',
    why: 'A directive is a name, or a name, = and a value, without spaces around the =. Of anything else each cache makes its own.',
    remedy: 'Write directives with commas between them: public, max-age=60.',
    reference: rfc(9111, '5.2'),
  },
  'cc-semicolon': {
    level: 'bad',
    why: 'Directives stand between commas. After a semicolon the rest belongs to the directive before it, which then cannot be read.',
    remedy: 'Replace the semicolons by commas.',
    reference: rfc(9111, '5.2'),
  },
  'cc-misspelled': {
    level: 'warning',
    why: 'Caches pass over what they do not know, so that this has no effect at all.',
    remedy: 'Write it as the standard does.',
    reference: rfc(9111, '5.2.2'),
  },
  'cc-unknown': {
    level: 'info',
    why: 'It is in no standard. Caches that do not know it pass over it.',
    remedy: 'Leave it out, unless a cache of your own reads it.',
    reference: rfc(9111, '5.2.3'),
  },
  'cc-duplicate': {
    level: 'info',
    why: 'It changes nothing, but usually two layers each add the directive, and one day they will not agree.',
    remedy: 'Let one layer write Cache-Control.',
    reference: rfc(9111, '4.2.1'),
  },
  'cc-contradictory': {
    level: 'bad',
    why: 'With two values for one directive a cache may take the first, or count the answer as expired; products differ.',
    remedy: 'Send it once. Look for the layer that adds it (nginx’s add_header does not replace what is there).',
    reference: rfc(9111, '4.2.1'),
  },
  'cc-number-unreadable': {
    level: 'bad',
    why: 'A number of seconds is digits only. A cache that cannot read it passes over it, or counts the answer as expired.',
    remedy: 'Write whole seconds without sign, point, unit or words.',
    reference: rfc(9111, '1.2.2'),
  },
  'cc-number-quoted': {
    level: 'warning',
    why: 'The standard asks recipients to read both forms and senders to use the bare one; some caches do not read the quoted one.',
    remedy: 'Leave the quotes out.',
    reference: rfc(9111, '5.2'),
  },
  'cc-number-huge': {
    level: 'info',
    why: 'Caches count no further than 2147483648 seconds (68 years); some overflow on the way and see no lifetime at all.',
    remedy: 'A year, 31536000, is as good as for ever.',
    reference: rfc(9111, '1.2.2'),
  },
  'cc-argument-needless': {
    level: 'warning',
    why: 'The directive takes no value. Some caches pass over one that has a value.',
    remedy: 'Write its name alone.',
    reference: rfc(9111, '5.2.2'),
  },
  'cc-names-unquoted': {
    level: 'warning',
    why: 'The field names stand in quotes. Without them the first comma ends the list and the rest reads as unknown directives; some caches then apply it to the whole answer.',
    remedy: 'Write no-cache="set-cookie"; or drop the list, which many caches do not support anyway.',
    reference: rfc(9111, '5.2.2.4'),
  },
  'cc-request-only': {
    level: 'warning',
    why: 'It is a directive of requests. In a response no cache looks at it.',
    remedy: 'Leave it out; what is to be said of stale copies is stale-while-revalidate and stale-if-error.',
    reference: rfc(9111, '5.2.1'),
  },
  'cc-case-unheard': {
    level: 'warning',
    why: 'Names of directives may be written in any case, but this cache knows them in lower case only and passes over the others.',
    remedy: 'Write them in lower case.',
    reference: rfc(9111, '5.2'),
  },
  'cc-check': {
    level: 'info',
    why: 'pre-check and post-check were Internet Explorer’s own. Nothing else has ever read them.',
    remedy: 'Leave them out.',
    reference:
      'https://learn.microsoft.com/en-us/archive/blogs/ieinternals/internet-explorers-cache-control-extensions',
  },
  'cc-check-wrong': {
    level: 'warning',
    why: 'The two went together, as whole seconds, post-check the smaller. Another pair was passed over even by Internet Explorer.',
    remedy: 'Leave both out.',
    reference:
      'https://learn.microsoft.com/en-us/archive/blogs/ieinternals/internet-explorers-cache-control-extensions',
  },
  pragma: {
    level: 'info',
    why: 'Pragma is a field of requests, for caches of HTTP/1.0. What it means in a response was never specified.',
    remedy: 'Leave it out; Cache-Control says it all.',
    reference: rfc(9111, '5.4'),
  },
  'pragma-alone': {
    level: 'warning',
    why: 'Whoever sent Pragma: no-cache wanted nothing to be kept, but in a response caches pass over it, and no Cache-Control says so.',
    remedy: 'Send Cache-Control: no-store, or no-cache where asking first is enough.',
    reference: rfc(9111, '5.4'),
  },
} as const;

type Id = keyof typeof kinds;

const WITH_SECONDS = new Set(['max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error']);
const BARE = new Set([
  'no-store',
  'public',
  'must-revalidate',
  'proxy-revalidate',
  'must-understand',
  'no-transform',
  'immutable',
]);
const WITH_NAMES = new Set(['no-cache', 'private']);
const OF_REQUESTS = new Set(['max-stale', 'min-fresh', 'only-if-cached']);
const CHECKS = new Set(['pre-check', 'post-check']);
const KNOWN = new Set([...WITH_SECONDS, ...BARE, ...WITH_NAMES, ...OF_REQUESTS, ...CHECKS]);
/** Of 2^31 on caches need not count (RFC 9111 section 1.2.2). */
const HUGE = 2 ** 31;

export const cacheControl = topic(kinds, (scene: Scene, say) => {
  pragma(scene, say);
  const { directives } = scene;
  if (directives.length === 0) return;
  const text = combined(scene.fields, 'cache-control') ?? '';
  // within quotes it would be part of a value
  const semicolons = text.replaceAll(/"[^"]*"/g, '').includes(';');
  if (semicolons) say('cc-semicolon', `Cache-Control ${quoted(text)} has semicolons between its directives.`);
  for (const directive of directives) if (!semicolons) one(directive, scene, say);
  repeated(directives, say);
  checks(directives, say);
  caseUnheard(scene, say);
});

function pragma({ fields, directives }: Scene, say: Say<Id>): void {
  const values = valuesOf(fields, 'pragma');
  if (values.length === 0) return;
  const forbids = values.some((value) => /\bno-cache\b/i.test(value));
  if (forbids && directives.length === 0)
    say('pragma-alone', 'Pragma: no-cache stands in the response without any Cache-Control.');
  else say('pragma', `Pragma: ${quoted(values.join(', '))} stands in the response.`);
}

function one(directive: Directive, scene: Scene, say: Say<Id>): void {
  const { name, raw, value, malformed } = directive;
  if (WITH_SECONDS.has(name)) return timed(directive, scene, say);
  if (malformed === true) return say('cc-malformed', `The directive ${quoted(raw)} cannot be read.`);
  if (OF_REQUESTS.has(name)) return say('cc-request-only', `${name} is a directive of requests.`);
  if (BARE.has(name) && value !== undefined)
    return say('cc-argument-needless', `${name} takes no value, but here is ${quoted(raw)}.`);
  if (WITH_NAMES.has(name) && value !== undefined && !raw.includes('"')) {
    return say('cc-names-unquoted', `The names of fields in ${quoted(raw)} stand without quotes.`);
  }
  if (KNOWN.has(name)) return;
  const meant = spelled(name);
  if (meant === undefined) say('cc-unknown', `The directive ${quoted(raw)} is in no standard.`);
  else say('cc-misspelled', `The directive ${quoted(raw)} is not known; ${meant} is probably meant.`);
}

/** `max_age`, `smaxage` and `no_store` are nearer than their distance says. */
function spelled(name: string): string | undefined {
  const letters = (word: string): string => word.replaceAll(/[^a-z]/g, '');
  const same = [...KNOWN].find((known) => letters(known) === letters(name));
  return same ?? (name.length < 4 ? undefined : nearest(name, KNOWN));
}

function timed({ name, raw, value, malformed }: Directive, { lifetime }: Scene, say: Say<Id>): void {
  const number = value?.trim() ?? '';
  if (/^\d+$/.test(number) && malformed !== true) {
    if (raw.includes('"')) say('cc-number-quoted', `${raw} stands in quotes.`);
    if (Number(number) > HUGE) say('cc-number-huge', `${name} is larger than caches count.`);
  } else if (!(lifetime?.invalid === true && lifetime.from === name)) {
    // where it decides about freshness, another note says what follows
    say('cc-number-unreadable', `${quoted(raw)} is no whole number of seconds.`);
  }
}

function repeated(directives: readonly Directive[], say: Say<Id>): void {
  for (const name of new Set(directives.map((d) => d.name))) {
    const several = directives.filter((d) => d.name === name);
    if (several.length < 2 || WITH_NAMES.has(name)) continue;
    const values = new Set(several.map(({ value }) => value));
    if (values.size === 1) say('cc-duplicate', `${name} is said ${several.length} times.`);
    else say('cc-contradictory', `${name} is said with different values: ${several.map(({ raw }) => raw).join(', ')}.`);
  }
}

function checks(directives: readonly Directive[], say: Say<Id>): void {
  const found = directives.filter(({ name }) => CHECKS.has(name));
  if (found.length === 0) return;
  const [pre, post] = ['pre-check', 'post-check'].map((name) => found.find((d) => d.name === name)?.value);
  const whole = [pre, post].every((value) => value !== undefined && /^\d+$/.test(value));
  const names = found.map(({ raw }) => raw).join(', ');
  if (!whole || Number(post) > Number(pre)) say('cc-check-wrong', `${names}: not a pair that means anything.`);
  else say('cc-check', `${names} are read by no cache of today.`);
}

function caseUnheard({ directives, hops }: Scene, say: Say<Id>): void {
  const upper = directives.filter(({ name, raw }) => KNOWN.has(name) && !raw.startsWith(name));
  if (upper.length === 0) return;
  const deaf = hops.find((hop) => behaviourOf(hop).lowerCaseOnly === true);
  if (deaf !== undefined)
    say('cc-case-unheard', `${nameOf(deaf)} passes over ${upper.map(({ raw }) => raw).join(', ')}.`);
}
