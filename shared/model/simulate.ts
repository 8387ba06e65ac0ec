// What would this cache do with this request? The executable cache: the lab, the lessons and the forecasts all run it.
// It does no I/O: the owner sends what `decide` asks for, and hands what came to `receive` (receive.ts).
import { has } from '../http/cache-control.ts';
import type { CacheControl } from '../http/cache-control.ts';
import { keyOf, matchesVary } from '../http/cache-key.ts';
import type { Fwd } from '../http/cache-status.ts';
import { hasPrecondition, isNotModified, validating } from '../http/conditional.ts';
import { controlOf } from '../http/control.ts';
import { parseDate } from '../http/date.ts';
import { combined } from '../http/fields.ts';
import { askedRange, rangeHolds, rangeWithin } from '../http/range.ts';
import type { AskedRange } from '../http/range.ts';
import { asksAnew, errorUntil, requestDirectives, reuse } from '../http/reuse.ts';
import { passes } from '../http/storage.ts';
import { Asking } from './asking.ts';
import { isBodyless, wantedOf } from './answer-from.ts';
import { keptUntil } from './cache-state.ts';
import type { CacheState } from './cache-state.ts';
import { completionOf } from './complete.ts';
import type { Instant } from './interval.ts';
import { isHiddenBy, markFor } from './not-stored.ts';
import type { NotStoredMark } from './not-stored.ts';
import { Served } from './served.ts';
import type { Stored } from './stored.ts';
import type { Answer, CacheRequest, Forward, Serve, Verdict } from './verdict.ts';

export { createCache } from './cache-state.ts';

/** What this cache does with a request that arrives now. */
export function decide<B>(cache: CacheState<B>, request: CacheRequest, now: Instant): Verdict<B> {
  const exchange = cache.nextExchange();
  const { behaviour } = cache;
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return isRefusedForAll(cache, request) ? notCached(cache, exchange) : forward(cache, request, exchange, 'method');
  if (passes(request, behaviour)) return forward(cache, request, exchange, 'bypass');
  const key = keyOf(request.url);
  const kept = keptUnder(cache, key, now);
  const mark = markFor(cache, key, request, now);
  const selected = select(cache, kept, request);
  if (selected === undefined || (mark !== undefined && isHiddenBy(mark, selected, now, behaviour))) {
    if (onlyIfCached(cache, request)) return notCached(cache, exchange);
    return completion(cache, request, kept, exchange) ?? miss(cache, request, kept, exchange, mark);
  }
  return decideOn(cache, request, selected, exchange, now);
}

/** Whether only-if-cached ends a request that no cache could answer. */
function isRefusedForAll<B>(cache: CacheState<B>, request: CacheRequest): boolean {
  const { onlyIfCachedForAll } = cache.behaviour;
  if (onlyIfCachedForAll === undefined || !onlyIfCached(cache, request)) return false;
  return onlyIfCachedForAll === true || select(cache, cache.index.under(keyOf(request.url)), request) === undefined;
}

/** Nothing is stored that could answer. */
function miss<B>(
  cache: CacheState<B>,
  asked: CacheRequest,
  kept: readonly Stored<B>[],
  exchange: number,
  mark?: NotStoredMark,
  fwd?: Fwd,
): Forward<B> {
  const request = asFetched(cache, asked);
  const missed = mark === undefined ? missOf(cache, kept, request) : 'uri-miss';
  const asking = new Asking(cache, request, exchange, fwd ?? missed);
  if (mark === undefined) asking.collapse = collapsing(cache, request);
  else asking.mark = mark;
  return asking;
}

/** Some of it is stored: only the rest is asked for. */
function completion<B>(
  cache: CacheState<B>,
  request: CacheRequest,
  kept: readonly Stored<B>[],
  exchange: number,
): Forward<B> | undefined {
  const completing = kept.length === 0 ? undefined : completionOf(cache, kept, request);
  if (completing === undefined) return undefined;
  const asking = new Asking(cache, request, exchange, 'partial');
  asking.completing = completing;
  asking.collapse = collapsing(cache, request);
  return asking;
}

