// Would the requests that brought two responses have selected the same one? (RFC 9111 section 4.1)
import { matchesVary } from '../http/cache-key.ts';
import type { Comparing } from '../http/cache-key.ts';
import type { PendingStore } from './stored.ts';

/** Both name the same fields in Vary, and what the requests had there is the same. */
export function isSameVariant(one: PendingStore, other: PendingStore, how: Comparing): boolean {
  const { vary } = one.terms;
  const names = other.terms.vary;
  if (vary.length !== names.length || !vary.every((name, i) => name === names[i])) return false;
  return matchesVary(vary, one.selecting, other.selecting, how);
}
