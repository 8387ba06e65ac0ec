// How does Apache Traffic Server speak and behave? By the codes in its Via, where it was told to write them.
// Source: docs.trafficserver.apache.org (Via decoder, records.config), src/traffic_via; behaviour measured on 9.2.
import { cacheControlOf, seconds } from '../http/cache-control.ts';
import { parseDate } from '../http/date.ts';
import { last, type FieldLine, type FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastIndex, wholeNumber } from './read.ts';

/** The last member of Via, and so the nearest node's; proxy.config.http.insert_response_via_str 2 or 3. */
const via = /\(ApacheTrafficServer(?:\/\S+)? \[([^\]]*)\]\)\s*$/;

/** It joins its member to a parent's Via, wherever that stands, and writes its Server below. */
function signature(fields: FieldLines): number | undefined {
  const member = lastIndex(fields, 'via', (value) => via.test(value));
  if (member === undefined) return undefined;
  return Math.max(member, lastIndex(fields, 'server', (value) => value.startsWith('ATS/')) ?? member);
}

/** What follows each key letter, before and after the colon: the second half uses c, p and s again for other things. */
interface Codes {
  readonly result: ReadonlyMap<string, string>;
  readonly detail: ReadonlyMap<string, string>;
}

function codesIn(fields: FieldLines): Codes | undefined {
  const text = via.exec(last(fields, 'via') ?? '')?.[1];
  if (text === undefined) return undefined;
  const [result = '', detail = ''] = text.split(/[:;]/);
  return { result: pairs(result), detail: pairs(detail) };
}

function pairs(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, key = '', code = ''] of text.matchAll(/([a-z])([A-Z ]*)/g)) found.set(key, code.trim());
  return found;
}

/** Age is its own on every answer, 0 on a miss; without codes nothing else is said. */
function decode(fields: FieldLines, status: number): Decoded | undefined {
  const age = wholeNumber(last(fields, 'age'));
  const codes = codesIn(fields);
  const said = codes && verdict(codes, status, () => outlived(fields, age ?? 0));
  if (said !== undefined) return { ...said, by: 'Via', ...(age === undefined ? {} : { age }) };
  return codes === undefined && age !== undefined ? { cacheStatus: {}, by: 'Age', age } : undefined;
}

type Verdict = Omit<Decoded, 'by' | 'age'>;

function verdict({ result, detail }: Codes, status: number, wasKeptOnError: () => boolean): Verdict | undefined {
  // answered by itself, forwarding forbidden: a purge
  if (detail.get('t') === 'N') return undefined;
  switch (result.get('c')) {
    case 'H':
    case 'R':
    case 'W':
      return { cacheStatus: { hit: true } };
    case 'M':
      return { cacheStatus: { fwd: 'uri-miss', ...stored(result) } };
    case 'A':
      return { cacheStatus: { fwd: 'vary-miss', ...stored(result) } };
    case 'S':
      return wasStale({ result, detail }, status, wasKeptOnError);
    case '':
      return { cacheStatus: { fwd: 'bypass' } };
    default:
      return undefined;
  }
}

/** Found stale. The parent's 5xx, answered with the old copy, is written exactly like a success. */
function wasStale({ result, detail }: Codes, status: number, wasKeptOnError: () => boolean): Verdict {
  switch (result.get('s')) {
    case 'N':
      return { cacheStatus: { fwd: 'stale', fwdStatus: 304, ...stored(result) }, revalidated: true };
    case 'S':
      if (wasKeptOnError()) return { cacheStatus: { hit: true }, stale: true };
      return { cacheStatus: { fwd: 'stale', fwdStatus: status, ...stored(result) } };
    default:
      if (detail.get('c')?.endsWith('H') === true) return { cacheStatus: { hit: true }, stale: true };
      return { cacheStatus: { fwd: 'stale' } };
  }
}

/** Six letters (level 2) leave a written copy and none apart too. */
function stored(result: ReadonlyMap<string, string>): { stored?: boolean } {
  const code = result.get('f');
  return code === undefined ? {} : { stored: code === 'W' || code === 'U' };
}

/** proxy.config.http.negative_revalidating_lifetime */
const KEPT_ON_ERROR = 1800;

/**
 * Whether an old copy was kept because the parent failed: it is older than its own lifetime, and Expires has been put
 * half an hour from now, which is Date plus Age. Each is cut to a second.
 */
function outlived(fields: FieldLines, age: number): boolean {
  const directives = cacheControlOf(fields);
  const granted = [seconds(directives, 's-maxage'), seconds(directives, 'max-age')].find((s) => typeof s === 'number');
  const date = parseDate(last(fields, 'date') ?? '', 0);
  const expires = parseDate(last(fields, 'expires') ?? '', 0);
  if (typeof granted !== 'number' || age <= granted || date === undefined || expires === undefined) return false;
  return Math.abs(expires - date - age - KEPT_ON_ERROR) <= 2;
}

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
  reads: ['via', 'server', 'age', 'cache-control', 'date', 'expires'],
  signature,
  decode,
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
