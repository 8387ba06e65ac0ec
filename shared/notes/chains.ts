// What follows from how the caches on the way stand one behind the other? (RFC 9111 section 4.2.3, RFC 9211)
import { parseCacheStatus } from '../http/cache-status.ts';
import { has } from '../http/cache-control.ts';
import { combined, valuesOf } from '../http/fields.ts';
import { isExplicit } from '../http/freshness.ts';
import type { Hop } from '../hops.ts';
import { spokenDuration } from '../duration.ts';
import { hasFingerprint } from './conflicts.ts';
import { NOTHING_TO_DO, rfc, topic, type Say } from './note.ts';
import { answeredFromStore, behaviourOf, explicitLifetime, nameOf, quoted, toldTo, type Scene } from './scene.ts';

const kinds = {
  'cache-status-unreadable': {
    level: 'warning',
    why: 'Cache-Status is a structured field; what does not follow its form is read by each program in its own way, or not at all.',
    remedy: 'Look for the cache that writes it; newer releases often write it right.',
    reference: rfc(9211, '2'),
  },
  'cache-status-key-unreadable': {
    level: 'warning',
    why: 'The key is a string in double quotes. Written otherwise, programs that read Cache-Status pass over it, or over the whole field.',
    remedy: 'Put the key into quotes, where this cache lets you write it.',
    reference: rfc(9211, '2.7'),
  },
  'cache-status-hit-and-fwd': {
    level: 'warning',
    why: 'hit says that the request was not passed on, fwd why it was. With both each reader takes the one that it looks for first.',
    remedy: 'Look for the cache that writes it; what it did can be told by its own other fields.',
    reference: rfc(9211, '2.2'),
  },
  'age-frozen': {
    level: 'warning',
    why: 'This cache passes on the Age that it stored and does not count on. Whoever reads it takes the copy for younger than it is.',
    remedy: 'Remove Age in this layer, or keep its lifetime short; the layer behind it tells the true one.',
    reference: rfc(9111, '5.1'),
  },
  'age-lost': {
    level: 'warning',
    why: 'The answer came out of a store, and no Age says how long it was there. Each cache after it counts the whole lifetime again.',
    remedy: 'Count with the sum of the lifetimes; or shorten it by hand in the layers outside of this one.',
    reference: rfc(9111, '5.1'),
  },
  'lifetimes-add': {
    level: 'warning',
    why: 'Of two caches one behind the other, the outer one counts the whole lifetime from when it stored its copy, whatever its age was then: it passes over Age (nginx, HAProxy), or the inner one sends none (nginx).',
    remedy: 'Let the outer layer keep it shortly, and purge from the inside out.',
    reference: rfc(9111, '4.2.3'),
  },
  'lifetime-capped': {
    level: 'info',
    why: 'The cache keeps it for less than the response says: its own settings set a limit.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9211, '2.4'),
  },
  'lifetime-stretched': {
    level: 'warning',
    why: 'The cache keeps it for longer than the response says: its own settings, or a field that it does not pass on, override it.',
    remedy:
      'Look into its settings (minimum or edge lifetime); a change shows there only when that is over, or after a purge.',
    reference: rfc(9211, '2.4'),
  },
  'stored-against-its-word': {
    level: 'warning',
    why: 'It came out of a shared cache, although the response forbids shared caches to keep it or to use it unasked. Cache-Control was rewritten on the way, or this cache was told not to obey it.',
    remedy:
      'Look where Cache-Control is changed for browsers; if nobody meant that, visitors may see each other’s pages.',
    reference: rfc(9111, '3'),
  },
  bypassed: {
    level: 'info',
    why: 'The cache did not look into its store for this request: its rules, the method, a cookie or a field of the request made it pass.',
    remedy: 'If it should be cached, look at the rules of that layer, and at what the request carried.',
    reference: rfc(9211, '2.2'),
  },
  history: {
    level: 'info',
    why: 'A stored answer is sent again with all its fields. What stands behind the first hit tells of the request that filled that store, not of this one.',
    remedy: 'Ask with a URL that is in no store to see the inner layers answer now.',
    reference: rfc(9211, '2'),
  },
  'query-ignored': {
    level: 'info',
    why: 'The cache looks for its copy without the query, so that all queries of this path share one copy.',
    remedy: 'Right for tracking parameters. If some parameter changes the page, put it into the key.',
    reference: rfc(9211, '2.7'),
  },
  'query-reordered': {
    level: 'info',
    why: 'The cache sorts the query before it looks, so that the order of parameters does not matter. A purge has to name the sorted form, or is sorted as well.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9211, '2.7'),
  },
  'from-browser-cache': {
    level: 'info',
    why: 'The browser answered from a store of its own. No cache on the way saw this request; all that the fields say is of the earlier one.',
    remedy: 'Record again with “disable cache” to see the caches on the way.',
    reference: rfc(9111, '4'),
  },
} as const;

type Id = keyof typeof kinds;

/** Rounding of Age and ttl by two clocks, in seconds. */
const SLACK = 2;
const MONTH = 30 * 86_400;

