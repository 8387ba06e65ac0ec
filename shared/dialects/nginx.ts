// How does nginx's proxy_cache speak and behave?
// Source: nginx.org ngx_http_proxy_module and ngx_http_upstream_module ($upstream_cache_status); measured on 1.22.
import type { FieldLine, FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastIndex } from './read.ts';
import { statusWord } from './status-word.ts';

/** Operators choose the name; these are the usual ones, the value is always one of nginx's own words. */
const names = ['x-cache-status', 'x-proxy-cache', 'x-nginx-cache'];

const words: ReadonlyMap<string, Omit<Decoded, 'by'>> = new Map(
  Object.entries({
    HIT: { cacheStatus: { hit: true } },
    MISS: { cacheStatus: { fwd: 'uri-miss' } },
    BYPASS: { cacheStatus: { fwd: 'bypass' } },
    EXPIRED: { cacheStatus: { fwd: 'stale' } },
    REVALIDATED: { cacheStatus: { fwd: 'stale', fwdStatus: 304 }, revalidated: true },
    STALE: { cacheStatus: { hit: true }, stale: true },
    UPDATING: { cacheStatus: { hit: true }, stale: true },
  } satisfies Record<string, Omit<Decoded, 'by'>>),
);

function signature(fields: FieldLines): number | undefined {
  const found = names.map((name) => lastIndex(fields, name, (value) => words.has(value.trim())));
  const indices = found.filter((index) => index !== undefined);
  return indices.length === 0 ? undefined : Math.max(...indices);
}

/** nginx neither computes nor advances Age: an Age beside its word is the parent's, frozen when it was stored. */
function decode(fields: FieldLines): Decoded | undefined {
  const line = fields[signature(fields) ?? -1];
  const word = line === undefined ? undefined : words.get(line[1].trim());
  return word === undefined || line === undefined ? undefined : { ...word, by: line[0] };
}

const speak = (event: Spoken): FieldLine[] => [['X-Cache-Status', statusWord(event)]];

export const nginx: Dialect = {
  id: 'nginx',
  title: 'nginx',
  reference: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#var_upstream_cache_status',
  reads: names,
  signature,
  decode,
  speak,
  behaviour: {
    clock: { kind: 'whole-second', staleWhen: 'age > lifetime' },
    honoursAge: false,
    emitsAge: 'never',
    keepsDate: false,
    lifetimeFrom: ['x-accel-expires', 's-maxage', 'max-age', 'expires'],
    heuristicShare: 0,
    // those of proxy_cache_valid without statuses
    heuristicStatus: [200, 301, 302],
    grace: 0,
    servesStaleWithoutEnd: true,
    keepsWhatIsNotReplaced: true,
    comparesFetched: 'storable',
    comparesDateExactly: true,
    obeysStaleWhileRevalidate: true,
    obeysStaleIfError: true,
    obeysMustRevalidate: false,
    obeysRequestDirectives: [],
    matchesVary: 'spaced',
    storesPartial: false,
    answersRanges: 'as-parent',
    storesPost: false,
    groups: false,
    storesSetCookie: false,
    ignoresAuthorization: true,
    passesRequestsWith: [],
    storesNoCache: false,
    revalidates: true,
    collapses: 'misses',
    invalidatesOnUnsafe: false,
    validatesStatus: [200, 206],
    fetchesWhole: true,
    head: 'as-get',
    mergesNotModified: false,
    ignoresQuotedSeconds: true,
    qualified: 'as-unqualified',
    errorStatus: [],
    purge: { variants: 'one', absentStatus: 404 },
  },
  grounds: {
    usual: 'measured',
    by: '1.22',
    // no run is without end
    except: { documented: ['servesStaleWithoutEnd'], assumed: ['groups'] },
  },
};
