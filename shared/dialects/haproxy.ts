// How does HAProxy's cache speak and behave? Not at all by itself: by Age, and by a word where its operator had it say one.
// Source: docs.haproxy.org configuration manual section 6, src/cache.c; behaviour measured on 2.6.
import { last, type FieldLine, type FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastIndex, wholeNumber } from './read.ts';

/** Operators choose the name; the usual words are these two. */
const names = ['x-cache-status', 'x-haproxy-cache', 'x-cache'];
const isWord = (value: string): boolean => /^(HIT|MISS)$/.test(value.trim());

/**
 * Every hit carries an Age that it worked out, also 0; what it stores it sends on without Age. So an answer without one is
 * no hit, and a miss with one was not stored (2.6 stores nothing that comes with `Age: 0`). An Age without a word may be
 * that of an answer that it passed on.
 */
function decode(fields: FieldLines, status: number): Decoded | undefined {
  const indices = names.map((name) => lastIndex(fields, name, isWord)).filter((index) => index !== undefined);
  const line = fields[Math.max(-1, ...indices)];
  const age = wholeNumber(last(fields, 'age'));
  const common = { by: line?.[0] ?? 'Age', ...(age === undefined ? {} : { age }) };
  if (line?.[1].trim() === 'HIT') return { ...common, cacheStatus: { hit: true } };
  if (line !== undefined)
    return { ...common, cacheStatus: { fwd: 'miss', ...(age === undefined ? {} : { stored: false }) } };
  if (age !== undefined) return { ...common, cacheStatus: {} };
  return status === 200 ? { ...common, cacheStatus: { fwd: 'miss' } } : undefined;
}

const speak = (event: Spoken): FieldLine[] => [['x-cache-status', event.cacheStatus.hit === true ? 'HIT' : 'MISS']];

export const haproxy: Dialect = {
  id: 'haproxy',
  title: 'HAProxy',
  reference: 'https://docs.haproxy.org/2.6/configuration.html#6',
  reads: [...names, 'age'],
  // nothing is written by HAProxy alone
  signature: () => undefined,
  decode,
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
