// What did each cache on the way say it did? (RFC 9211)

export type Fwd = 'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'miss' | 'request' | 'stale' | 'partial';

/** One member of Cache-Status; absent parameters stay absent. `hit` and `fwd` exclude each other. */
export interface CacheStatus {
  /** The name the cache gave itself. */
  readonly cache?: string;
  readonly hit?: boolean;
  readonly fwd?: Fwd;
  readonly fwdStatus?: number;
  /** Seconds of freshness left as this cache computes it; negative when stale. */
  readonly ttl?: number;
  readonly stored?: boolean;
  readonly collapsed?: boolean;
  readonly key?: string;
  readonly detail?: string;
}