/** Some products fetch with GET what a client asks about with HEAD. */
const asFetched = <B>({ behaviour }: CacheState<B>, request: CacheRequest): CacheRequest =>
  behaviour.head === 'as-get' && request.method === 'HEAD' ? { ...request, method: 'GET' } : request;

function decideOn<B>(
  cache: CacheState<B>,
  request: CacheRequest,
  selected: Stored<B>,
  exchange: number,
  now: Instant,
): Verdict<B> {
  const verdict = reuse(selected, request.fields, cache.behaviour, now);
  // a part is not validated: the client's own range is what it wants
  if (selected.part !== undefined && verdict.use !== 'fresh') return forward(cache, request, exchange, 'partial');
  switch (verdict.use) {
    case 'fresh':
      if (validatesAuthorized(cache, request, selected))
        return validation(cache, request, selected, exchange, 'request', -Infinity, now);
      if (passesPrecondition(cache, request, selected))
        return miss(cache, request, [selected], exchange, undefined, 'request');
      if (asksAll(cache, request, selected, now))
        return validation(cache, request, selected, exchange, 'request', unlessRefused(cache, request, selected), now);
      return served(cache, request, selected, exchange, false, now);
    case 'stale': {
      const refreshes = verdict.because === 'window' && !selected.refreshing;
      return served(cache, request, selected, exchange, true, now, refreshes);
    }
    case 'validate':
      if (cache.behaviour.onlyIfCachedValidates !== true && onlyIfCached(cache, request))
        return notCached(cache, exchange);
      return validation(cache, request, selected, exchange, verdict.because, verdict.ifErrorUntil, now);
  }
}

/** How many stored responses a purge of this request's URL removed: all variants, or the one that the request selects. */
export function purge<B>(
  cache: CacheState<B>,
  request: CacheRequest,
  variants: 'all' | 'one' = cache.behaviour.purge.variants,
): number {
  const under = cache.index.under(keyOf(request.url));
  const doomed =
    variants === 'all' || isPurgeByField(cache, under, request)
      ? [...under]
      : under.filter((stored) => isVariantFor(cache, stored, request));
  if (variants === 'all') cache.marks.delete(keyOf(request.url));
  return doomed.filter((stored) => cache.index.remove(stored)).length;
}

const isPurgeByField = <B>({ behaviour }: CacheState<B>, under: readonly Stored<B>[], request: CacheRequest): boolean =>
  behaviour.purgesByField === true &&
  under.some(({ terms }) => terms.vary.some((name) => combined(request.fields, name) !== undefined));

/** Of the variants that match, the most recent by its Date, and of these the one stored last (section 4.1). */
function select<B>(cache: CacheState<B>, kept: readonly Stored<B>[], request: CacheRequest): Stored<B> | undefined {
  if (kept.length === 0) return undefined;
  const range = askedRange(request.method, request.fields);
  let best: Stored<B> | undefined;
  for (const stored of kept) {
    if (best !== undefined && best.terms.date > stored.terms.date) continue;
    if (!isVariantFor(cache, stored, request)) continue;
    if (best !== undefined && isFarther(cache, stored, best, request)) continue;
    if (stored.part === undefined || holds(stored, request, range)) best = stored;
  }
  return best;
}

/** Whether one of these directives stands in a stored response. */
export function saysOne<B>({ behaviour }: CacheState<B>, stored: Stored<B>, names: readonly string[]): boolean {
  const { directives } = controlOf(stored.fields, behaviour);
  return names.some((name) => has(directives, name));
}

const validatesAuthorized = <B>(cache: CacheState<B>, request: CacheRequest, stored: Stored<B>): boolean =>
  cache.behaviour.validatesAuthorizedWith !== undefined &&
  combined(request.fields, 'authorization') !== undefined &&
  saysOne(cache, stored, cache.behaviour.validatesAuthorizedWith);

