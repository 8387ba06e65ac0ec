// How does Apache httpd's mod_cache speak and behave? By two fields of its own, where CacheHeader and CacheDetailHeader are on.
// Source: httpd.apache.org mod_cache, modules/cache/mod_cache.c; behaviour measured on 2.4.
import { MAX_DELTA_SECONDS } from '../http/cache-control.ts';
import type { FieldLine, FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { ageOf, lastIndex, withoutParentsAge } from './read.ts';

const outcome = /^(HIT|MISS|REVALIDATE|INVALIDATE) from (\S+)$/;
const detail = /^"(.*)" from (\S+)$/;
const ownWord = /^(?:REVALIDATE|INVALIDATE) from \S+$/;

/** X-Cache alone is one only with the words that are httpd's own: Squid writes it in the same form. */
const signature = (fields: FieldLines): number | undefined =>
  lastIndex(fields, 'x-cache-detail', (value) => detail.test(value.trim())) ??
  lastIndex(fields, 'x-cache', (value) => ownWord.test(value.trim()));

/** It says nothing at all on its own error pages, nor of requests that it kept away from its store. */
function decode(fields: FieldLines): Decoded | undefined {
  const at = lastIndex(fields, 'x-cache-detail', (value) => detail.test(value.trim()));
  const [, why, whose] = at === undefined ? [] : (detail.exec(fields[at]![1].trim()) ?? []);
  const line = lastIndex(fields, 'x-cache', (value) => isOutcomeOf(value, whose));
  const [, said, node = whose] = line === undefined ? [] : (outcome.exec(fields[line]![1].trim()) ?? []);
  const age = ageOf(fields);
  const told = node === undefined ? undefined : verdict(fields, said ?? wordFor(why), why ?? '', age);
  if (told === undefined || node === undefined) return undefined;
  const cacheStatus = { cache: node, ...told.cacheStatus, ...(why !== undefined && { detail: why }) };
  const by = said === undefined ? 'X-Cache-Detail' : 'X-Cache';
  return { by, ...(age !== undefined && { age }), ...told, cacheStatus };
}

/** Where the detail names a node, of X-Cache the line of that node alone. */
function isOutcomeOf(value: string, whose: string | undefined): boolean {
  const [, , node] = outcome.exec(value.trim()) ?? [];
  return node !== undefined && (whose === undefined || node === whose);
}

/** Where another cache has taken X-Cache away: each detail belongs to one word. */
function wordFor(why: string | undefined): string | undefined {
  if (why === undefined) return undefined;
  if (why.startsWith('cache hit')) return 'HIT';
  if (why === 'conditional cache hit: entity refreshed') return 'REVALIDATE';
  if (why.startsWith('conditional cache hit')) return undefined;
  return why.startsWith('cache invalidated') ? 'INVALIDATE' : 'MISS';
}

function decodeAll(fields: FieldLines): readonly Decoded[] {
  const said = decode(fields);
  return said === undefined ? [] : [withoutParentsAge(said)];
}

function verdict(
  fields: FieldLines,
  word: string | undefined,
  why: string,
  age: number | undefined,
): Omit<Decoded, 'by'> | undefined {
  switch (word) {
    case 'HIT':
      return { cacheStatus: { hit: true }, ...(isStale(fields, why, age) ? { stale: true } : {}) };
    case 'REVALIDATE':
      return { cacheStatus: { fwd: 'stale', fwdStatus: 304 }, revalidated: true };
    case 'MISS':
      return { cacheStatus: { fwd: 'miss', ...stored(why) } };
    case 'INVALIDATE':
      return { cacheStatus: { fwd: 'method', stored: false } };
    default:
      return undefined;
  }
}

/** It works out Age for fresh copies only; a Warning beside an Age may be its parent's. */
function isStale(fields: FieldLines, why: string, age: number | undefined): boolean {
  const warned =
    lastIndex(fields, 'warning', (value) => value.trim().startsWith('110 Response is stale')) !== undefined;
  return why.includes('stale content returned') || (warned && age === undefined);
}

/** The detail of a miss names the saving, or the reason for which nothing was saved. */
function stored(why: string): { stored?: boolean } {
  return why === '' ? {} : { stored: why === 'cache miss: attempting entity save' };
}

const SILENT =
  'httpd says what its cache did only where CacheHeader is on, and neither on its own error pages nor of requests that it kept away from its store; it may also have no cache at all.';

/** Its name as the Server, and not a word on its store. */
function hint(fields: FieldLines): Decoded | undefined {
  const line = lastIndex(fields, 'server', (value) => /^Apache(?:\/|$| )/.test(value));
  return line === undefined ? undefined : { cacheStatus: {}, by: 'Server', line, notSeparable: SILENT };
}

function speak(event: Spoken): FieldLine[] {
  const { hit, fwd, stored: kept } = event.cacheStatus;
  if (fwd === 'bypass') return [];
  const said = (word: string, why: string): FieldLine[] => [
    ['X-Cache', `${word} from ${event.node}`],
    ['X-Cache-Detail', `"${why}" from ${event.node}`],
  ];
  if (event.stale) return said('HIT', 'cache hit: 503 status; stale content returned');
  if (hit === true) return said('HIT', 'cache hit');
  if (event.revalidated) return said('REVALIDATE', 'conditional cache hit: entity refreshed');
  if (fwd === 'method') return said('INVALIDATE', 'cache invalidated by POST');
  return said(
    'MISS',
    kept === false ? 'cache miss: cache unwilling to store response' : 'cache miss: attempting entity save',
  );
}

export const httpd: Dialect = {
  id: 'httpd',
  title: 'Apache httpd',
  reference: 'https://httpd.apache.org/docs/2.4/mod/mod_cache.html#cacheheader',
  reads: ['x-cache', 'x-cache-detail', 'warning', 'age', 'server'],
  signature,
  decode,
  decodeAll,
  hint,
  questions: [
    {
      fields: [['Cache-Control', 'only-if-cached']],
      tells: 'what it may send unasked, or 504 where that is nothing',
      reference: 'https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.7',
    },
  ],
  speak,
  behaviour: {
    clock: { kind: 'whole-second', staleWhen: 'age >= lifetime' },
    honoursAge: true,
    correctsAge: true,
    emitsAge: 'on-hit',
    // a fresh hit has a Date of its own, every other answer the parent's: no clock can be read from it
    keepsDate: true,
    lifetimeFrom: ['s-maxage', 'max-age', 'expires'],
    heuristicShare: 0.1,
    grace: 0,
    obeysStaleWhileRevalidate: false,
    obeysStaleIfError: true,
    // CacheStaleOnError knows no end
    staleOnError: MAX_DELTA_SECONDS,
    obeysMustRevalidate: true,
    obeysRequestDirectives: ['no-cache', 'no-store', 'max-age', 'min-fresh', 'max-stale', 'only-if-cached'],
    storesSetCookie: true,
    matchesVary: 'exact',
    storesPartial: false,
    answersRanges: true,
    storesPost: false,
    passesRequestsWith: ['authorization'],
    storesNoCache: true,
    revalidates: true,
    collapses: false,
    invalidatesOnUnsafe: true,
    invalidatesOne: true,
    comparesUpToDate: true,
    storesLaterOnly: true,
    keptBy: [204],
    refusesAtMaxStale: true,
    keepsWhatNoCacheReplaces: true,
    disconnectedForbiddenBy: ['s-maxage'],
    ignoresQuotedSeconds: true,
    keepsAgeField: true,
    rangesOf: ['HEAD', 'POST', 'PUT'],
    answersSeveralRanges: true,
    groups: false,
    // nothing can be purged over HTTP; htcacheclean takes all variants
    fetchesAnewFor: ['no-cache', 'precondition'],
    keepsInvalidated: true,
    lastOfTwo: true,
    heuristicStatus: [200, 203, 300, 301],
    guessesBesideControl: true,
    refusesExpired: true,
    refusesStatus: [204],
    needsLifetime: true,
    noAgeIn: ['stale-on-error', 'unsatisfiable'],
    onlyRevalidateForbidsStale: true,
    wholeOnError: true,
    passesNoStore: true,
    refusesAtMaxAge: true,
    invalidatesOnSuccess: true,
    notModifiedOfAny: true,
    renewsByAny304: true,
    headRemoves: true,
    defaultTtl: 3600,
    defaultTtlNeedsValidator: 'of-200',
    head: 'validates',
    cutsFetched: 'unless-stored',
    asksWhenChanged: true,
    ignoresUnreadable: true,
    purge: { variants: 'all', absentStatus: 404 },
  },
  grounds: {
    usual: 'measured',
    by: '2.4',
    except: { documented: ['staleOnError', 'heuristicShare', 'defaultTtl', 'purge'], assumed: ['groups'] },
  },
};
