// How does Squid speak and behave? X-Cache and X-Cache-Lookup up to version 5, Cache-Status from version 6.
// Source: squid-cache.org SquidFaq/SquidLogs, src/client_side_reply.cc, src/LogTags.cc; behaviour measured on 5.7.
import type { FieldLine } from '../http/fields.ts';
import type { Dialect, Spoken } from './dialect.ts';
import { decode, decodeAll, signature } from './squid-words.ts';

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
  reads: [
    ['x-cache', 'x-cache-lookup', 'x-squid-error', 'cache-status', 'via', 'warning', 'age', 'server'],
    ['cache-control', 'expires', 'date', 'etag', 'last-modified', 'vary', 'content-location', 'content-length'],
    ['x-varnish'],
  ].flat(),
  signature,
  decode,
  decodeAll,
  questions: [
    {
      fields: [['Cache-Control', 'only-if-cached']],
      tells: 'what it holds now, or 504 where that is nothing it may send unasked; nothing is fetched',
      reference: 'https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.7',
    },
  ],
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
    servesAtEndOfErrorWindow: true,
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
