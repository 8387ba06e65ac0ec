// How does Varnish (and Vinyl) Cache speak and behave?
// Source: varnish-cache.org reference, bin/varnishd/builtin.vcl, cache_rfc2616.c; behaviour measured on 7.1.
import { last, type FieldLine, type FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastIndex, wholeNumber } from './read.ts';

const ids = /^(\d+)(?: (\d+))?$/;

/**
 * Two ids are a hit: this request's, and that of the fetch which stored the copy. One id is anything else: miss, pass,
 * hit-for-miss or a synthetic page, and the copy that a miss may have stored is not named.
 */
function decode(fields: FieldLines): Decoded | undefined {
  const line = last(fields, 'x-varnish');
  const match = line === undefined ? null : ids.exec(line.trim());
  if (match === null) return undefined;
  const age = wholeNumber(last(fields, 'age'));
  const storeId = match[2];
  const hits = wholeNumber(last(fields, 'x-cache-hits'));
  return {
    cacheStatus: storeId === undefined ? { fwd: 'miss' } : { hit: true },
    by: 'X-Varnish',
    ...(storeId === undefined ? {} : { storeId }),
    ...(age === undefined ? {} : { age }),
    ...(hits === undefined || storeId === undefined ? {} : { hits }),
  };
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
  reads: ['x-varnish', 'age', 'x-cache-hits'],
  signature: (fields) => lastIndex(fields, 'x-varnish', (value) => ids.test(value.trim())),
  decode,
  speak,
  behaviour: {
    clock: { kind: 'continuous' },
    honoursAge: true,
    emitsAge: 'always',
    keepsDate: true,
    lifetimeFrom: ['s-maxage', 'max-age', 'expires'],
    defaultTtl: 120,
    heuristicShare: 0,
    grace: 10,
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
