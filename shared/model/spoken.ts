// What does a cache say of a request that it put to the next hop? (RFC 9211)
import type { Spoken } from '../dialects/dialect.ts';
import type { CacheStatus } from '../http/cache-status.ts';
import type { CacheState } from './cache-state.ts';
import type { Forward } from './verdict.ts';

export function spokenOf<B>(cache: CacheState<B>, forward: Forward<B>, cacheStatus: CacheStatus): Spoken {
  const { exchange, collapsed } = forward;
  const status = { cache: cache.name, ...cacheStatus, ...(collapsed === undefined ? {} : { collapsed }) };
  return { cacheStatus: status, stale: false, revalidated: false, exchange, hits: 0, node: cache.name };
}
