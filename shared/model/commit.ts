// How does a response get into the store, and what has to go for it? (RFC 9111 sections 3 and 4.1)
import { matchesVary } from '../http/cache-key.ts';
import type { Comparing } from '../http/cache-key.ts';
import { combined } from '../http/fields.ts';
import type { CacheState } from './cache-state.ts';
import type { PendingStore, Stored } from './stored.ts';
import { StoredResponse } from './stored-response.ts';

/** Stores a response whose body has arrived whole, in place of what its request would have selected before. */
export function commit<B>(cache: CacheState<B>, pending: PendingStore, body: B): Stored<B> {
  const stored = new StoredResponse(pending, body);
  for (const old of cache.index.under(pending.key)) {
    if (replaces(stored, old, cache.behaviour)) cache.index.remove(old);
  }
  cache.index.add(stored);
  cache.apartUntil.delete(pending.key);
  return stored;
}

/** Parts stand beside each other while they are parts of the same thing; a whole takes the place of all. */
function replaces<B>(fresh: Stored<B>, old: Stored<B>, how: Comparing): boolean {
  if (!matchesVary(old.terms.vary, old.selecting, fresh.selecting, how)) return false;
  if (!matchesVary(fresh.terms.vary, fresh.selecting, old.selecting, how)) return false;
  if (fresh.part === undefined || old.part === undefined) return true;
  const holdsOld = fresh.part.first <= old.part.first && fresh.part.last >= old.part.last;
  return holdsOld || combined(fresh.fields, 'etag') !== combined(old.fields, 'etag');
}