/** Where a request without a field matches any variant: that which says as little is the nearer one. */
const isFarther = <B>(cache: CacheState<B>, stored: Stored<B>, best: Stored<B>, { fields }: CacheRequest): boolean =>
  cache.behaviour.absentMatchesAny !== undefined &&
  matchesVary(best.terms.vary, best.selecting, fields, { ...cache.behaviour, absentMatchesAny: [] }) &&
  !matchesVary(stored.terms.vary, stored.selecting, fields, { ...cache.behaviour, absentMatchesAny: [] });

/** Whether the product looks at this stored response for a request with these fields. */
export const isVariantFor = <B>(cache: CacheState<B>, stored: Stored<B>, request: CacheRequest): boolean =>
  matchesVary(stored.terms.vary, stored.selecting, request.fields, cache.behaviour) &&
  (cache.behaviour.reusesAuthorizedWith === undefined ||
    combined(request.fields, 'authorization') === undefined ||
    saysOne(cache, stored, cache.behaviour.reusesAuthorizedWith));

/** Whether a stored part has every byte that is asked for. */
const holds = <B>(stored: Stored<B>, request: CacheRequest, range: AskedRange | undefined): boolean =>
  stored.part !== undefined &&
  range !== undefined &&
  rangeWithin(range, stored.part) !== undefined &&
  rangeHolds(request.fields, stored.fields, stored.storedAt);

/** RFC 9211 section 2.2. */
function missOf<B>(cache: CacheState<B>, kept: readonly Stored<B>[], request: CacheRequest): Fwd {
  if (kept.length === 0) return 'uri-miss';
  return kept.some((stored) => isVariantFor(cache, stored, request)) ? 'partial' : 'vary-miss';
}

/** Every variant under this key; what is past its time there is thrown away. */
function keptUnder<B>(cache: CacheState<B>, key: string, now: Instant): readonly Stored<B>[] {
  const under = cache.index.under(key);
  let kept = under;
  for (const stored of under) {
    if (now < keptUntil(cache, stored)) continue;
    cache.index.remove(stored);
    kept = kept.filter((other) => other !== stored);
  }
  return kept;
}

function served<B>(
  cache: CacheState<B>,
  request: CacheRequest,
  stored: Stored<B>,
  exchange: number,
  stale: boolean,
  now: Instant,
  refreshes = false,
): Serve<B> | Answer<B> {
  stored.hits += 1;
  cache.index.used(stored);
  const wanted = wantedOf(cache, request, stored);
  const background = refreshes ? refresh(cache, request, stored, now) : undefined;
  const answer = new Served(cache, stored, wanted, stale, exchange, now, background);
  if (!isBodyless(wanted)) return answer;
  return { kind: 'answer', head: answer.head, spoken: answer.spoken, background };
}

/** Section 5.2.1.7. */
const onlyIfCached = <B>(cache: CacheState<B>, request: CacheRequest): boolean =>
  has(requestDirectives(request.fields, cache.behaviour), 'only-if-cached');

function notCached<B>(cache: CacheState<B>, exchange: number): Answer<B> {
  const cacheStatus = { cache: cache.name, hit: false, detail: 'only-if-cached' };
  const spoken = { cacheStatus, stale: false, revalidated: false, exchange, hits: 0, node: cache.name };
  return { kind: 'answer', head: { status: 504, fields: [['Content-Length', '0']] }, spoken };
}

/** As the client asks. */
function forward<B>(cache: CacheState<B>, request: CacheRequest, exchange: number, fwd: Fwd): Forward<B> {
  const asking = new Asking(cache, request, exchange, fwd);
  asking.asAsked = true;
  return asking;
}

