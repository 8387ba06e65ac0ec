// How does nginx's proxy_cache speak and behave?
// Source: nginx.org ngx_http_proxy_module and ngx_http_upstream_module ($upstream_cache_status); measured on 1.22.
import type { FieldLine, FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { ageOf, indicesOf, lastIndex } from './read.ts';
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

/** Others use the common ones of its words too. */
const ownWords = new Set(['EXPIRED', 'REVALIDATED', 'UPDATING']);

/** nginx and what is built from it. */
const server = /^(?:nginx|openresty|tengine|angie|freenginx)\b/i;

const isServer = (fields: FieldLines): boolean =>
  lastIndex(fields, 'server', (value) => server.test(value)) !== undefined;

const isWord = (value: string): boolean => words.has(value.trim());

/**
 * A line with one of its words where nginx names itself as the Server too, or the word is its alone, or the name has the
 * capitals that a configuration gives it: HAProxy, whose operators use the same two words, writes every name in lower case.
 */
function signature(fields: FieldLines): number | undefined {
  const found = linesIn(fields)[0];
  if (found === undefined) return undefined;
  const line = fields[found]!;
  const isItsAlone = line[0].toLowerCase() === 'x-nginx-cache' || ownWords.has(line[1].trim());
  if (isItsAlone || isServer(fields)) return found;
  // what stands below its ids may be a word of Varnish's operator
  const isBelowVarnish = (lastIndex(fields, 'x-varnish') ?? found) < found;
  return !isLowerCase(line[0]) && !isBelowVarnish ? found : undefined;
}

/** What the nearest nginx says, whichever name its operator chose. */
const decode = (fields: FieldLines, status: number): Decoded | undefined => decodeAll(fields, status)[0];

/** Each nginx on the way adds a line of its own. */
function decodeAll(fields: FieldLines, status: number): Decoded[] {
  return linesIn(fields).flatMap((line) => {
    const [name, value] = fields[line]!;
    const word = words.get(value.trim());
    return word === undefined ? [] : [{ ...word, by: name, line, ...frozen(fields, word), ...whoFailed(status, word) }];
  });
}

/**
 * Lines with one of its words, the lowest first. It passes names on as they came: beside a line with capitals one in lower
 * case is another's, HAProxy's for instance, and so is one right below an Age, which nginx never works out.
 */
function linesIn(fields: FieldLines): number[] {
  const lines = names.flatMap((name) => indicesOf(fields, name)).filter((line) => isWord(fields[line]![1]));
  if (lines.length === 0) return lines;
  const loud = lines.filter((line) => !isLowerCase(fields[line]![0]));
  const own = loud.length > 0 ? loud : lines.filter((line) => line === 0 || fields[line - 1]![0] !== 'age');
  return own.sort((a, b) => b - a);
}

const isLowerCase = (name: string): boolean => name === name.toLowerCase();

/** nginx neither computes nor advances Age: an Age beside what it had stored is the parent's, as it was then. */
function frozen(fields: FieldLines, { cacheStatus, revalidated }: Omit<Decoded, 'by'>): Pick<Decoded, 'frozenAge'> {
  const age = ageOf(fields);
  return age !== undefined && (cacheStatus.hit === true || revalidated === true) ? { frozenAge: age } : {};
}

const WHOSE_ERROR =
  'Whether nginx wrote this error because its parent gave no answer, or passed its parent’s on, no field tells.';

function whoFailed(status: number, { cacheStatus }: Omit<Decoded, 'by'>): Pick<Decoded, 'notSeparable'> {
  return (status === 502 || status === 504) && cacheStatus.hit !== true ? { notSeparable: WHOSE_ERROR } : {};
}

const SILENT =
  'nginx says what its cache did only in a field that its operator adds ($upstream_cache_status), and there is none; it may also have no cache at all.';

/** Its name as the Server, and not a word on its store. */
function hint(fields: FieldLines): Decoded | undefined {
  const line = lastIndex(fields, 'server', (value) => server.test(value));
  return line === undefined ? undefined : { cacheStatus: {}, by: 'Server', line, notSeparable: SILENT };
}

const speak = (event: Spoken): FieldLine[] => [['X-Cache-Status', statusWord(event)]];

export const nginx: Dialect = {
  id: 'nginx',
  title: 'nginx',
  reference: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#var_upstream_cache_status',
  reads: [...names, 'server', 'x-varnish', 'age'],
  signature,
  decode,
  decodeAll,
  hint,
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
