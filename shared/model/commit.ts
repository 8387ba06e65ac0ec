// How does a response get into the store, and what has to go for it? (RFC 9111 sections 3, 3.4 and 4.1)
import { matchesVary } from '../http/cache-key.ts';
import type { Comparing } from '../http/cache-key.ts';
import { combined } from '../http/fields.ts';
import type { Part } from '../http/range.ts';
import type { CacheState } from './cache-state.ts';
import { isSameVariant } from './same-variant.ts';
import type { PendingStore, Stored } from './stored.ts';
import { StoredResponse } from './stored-response.ts';
import { united } from './unite.ts';

/** Parts that stand beside each other under one key; the oldest goes first. */
const MOST_PARTS = 64;

/**
 * Stores a response whose body has arrived whole, in place of what its request would have selected before; a part together
 * with those that it continues. A part of another length than its place says, or of what has changed since, is given back, and not stored.
 */
export function commit<B>(cache: CacheState<B>, pending: PendingStore, body: B): Stored<B> {
  const { part } = pending;
  if (part === undefined) return put(cache, new StoredResponse(pending, body));
  if (isOfOtherLength(cache, part, body) || isOvertaken(cache, pending)) return new StoredResponse(pending, body);
  const made = united(cache, pending, part, body);
  const stored = put(cache, new StoredResponse(made.pending, made.body));
  const parts = cache.index.under(pending.key).filter((other) => other.part !== undefined);
  for (const old of parts.slice(0, Math.max(0, parts.length - MOST_PARTS))) cache.index.remove(old);
  return stored;
}

function put<B>(cache: CacheState<B>, stored: Stored<B>): Stored<B> {
  for (const old of cache.index.under(stored.key)) {
    if (replaces(stored, old, cache.behaviour)) cache.index.remove(old);
  }
  cache.index.add(stored);
  return stored;
}

const isOfOtherLength = <B>({ lengthOf }: CacheState<B>, { first, last }: Part, body: B): boolean =>
  lengthOf !== undefined && lengthOf(body) !== last + 1 - first;

/** Whether a later response of the same variant shows that the representation is another one by now. */
const isOvertaken = <B>({ index, behaviour }: CacheState<B>, pending: PendingStore): boolean =>
  index
    .under(pending.key)
    .some(
      (old) => old.terms.date > pending.terms.date && isSameVariant(old, pending, behaviour) && isOther(pending, old),
    );

/** Parts stand beside each other while they are parts of the same thing; a whole takes the place of all. */
function replaces<B>(fresh: Stored<B>, old: Stored<B>, how: Comparing): boolean {
  if (!matchesVary(old.terms.vary, old.selecting, fresh.selecting, how)) return false;
  if (!matchesVary(fresh.terms.vary, fresh.selecting, old.selecting, how)) return false;
  if (fresh.part === undefined || old.part === undefined) return true;
  const holdsOld = fresh.part.first <= old.part.first && fresh.part.last >= old.part.last;
  return holdsOld || isOther(fresh, old);
}

/** Whether their validators, of whatever strength, say that the representation has changed between them. */
function isOther({ fields, part }: PendingStore, old: PendingStore): boolean {
  if (part?.size !== undefined && old.part?.size !== undefined && part.size !== old.part.size) return true;
  const tags = [combined(fields, 'etag'), combined(old.fields, 'etag')];
  // beside a tag a part may come without its Last-Modified (RFC 9110 section 15.3.7)
  if (tags.some((tag) => tag !== undefined)) return tags[0] !== tags[1];
  return combined(fields, 'last-modified') !== combined(old.fields, 'last-modified');
}
