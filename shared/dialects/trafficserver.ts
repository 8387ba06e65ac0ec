// How does Apache Traffic Server speak and behave? By the codes in its Via, where it was told to write them.
// Source: docs.trafficserver.apache.org (Via decoder, records.config), src/traffic_via; behaviour measured on 9.2.
import type { FieldLine } from '../http/fields.ts';
import type { Dialect, Spoken } from './dialect.ts';
import { decode, decodeAll, KEPT_ON_ERROR, signature } from './trafficserver-words.ts';

function codesFor(event: Spoken): string {
  const { hit, fwd, stored: kept } = event.cacheStatus;
  if (event.stale) return 'uScSsEf p eN:t cCHp sF';
  if (hit === true) return 'uScHs f p eN:t cCHp s ';
  if (event.revalidated) return 'uScSsNfUpSeN:t cCSp sS';
  if (fwd === 'stale') return `uScSsSf${kept === false ? 'D' : 'U'}pSeN:t cCSp sS`;
  if (fwd === 'bypass' || fwd === 'method') return 'uSc sSf pSeN:t cC p sS';
  return `uSc${fwd === 'vary-miss' ? 'A' : 'M'}sSf${kept === true ? 'W' : ' '}pSeN:t cCMp sS`;
}

const speak = (event: Spoken): FieldLine[] => [
  ['Via', `http/1.1 ${event.node} (ApacheTrafficServer/9.2.9 [${codesFor(event)}])`],
];

export const trafficserver: Dialect = {
  id: 'trafficserver',
  title: 'Traffic Server',
  reference: 'https://docs.trafficserver.apache.org/en/9.2.x/appendices/faq.en.html',
  reads: [
    ['via', 'server', 'age', 'cache-control', 'date', 'expires', 'warning', 'x-cache', 'x-cache-key'],
    ['x-cache-generation', 'content-length', 'content-type', 'vary', 'etag', 'last-modified', 'set-cookie'],
  ].flat(),
  signature,
  decode,
  decodeAll,
  questions: [
    {
      fields: [['X-Debug', 'X-Cache, X-Cache-Key, X-Cache-Generation, Via']],
      tells: 'what the look into the store found, the key, and the Via codes, where the xdebug plugin is loaded',
      reference: 'https://docs.trafficserver.apache.org/en/9.2.x/admin-guide/plugins/xdebug.en.html',
    },
    {
      fields: [['Cache-Control', 'only-if-cached']],
      tells:
        'what it holds, or 504 where nothing is stored; a copy that is no longer fresh may still be confirmed at its parent',
      reference: 'https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.7',
    },
  ],
  speak,
  behaviour: {
    clock: { kind: 'whole-second', staleWhen: 'age > lifetime' },
    honoursAge: true,
    correctsAge: true,
    emitsAge: 'always',
    keepsDate: true,
    lifetimeFrom: ['s-maxage', 'max-age', 'expires'],
    // proxy.config.http.cache.required_headers 2
    explicitOnly: [200],
    heuristicStatus: [200, 203, 300, 301, 410],
    guessesBeside: ['public', 'must-revalidate', 'proxy-revalidate'],
    // proxy.config.http.cache.heuristic_lm_factor, heuristic_min_lifetime and heuristic_max_lifetime
    heuristicShare: 0.1,
    heuristicWithin: { least: 3600, most: 86_400 },
    defaultTtl: 3600,
    cutsLifetime: true,
    grace: 0,
    obeysStaleWhileRevalidate: false,
    obeysStaleIfError: false,
    // proxy.config.http.cache.max_stale_age
    staleOnError: 604_800,
    obeysMustRevalidate: true,
    obeysRequestDirectives: ['min-fresh', 'max-stale', 'only-if-cached'],
    storesSetCookie: true,
    matchesVary: 'spaced',
    wantsGzipOrNothing: true,
    absentMatchesAny: ['accept-encoding'],
    findsDigits: true,
    storesPartial: false,
    answersRanges: true,
    storesPost: false,
    passesRequestsWith: [],
    storesNoCache: true,
    needsLifetime: true,
    qualified: 'as-unqualified',
    lastOfTwo: true,
    revalidates: true,
    collapses: true,
    invalidatesOnUnsafe: true,
    groups: false,
    head: 'validates',
    storesStale: true,
    validatesStatus: [200],
    refusesRanges: true,
    cutsFetched: 'replacing',
    dropsPreconditions: true,
    asksByStrongTag: true,
    removedBy: [204],
    ignoresAuthorization: true,
    reusesAuthorizedWith: ['public', 'must-revalidate', 'proxy-revalidate'],
    validatesAuthorizedWith: ['must-revalidate', 'proxy-revalidate'],
    comparesAll: true,
    keepsValidated: 'as-it-was',
    believesNotModified: true,
    addsAgeToDate: true,
    failureRemoves: true,
    wholeOnError: 'of-5xx',
    servesRefusedOnError: true,
    servesWhenDisconnected: true,
    // proxy.config.http.negative_revalidating_lifetime
    renewsOnError: KEPT_ON_ERROR,
    invalidatesOne: true,
    storesVaryStar: 'unmatched',
    agesByDateOnError: true,
    headRemoves: true,
    staleOnErrorStatus: [200, 203, 204, 300, 301, 302, 307, 308, 404, 410],
    stripsSetCookie: true,
    noAgeIn: ['bodyless'],
    onlyIfCachedForAll: 'on-miss',
    onlyIfCachedValidates: true,
    purge: { variants: 'all', absentStatus: 404 },
  },
  grounds: {
    usual: 'measured',
    by: '9.2',
    // no run lasts a week
    except: { documented: ['staleOnError', 'heuristicShare', 'heuristicWithin'], assumed: ['groups'] },
  },
};
