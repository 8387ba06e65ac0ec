// What is worth keeping of a response whose body broke off? (RFC 9111 section 3.3)
import { strongValidator } from '../http/parts.ts';
import { combined } from '../http/fields.ts';
import type { Part } from '../http/range.ts';
import type { CacheState } from './cache-state.ts';
import { commit } from './commit.ts';
import type { PendingStore, Stored } from './stored.ts';
import type { Forward } from './verdict.ts';

/**
 * Stores what came of a response, recorded as the part that it is, where the rest can be asked for later: the answer to a
 * GET, of known length, with a strong validator. Undefined where nothing is stored.
 * @param body What came: the first bytes, and not all of them
 */
export function commitIncomplete<B>(
  cache: CacheState<B>,
  { request }: Forward<B>,
  pending: PendingStore,
  body: B,
): Stored<B> | undefined {
  const { behaviour, lengthOf, joining } = cache;
  if (behaviour.completesParts !== true || joining === undefined || request.method !== 'GET') return undefined;
  const part = begunOf(pending, lengthOf?.(body) ?? 0);
  if (part === undefined || strongValidator(pending.fields, pending.storedAt) === undefined) return undefined;
  return commit(cache, { ...pending, part }, body);
}

/** The first `length` bytes of what was to come. */
function begunOf({ status, fields, part }: PendingStore, length: number): Part | undefined {
  const planned = part ?? (status === 200 ? promised(fields) : undefined);
  if (planned === undefined || length === 0 || length > planned.last - planned.first) return undefined;
  return { ...planned, last: planned.first + length - 1 };
}

function promised(fields: PendingStore['fields']): Part | undefined {
  const length = combined(fields, 'content-length');
  const size = length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
  return size === undefined || !Number.isSafeInteger(size) ? undefined : { first: 0, last: size - 1, size };
}
