// What do the seven words mean that nginx writes, and after it the networks that are built on it?
// Source: nginx.org ngx_http_upstream_module ($upstream_cache_status).
import type { Decoded } from './dialect.ts';

/** What is decoded of a word alone. */
export type Said = Omit<Decoded, 'by'>;

/** Words and what they say; a word that is not there says nothing that is known. */
export const wordsOf = (said: Readonly<Record<string, Said>>): ReadonlyMap<string, Said> =>
  new Map(Object.entries(said));

export const HIT: Said = { cacheStatus: { hit: true } };
export const STALE: Said = { cacheStatus: { hit: true }, stale: true };
/** It was stale, and its parent sent a new one. */
export const EXPIRED: Said = { cacheStatus: { fwd: 'stale', stored: true } };
/** It was stale, and its parent said that it is the same still. */
export const REVALIDATED: Said = { cacheStatus: { fwd: 'stale', fwdStatus: 304, stored: true }, revalidated: true };
/** Neither looked for nor kept. */
export const PASSED: Said = { cacheStatus: { fwd: 'bypass', stored: false } };

/** As the networks mean them that took them over. */
export const cacheWords = wordsOf({
  HIT,
  MISS: { cacheStatus: { fwd: 'uri-miss' } },
  BYPASS: { cacheStatus: { fwd: 'bypass' } },
  EXPIRED,
  REVALIDATED,
  STALE,
  UPDATING: STALE,
});