export const chains = topic(kinds, (scene: Scene, say) => {
  const { hops, response, fields } = scene;
  for (const problem of parseCacheStatus(valuesOf(fields, 'cache-status')).problems) say(problemKind(problem), problem);
  const { browser } = response;
  if (browser?.cacheStatus.hit === true) {
    say('from-browser-cache', `The browser answered from its ${browser.cacheStatus.cache ?? 'own cache'}.`);
  }
  const [nearest] = hops;
  if (nearest === undefined) return;
  agesPassedOn(nearest, scene, say);
  lifetimesAlong(scene, say);
  limits(nearest, scene, say);
  keys(scene, say);
  const server = answeredFromStore(scene);
  if (server !== undefined) against(server, scene, say);
  const passing = hops.find(
    (hop) => hop.replayed !== true && (hop.cacheStatus.fwd === 'bypass' || hop.cacheStatus.fwd === 'method'),
  );
  if (passing !== undefined) say('bypassed', `${nameOf(passing)} did not look into its store.`);
  const first = hops.find((hop) => hop.replayed === true);
  if (first !== undefined) say('history', `From ${nameOf(first)} on, what stands there is history.`);
});

function problemKind(problem: string): Id {
  if (problem.startsWith('The parameter key of ')) return 'cache-status-key-unreadable';
  return problem.includes('says both hit and fwd') ? 'cache-status-hit-and-fwd' : 'cache-status-unreadable';
}

function agesPassedOn(nearest: Hop, { age }: Scene, say: Say<Id>): void {
  if (nearest.frozenAge !== undefined) {
    return say('age-frozen', `Age ${nearest.frozenAge} is what ${nameOf(nearest)} stored, and does not count on.`);
  }
  if (nearest.cacheStatus.hit !== true || age !== undefined) return;
  if (nearest.age === undefined) say('age-lost', `${nameOf(nearest)} answered from its store without an Age.`);
}

/** Of two caches one behind the other: the outer one passes over Age, or the inner one sends none. */
const startsAnew = (outer: Hop, inner: Hop): boolean =>
  !behaviourOf(outer).honoursAge || behaviourOf(inner).emitsAge === 'never';

function lifetimesAlong(scene: Scene, say: Say<Id>): void {
  const { hops } = scene;
  const lifetime = explicitLifetime(scene);
  // what never changes under its URL is never old
  if (scene.says('immutable') && (lifetime ?? 0) >= MONTH) return;
  if (hasFingerprint(scene.response.url) && (lifetime ?? 0) >= MONTH) return;
  if (lifetime === undefined || lifetime === 0 || scene.control.noStore || scene.control.isPrivate) return;
  const anew = hops.slice(1).flatMap((inner, i) => (startsAnew(hops[i]!, inner) ? [[hops[i]!, inner] as const] : []));
  const [first] = anew;
  if (first === undefined) return;
  const sum = spokenDuration(lifetime * (anew.length + 1));
  const who = `${nameOf(first[0])} in front of ${nameOf(first[1])}`;
  say(
    'lifetimes-add',
    `${who} starts the lifetime of ${spokenDuration(lifetime)} anew: a page may be up to ${sum} old.`,
  );
}

function limits(nearest: Hop, scene: Scene, say: Say<Id>): void {
  const { ttl, hit } = nearest.cacheStatus;
  const lifetime = explicitLifetime(scene);
  const age = nearest.age ?? (hit === true ? scene.age : undefined);
  if (ttl === undefined || ttl < 0 || age === undefined || lifetime === undefined || hit !== true) return;
  const kept = ttl + age;
  const both = `${nameOf(nearest)} keeps it for ${spokenDuration(kept)} in all, the response says ${spokenDuration(lifetime)}.`;
  if (kept < lifetime - SLACK) say('lifetime-capped', both);
  else if (kept > lifetime + SLACK) say('lifetime-stretched', both);
}

function against(server: Hop, scene: Scene, say: Say<Id>): void {
  const { control, lifetime, targeted, isUntold } = toldTo(scene);
  if (isUntold) return;
  const word =
    control.noStore && !control.mustUnderstand
      ? 'no-store'
      : control.isPrivate
        ? 'private'
        : control.noCache
          ? 'no-cache'
          : undefined;
  const isZero = isExplicit(lifetime) && lifetime?.invalid !== true && lifetime?.seconds === 0;
  const zero = isZero && !has(control.directives, 'stale-while-revalidate') && (scene.age ?? 0) > 0;
  if (word === undefined && !zero) return;
  // no-cache allows use after a question, which a hit of Age 0 may have been
  if (word === 'no-cache' && (scene.age ?? 0) === 0) return;
  say(
    'stored-against-its-word',
    `${nameOf(server)} answered from its store, and ${targeted ?? 'the response'} says ${word ?? 'that it is stale at once'}.`,
  );
}

function keys({ hops, response, fields }: Scene, say: Say<Id>): void {
  const query = /\?([^#]+)/.exec(response.url)?.[1];
  const key = hops.find((hop) => hop.cacheStatus.key !== undefined)?.cacheStatus.key ?? combined(fields, 'x-cache-key');
  if (query === undefined || key === undefined || key.includes(query)) return;
  const path = /^(?:[a-z]+:)?\/\/[^/?#]*([^?#]*)/i.exec(response.url)?.[1] ?? '';
  if (path === '' || !key.includes(path)) return;
  const parts = query.split('&');
  if (parts.length > 1 && parts.every((part) => key.includes(part)))
    return say('query-reordered', `The key is ${quoted(key)}.`);
  if (!parts.some((part) => key.includes(part))) say('query-ignored', `The key is ${quoted(key)}, without the query.`);
}
