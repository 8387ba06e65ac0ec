// What does a product remember of answers that it could not store, and which requests does that keep from waiting for each other?
import type { Behaviour } from '../dialects/dialect.ts';
import { freshUntil } from '../http/age.ts';
import { matchesVary, selectingFields } from '../http/cache-key.ts';
import type { FieldLines } from '../http/fields.ts';
import type { CacheState } from './cache-state.ts';
import type { Instant } from './interval.ts';
import type { Stored } from './stored.ts';
import type { CacheRequest, Forward } from './verdict.ts';

/** It stands where the stored response would, for the same variant (Varnish: hit-for-miss). */
export interface NotStoredMark {
  readonly vary: readonly string[];
  readonly selecting: FieldLines;
  /** The exchange that brought the answer. */
  readonly exchange: number;
  readonly until: Instant;
}

/** Of one key; of many keys. The oldest go first. */
const MOST_VARIANTS = 16;
const MOST_KEYS = 10_000;

/** Nothing came that could be stored: that takes the place of what was to be refreshed. Only what is looked up in the store leaves a mark there. */
export function markNotStored<B>(
  cache: CacheState<B>,
  key: string,
  { request, exchange, fwd, selected }: Forward<B>,
  vary: readonly string[],
  now: Instant,
): void {
  const { behaviour, marks, index } = cache;
  if (behaviour.fetchesApartFor === undefined || request.method !== 'GET' || fwd === 'bypass') return;
  if (selected !== undefined) index.remove(selected);
  const names = vary.includes('*') ? [] : vary;
  const selecting = selectingFields(names, request.fields, behaviour);
  const mark = { vary: names, selecting, exchange, until: now + behaviour.fetchesApartFor };
  if (marks.size >= MOST_KEYS) marks.clear();
  marks.set(key, [mark, ...(marks.get(key) ?? []).slice(0, MOST_VARIANTS - 1)]);
}

/** The last mark that this request meets; undefined when there is none. */
export function markFor<B>(
  { behaviour, marks }: CacheState<B>,
  key: string,
  request: CacheRequest,
  now: Instant,
): NotStoredMark | undefined {
  if (marks.size === 0) return undefined;
  return marks
    .get(key)
    ?.find((mark) => now < mark.until && matchesVary(mark.vary, mark.selecting, request.fields, behaviour));
}

/** A mark hides what was stored before it, and of what was stored later what is no longer fresh. */
export const isHiddenBy = <B>(mark: NotStoredMark, stored: Stored<B>, now: Instant, behaviour: Behaviour): boolean =>
  stored.storedBy < mark.exchange || now >= freshUntil(stored, behaviour);

/** Whatever comes takes the place of the mark that its request met; others stay. */
export function replaceMark<B>({ marks }: CacheState<B>, key: string, { mark }: Forward<B>): void {
  if (mark === undefined) return;
  const others = marks.get(key)?.filter((other) => other !== mark) ?? [];
  if (others.length > 0) marks.set(key, others);
  else marks.delete(key);
}
