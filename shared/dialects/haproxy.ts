// How does HAProxy's cache speak and behave? Not at all by itself: by Age, and by a word where its operator had it say one.
// Source: docs.haproxy.org configuration manual section 6, src/cache.c; behaviour measured on 2.6.
import type { FieldLine, FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { ageOf, furthest, lastIndex, lastOf } from './read.ts';

/** Operators choose the name; the usual words are these two. */
const names = ['x-cache-status', 'x-haproxy-cache', 'x-cache'];

const isWord = (value: string): boolean => /^(?:HIT|MISS)$/.test(value.trim());

/**
 * Every hit carries an Age that it worked out, also 0; what it stores it sends on without Age. So an answer without one is
 * no hit, and a miss with one was not stored (2.6 stores nothing that comes with `Age: 0`). An Age without a word may be
 * that of an answer that it passed on.
 */
function decode(fields: FieldLines, status: number): Decoded | undefined {
  const index = furthest(...names.map((name) => lastIndex(fields, name, isWord)));
  const line = index === undefined ? undefined : fields[index];
  const age = ageOf(fields);
  const common = { by: line?.[0] ?? 'Age', ...(age === undefined ? {} : { age }) };
  if (line?.[1].trim() === 'HIT') return { ...common, cacheStatus: { hit: true } };
  if (line !== undefined)
    return { ...common, cacheStatus: { fwd: 'miss', ...(age === undefined ? {} : { stored: false }) } };
  if (age !== undefined) return { ...common, cacheStatus: {}, notSeparable: WHOSE_AGE };
  if (isOwnPage(fields, status)) return { cacheStatus: {}, by: 'Cache-Control', made: 'error' };
  return status === 200 ? { ...common, cacheStatus: { fwd: 'miss' } } : undefined;
}

const WHOSE_AGE =
  'HAProxy writes an Age on what comes out of its store, and passes on the Age of what it does not store; without a word of its operator’s the two look the same.';

/** The fields of its error pages are the same everywhere, their names in lower case: no Date, no-cache, and a little HTML. */
function isOwnPage(fields: FieldLines, status: number): boolean {
  if (status < 400 || fields.length > 4 || fields.length < 3) return false;
  return (
    lastOf(fields, 'cache-control') === 'no-cache' &&
    lastOf(fields, 'content-type') === 'text/html' &&
    fields.every(([name]) => OF_OWN_PAGE.has(name))
  );
}

const OF_OWN_PAGE = new Set(['content-length', 'cache-control', 'content-type', 'connection']);

/** Nothing else that it writes is its alone. */
const hint = (fields: FieldLines, status: number): Decoded | undefined =>
  isOwnPage(fields, status) ? { cacheStatus: {}, by: 'Cache-Control', made: 'error' } : undefined;

const speak = (event: Spoken): FieldLine[] => [['x-cache-status', event.cacheStatus.hit === true ? 'HIT' : 'MISS']];

export const haproxy: Dialect = {
  id: 'haproxy',
  title: 'HAProxy',
  reference: 'https://docs.haproxy.org/2.6/configuration.html#6',
  reads: [...names, 'age', 'cache-control', 'content-type', 'content-length', 'connection'],
  // nothing is written by HAProxy alone
  signature: () => undefined,
  decode,
  hint,
  speak,
  behaviour: {
    clock: { kind: 'whole-second', staleWhen: 'age >= lifetime' },
    honoursAge: false,
    emitsAge: 'on-hit',
    keepsDate: true,
    lifetimeFrom: ['s-maxage', 'max-age', 'expires'],
    // its own max-age, where there is a validator
    defaultTtl: 60,
    heuristicShare: 0,
    grace: 0,
    obeysStaleWhileRevalidate: false,
    obeysStaleIfError: false,
    obeysMustRevalidate: true,
    obeysRequestDirectives: ['no-cache', 'no-store', 'max-age', 'min-fresh', 'max-stale'],
    refusesWhatever: ['max-age', 'min-fresh', 'max-stale'],
    storesSetCookie: true,
    matchesVary: 'exact',
    storesPartial: false,
    answersRanges: false,
    storesPost: false,
    storesOnlyStatus: [200],
    passesRequestsWith: ['authorization'],
    storesNoCache: false,
    revalidates: false,
    collapses: false,
    invalidatesOnUnsafe: true,
    groups: false,
    // it has no purge; an unsafe method that succeeds takes all variants
    defaultTtlNeedsValidator: true,
    variesBy: ['accept-encoding', 'referer', 'origin'],
    refusesAgeZero: true,
    ignoresHead: true,
    refusesAgeBeyond: true,
    qualified: 'as-absent',
    keepsWhatIsNotReplaced: true,
    cutsFractions: true,
    lastOfTwo: true,
    purge: { variants: 'all', absentStatus: 404 },
  },
  grounds: { usual: 'measured', by: '2.6', except: { documented: ['defaultTtl', 'purge'], assumed: ['groups'] } },
};
