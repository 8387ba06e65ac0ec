// How does Squid speak and behave? X-Cache and X-Cache-Lookup up to version 5, Cache-Status from version 6.
// Source: squid-cache.org SquidFaq/SquidLogs, src/client_side_reply.cc, src/LogTags.cc; behaviour measured on 5.7.
import { parseCacheStatus } from '../http/cache-status.ts';
import { last, valuesOf, type FieldLine, type FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastIndex, wholeNumber } from './read.ts';

const outcome = /^(HIT|MISS) from (\S+)$/;
const lookup = /^(HIT|MISS|NONE) from (\S+):\d+$/;
/** The last member of Via, and so the nearest node's. */
const via = /(?:^|,)\s*\S+ (\S+) \(squid\/[^)]*\)\s*$/;

function signature(fields: FieldLines): number | undefined {
  const found = Math.max(
    lastIndex(fields, 'x-cache-lookup', (value) => lookup.test(value.trim())) ?? -1,
    lastIndex(fields, 'via', (value) => via.test(value)) ?? -1,
  );
  return found < 0 ? undefined : found;
}

const decode = (fields: FieldLines, status: number): Decoded | undefined =>
  fromXCache(fields, status) ?? fromCacheStatus(fields);

/** X-Cache is the outcome, X-Cache-Lookup what the first look into the store found; both name the node. */
function fromXCache(fields: FieldLines, status: number): Decoded | undefined {
  const [, said, node] = outcome.exec(last(fields, 'x-cache')?.trim() ?? '') ?? [];
  const [, found, foundAt] = lookup.exec(last(fields, 'x-cache-lookup')?.trim() ?? '') ?? [];
  if (said === undefined || found === undefined || node !== foundAt) return undefined;
  const age = wholeNumber(last(fields, 'age'));
  const common = { by: 'X-Cache', ...(age === undefined ? {} : { age }) };
  if (said === 'HIT') return { ...common, ...reused(age), ...(warnsOfStale(fields) ? { stale: true } : {}) };
  if (found === 'NONE') return { ...common, cacheStatus: { fwd: 'bypass' } };
  if (found === 'MISS') return { ...common, cacheStatus: { fwd: 'miss' } };
  const isOwnError = last(fields, 'x-squid-error') !== undefined;
  return { ...common, cacheStatus: { fwd: 'stale', ...(isOwnError ? {} : { fwdStatus: status }) } };
}

/** From version 6 on; the member must be this Squid's, not one that it passed on. */
function fromCacheStatus(fields: FieldLines): Decoded | undefined {
  const [, node] = via.exec(last(fields, 'via') ?? '') ?? [];
  const nearest = parseCacheStatus(valuesOf(fields, 'cache-status')).members.at(-1);
  if (node === undefined || nearest?.cache !== node) return undefined;
  const age = wholeNumber(last(fields, 'age'));
  const { cacheStatus } = nearest.hit === true ? reused(age) : { cacheStatus: nearest };
  return { cacheStatus, by: 'Cache-Status', ...(age === undefined ? {} : { age }) };
}

/** Squid calls it a hit too when a 304 has just renewed the copy: with Age 0 the two look the same, and nothing is claimed. */
const reused = (age: number | undefined): Pick<Decoded, 'cacheStatus'> => ({
  cacheStatus: age === 0 ? {} : { hit: true },
});

/** Up to version 5. With more than one Squid on the way a warning may be a parent's, stored with its answer. */
function warnsOfStale(fields: FieldLines): boolean {
  const squids =
    valuesOf(fields, 'via')
      .join(',')
      .match(/\(squid\//g) ?? [];
  return squids.length <= 1 && valuesOf(fields, 'warning').some((value) => /^11[01] squid\//.test(value.trim()));
}

function speak(event: Spoken): FieldLine[] {
  const { hit, fwd } = event.cacheStatus;
  const isHit = hit === true || event.revalidated;
  const found = fwd === 'bypass' ? 'NONE' : isHit || fwd === 'stale' ? 'HIT' : 'MISS';
  const warnings: FieldLine[] = [
    ['Warning', '110 squid/5.7 "Response is stale"'],
    ['Warning', '111 squid/5.7 "Revalidation failed"'],
  ];
  return [
    ...(event.stale ? warnings : []),
    ['X-Cache', `${isHit ? 'HIT' : 'MISS'} from ${event.node}`],
    ['X-Cache-Lookup', `${found} from ${event.node}:3128`],
    ['Via', `1.1 ${event.node} (squid/5.7)`],
  ];
}

export const squid: Dialect = {
  id: 'squid',
  title: 'Squid',
  reference: 'https://wiki.squid-cache.org/SquidFaq/SquidLogs',
  reads: ['x-cache', 'x-cache-lookup', 'x-squid-error', 'cache-status', 'via', 'warning', 'age'],
  signature,
  decode,
  speak,
  behaviour: {
    clock: { kind: 'whole-second', staleWhen: 'age >= lifetime' },
    honoursAge: true,
    correctsAge: true,
    emitsAge: 'on-hit',
    keepsDate: true,
    lifetimeFrom: ['s-maxage', 'max-age', 'expires'],
    heuristicShare: 0.2,
    grace: 0,
    obeysStaleWhileRevalidate: false,
    obeysStaleIfError: true,
    // max_stale, one week
    staleOnError: 604_800,
    obeysMustRevalidate: true,
    obeysRequestDirectives: ['no-cache', 'no-store', 'max-age', 'min-fresh', 'max-stale', 'only-if-cached'],
    storesSetCookie: true,
    matchesVary: 'exact',
    storesPartial: false,
    answersRanges: true,
    storesPost: false,
    storesOnlyStatus: [200, 203, 300, 301, 302, 307, 308, 410],
    passesRequestsWith: [],
    storesNoCache: true,
    revalidates: true,
    collapses: false,
    invalidatesOnUnsafe: true,
    comparesPagesOnly: true,
    noCacheAllowsAuthorization: true,
    leavesUndated: true,
    keptBy: [204],
    refusesQualifiedNoCache: true,
    refusesAtMaxStale: true,
    wholeOnError: 'of-precondition',
    rangesOf: ['HEAD'],
    answersSeveralRanges: true,
    groups: false,
    validatesByDate: true,
    fetchesAnewFor: ['no-cache'],
    agesValidated: true,
    storesStale: true,
    stripsSetCookie: true,
    ignoresUnreadable: true,
    onlyIfCachedForAll: true,
    head: 'validates',
    storesVaryStar: true,
    validatesBeside: true,
    keepsValidated: true,
    keepsValidationTerms: true,
    cutsFractions: true,
    comparesDateOnceValidated: true,
    keepsAgeField: true,
    keepsWhatNoStoreReplaces: true,
    ignoresUnsatisfiable: true,
    purgesByField: true,
    qualified: 'as-unqualified',
    keepsLatest: true,
    headRemoves: true,
    needsDate: true,
    storesFreshOnly: [302, 307],
    staleIfErrorDecides: true,
    lowerCaseOnly: true,
    ignoresQuotedSeconds: true,
    purge: { variants: 'one', absentStatus: 404 },
  },
  grounds: {
    usual: 'measured',
    by: '5.7',
    // no run lasts a week
    except: { documented: ['staleOnError', 'heuristicShare'], assumed: ['groups'] },
  },
};