/** A request for what is stored but may not be reused unasked; conditional where product and response allow it. */
function validation<B>(
  cache: CacheState<B>,
  asked: CacheRequest,
  selected: Stored<B>,
  exchange: number,
  fwd: 'stale' | 'request',
  ifErrorUntil: Instant,
  now: Instant,
): Forward<B> {
  const request = asFetched(cache, asked);
  const asking = new Asking(cache, request, exchange, fwd, selected);
  asking.conditional = mayValidate(cache, request, selected, now);
  asking.ifErrorUntil = ifErrorUntil;
  if (cache.behaviour.collapses !== 'misses') asking.collapse = collapsing(cache, request);
  return asking;
}

/** Until when what is fresh may answer where the parent was asked all the same. */
const unlessRefused = <B>({ behaviour }: CacheState<B>, { fields }: CacheRequest, selected: Stored<B>): Instant =>
  behaviour.onlyRevalidateForbidsStale === true
    ? errorUntil(selected, requestDirectives(fields, behaviour), behaviour)
    : -Infinity;

/** Some products leave it to the parent when the client's copy is another one. */
const asksAll = <B>(cache: CacheState<B>, request: CacheRequest, selected: Stored<B>, now: Instant): boolean =>
  cache.behaviour.asksWhenChanged === true && isUnmet(cache, request, selected, now);

/** Whether the client has another copy than this, or seems to. */
function isUnmet<B>({ behaviour }: CacheState<B>, { fields }: CacheRequest, stored: Stored<B>, now: Instant): boolean {
  if (!hasPrecondition(fields)) return false;
  if (behaviour.comparesUpToDate !== true || combined(fields, 'if-none-match') !== undefined)
    return !isNotModified(fields, stored, stored.storedAt, behaviour);
  const since = parseDate(combined(fields, 'if-modified-since') ?? '', now);
  const modified = parseDate(combined(stored.fields, 'last-modified') ?? '', now) ?? Math.floor(now);
  return since === undefined || since < modified || since > stored.terms.date;
}

const passesPrecondition = <B>(
  { behaviour }: CacheState<B>,
  { fields }: CacheRequest,
  { status }: Stored<B>,
): boolean =>
  behaviour.comparesPagesOnly === true &&
  status !== 200 &&
  ['if-none-match', 'if-modified-since'].some((name) => combined(fields, name) !== undefined);

function mayValidate<B>(cache: CacheState<B>, request: CacheRequest, selected: Stored<B>, now: Instant): boolean {
  const { behaviour } = cache;
  const { revalidates, validatesStatus, fetchesAnewFor } = behaviour;
  if (!revalidates || !selected.terms.hasValidator) return false;
  if (request.method === 'HEAD' && behaviour.head !== 'validates') return false;
  if (validatesStatus?.includes(selected.status) === false) return false;
  if (fetchesAnewFor === undefined) return true;
  return !fetchesAnewFor.some((what) =>
    what === 'no-cache' ? asksAnew(request.fields) : isUnmet(cache, request, selected, now),
  );
}

const NOTHING_ASKED: CacheControl = [];

/** The request that renews a copy behind the client that was served the old one. */
function refresh<B>(cache: CacheState<B>, request: CacheRequest, selected: Stored<B>, now: Instant): Forward<B> {
  selected.refreshing = true;
  const whole = { ...request, method: 'GET', fields: validating(request.fields, []) };
  const ifErrorUntil = errorUntil(selected, NOTHING_ASKED, cache.behaviour);
  return validation(cache, whole, selected, cache.nextExchange(), 'stale', ifErrorUntil, now);
}

/** Only whole representations that may be stored can be shared among those who wait. */
function collapsing<B>({ behaviour }: CacheState<B>, { method, fields, url }: CacheRequest): string | undefined {
  if (behaviour.collapses === false || method !== 'GET') return undefined;
  const isWhole = behaviour.fetchesWhole === true || combined(fields, 'range') === undefined;
  return isWhole ? keyOf(url) : undefined;
}
