// How does Varnish (and Vinyl) Cache speak and behave?
// Source: varnish-cache.org reference, bin/varnishd/builtin.vcl, cache_rfc2616.c; behaviour measured on 7.1.
import { cacheControlOf, seconds } from '../http/cache-control.ts';
import type { FieldLine, FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { ageOf, indicesOf, lastIndex, lastOf, wholeNumber } from './read.ts';
import { saidLifetime } from './said-lifetime.ts';
import { viaOf } from './via.ts';

/** Seconds, as it comes: default_grace. */
const DEFAULT_GRACE = 10;

const ids = /^(\d{1,20})(?: (\d{1,20}))?$/;

/** In the comment of its member in Via, under both names: `1.1 host (Varnish/7.7)`. */
const product = /^(?:varnish|vinyl)/i;

/** What operators call a hit in grace. */
const staleWord = /^hit[ _-]?(?:stale|grace)$/i;

/**
 * Two ids are a hit: this request's, and that of the fetch which stored the copy. One id is anything else: miss, pass,
 * hit-for-miss or a synthetic page, and the copy that a miss may have stored is not named.
 */
const decode = (fields: FieldLines): Decoded | undefined => decodeLine(fields, lastIndex(fields, 'x-varnish'), true);

/** Each Varnish on the way writes a line of its own; Age and what operators add stand for the nearest only. */
function decodeAll(fields: FieldLines, status: number): readonly Decoded[] {
  return indicesOf(fields, 'x-varnish').flatMap((index, i) => {
    const said = decodeLine(fields, index, i === 0);
    return said === undefined
      ? []
      : [{ ...said, ...whetherStale(fields, said), ...whatOneIdHides(fields, status, said) }];
  });
}

function decodeLine(fields: FieldLines, index: number | undefined, isNearest: boolean): Decoded | undefined {
  const match = index === undefined ? null : ids.exec(fields[index]![1].trim());
  if (index === undefined || match === null) return undefined;
  const storeId = match[2];
  const age = isNearest ? ageOf(fields) : undefined;
  const hits = isNearest ? wholeNumber(lastOf(fields, 'x-cache-hits')) : undefined;
  const made = isNearest && storeId === undefined ? madeHere(fields, age) : undefined;
  const node = isNearest ? nodeIn(fields) : undefined;
  return {
    cacheStatus: {
      ...(node !== undefined && { cache: node }),
      ...(storeId !== undefined ? { hit: true } : made !== 'answer' && { fwd: 'miss' as const }),
    },
    by: 'X-Varnish',
    line: index,
    ...(storeId !== undefined && { storeId }),
    ...(age !== undefined && { age }),
    ...(hits !== undefined && storeId !== undefined && { hits }),
    ...(storeId !== undefined && isNearest && callsItStale(fields, index) && { stale: true }),
    ...(made !== undefined && { made }),
  };
}

/** A page of vcl_backend_error comes with Age and Via, as from a parent; one of vcl_synth without. */
function madeHere(fields: FieldLines, age: number | undefined): Decoded['made'] {
  const server = lastOf(fields, 'server');
  if (server === undefined || !product.test(server)) return undefined;
  return age === undefined ? 'answer' : 'error';
}

/** The name that it gives itself in Via; older versions call every node by the product’s. */
function nodeIn(fields: FieldLines): string | undefined {
  const node = viaOf(fields).findLast(({ comment }) => product.test(comment))?.node;
  return node === undefined || product.test(node) ? undefined : node;
}

/** By a word that its operator adds when it delivers, and so below its ids. */
function callsItStale(fields: FieldLines, ids: number): boolean {
  const word = lastIndex(fields, 'x-cache', (value) => staleWord.test(value.trim()));
  return word !== undefined && word > ids;
}

const PAST_LIFETIME =
  'Its Age is past the lifetime in the response: Varnish served it in grace, or its operator has set another lifetime in VCL.';

/**
 * It counts its lifetime by Age: within its grace after that it is a copy in grace. One that is older yet is so only where an
 * operator has set something, the grace or the lifetime.
 */
function whetherStale(
  fields: FieldLines,
  { cacheStatus, stale, age }: Decoded,
): Pick<Decoded, 'stale' | 'notSeparable'> {
  if (cacheStatus.hit !== true || stale !== undefined || age === undefined) return {};
  const lifetime = saidLifetime(fields);
  if (lifetime === undefined || lifetime === 0 || age < lifetime) return {};
  const window = seconds(cacheControlOf(fields), 'stale-while-revalidate');
  const grace = typeof window === 'number' ? window : DEFAULT_GRACE;
  return age <= lifetime + grace ? { stale: true } : { notSeparable: PAST_LIFETIME };
}

const HIDES_304 =
  'One id tells that this node asked its parent: for a miss, or a pass that stores nothing; and not whether that sent a new page or confirmed the old one with a 304, which Varnish tells no one.';
const WHOSE_ERROR =
  'Whether Varnish wrote this error itself is told by its name as the Server, which a node before it has replaced.';

/**
 * What a 304 renews gets the fields of that 304 first, Date among them, and below these what it had besides. So where Date
 * stands below Content-Type or Content-Length, or nothing could be asked about by a validator, the page came whole.
 */
function whatOneIdHides(
  fields: FieldLines,
  status: number,
  { cacheStatus, made }: Decoded,
): Pick<Decoded, 'notSeparable'> {
  if (cacheStatus.fwd === undefined || made !== undefined) return {};
  if (status === 503 && lastOf(fields, 'retry-after') === '5') return { notSeparable: WHOSE_ERROR };
  if (lastOf(fields, 'etag') === undefined && lastOf(fields, 'last-modified') === undefined) return {};
  const date = lastIndex(fields, 'date') ?? fields.length;
  const above = [lastIndex(fields, 'content-type'), lastIndex(fields, 'content-length')];
  return above.some((index) => index !== undefined && index < date) ? {} : { notSeparable: HIDES_304 };
}

function speak(event: Spoken): FieldLine[] {
  const id = String(event.exchange);
  return [
    ['X-Varnish', event.cacheStatus.hit === true && event.storedBy !== undefined ? `${id} ${event.storedBy}` : id],
    ['Via', '1.1 varnish (Varnish/7.1)'],
  ];
}

export const varnish: Dialect = {
  id: 'varnish',
  title: 'Varnish',
  reference: 'https://varnish-cache.org/docs/7.1/reference/http-headers.html',
  reads: [
    ['x-varnish', 'age', 'x-cache', 'x-cache-hits', 'via', 'server'],
    ['cache-control', 'date', 'expires', 'etag', 'last-modified', 'content-type', 'content-length'],
    ['retry-after'],
  ].flat(),
  signature: (fields) => lastIndex(fields, 'x-varnish', (value) => ids.test(value.trim())),
  decode,
  decodeAll,
  speak,
  behaviour: {
    clock: { kind: 'continuous' },
    honoursAge: true,
    emitsAge: 'always',
    keepsDate: true,
    lifetimeFrom: ['s-maxage', 'max-age', 'expires'],
    defaultTtl: 120,
    heuristicShare: 0,
    grace: DEFAULT_GRACE,
    obeysStaleWhileRevalidate: true,
    obeysStaleIfError: false,
    unreachableStatus: 503,
    obeysMustRevalidate: false,
    obeysRequestDirectives: [],
    matchesVary: 'exact',
    storesPartial: false,
    answersRanges: true,
    storesPost: false,
    groups: false,
    storesSetCookie: false,
    passesRequestsWith: ['authorization', 'cookie'],
    storesNoCache: false,
    revalidates: true,
    keep: 0,
    collapses: true,
    invalidatesOnUnsafe: false,
    head: 'as-get',
    validatesStatus: [200],
    fetchesWhole: true,
    renewsBy304Alone: true,
    cutsFetched: true,
    storesOnlyStatus: [200, 203, 204, 300, 301, 302, 304, 307, 404, 410, 414],
    qualified: 'as-unqualified',
    ignoredInVary: ['accept-encoding'],
    ignoresQuotedSeconds: true,
    ignoresUnreadableExpires: true,
    comparesFetched: true,
    comparesOneTag: true,
    refusesSeveralRanges: true,
    cutsFractions: true,
    fetchesApartFor: 120,
    purge: { variants: 'all', absentStatus: 200 },
  },
  grounds: {
    usual: 'measured',
    by: '7.1',
    // the lab's Varnish has its grace and its default lifetime from its operator
    except: { documented: ['grace', 'defaultTtl', 'keep'], assumed: ['groups'] },
  },
};
