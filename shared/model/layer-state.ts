// What does one node hold for one target and variant, and what do its two clocks say? (MODEL: two clocks per stored response)
import type { CacheStatus } from '../http/cache-status.ts';
import type { Failure } from '../observation.ts';
import type { Interval } from './interval.ts';
import type { Reason } from './reason.ts';

/** How the last exchange was answered. `unknown`: the field lines do not tell. */
export type Outcome = 'hit' | 'stale' | 'miss' | 'revalidated' | 'pass' | 'origin' | 'unknown' | 'failed';

export interface LayerState {
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly variant: string;
  /** The bracket of the last exchange. */
  readonly observedAt: Interval;
  /** Between the last exchange without what it holds now and the first with it; the earlier end may be -Infinity. */
  readonly since?: Interval;
  /** Id of the observation this state was read from. */
  readonly observation: number;
  readonly outcome: Outcome;
  readonly status?: number;
  readonly dialect?: string;
  readonly cacheStatus?: CacheStatus;
  /** Seconds, as sent by this node; absent where it sends none of its own. */
  readonly age?: number;
  /** The response had an Age field, be it this node's own or one that it passed on. */
  readonly carriesAge?: boolean;
  /** How often this copy was served, where the dialect tells. */
  readonly hits?: number;
  /** Freshness lifetime in seconds as this product applies it. */
  readonly lifetime?: number;
  /** Seconds that a browser may reuse this response (max-age, never s-maxage); absent where it says nothing. */
  readonly privateLifetime?: number;
  /** When the origin (or the last layer that dropped Age) made the bytes. */
  readonly generatedAt?: Interval;
  /** When this node stored them. */
  readonly storedAt?: Interval;
  readonly freshUntil?: Interval;
  readonly mayServeUntil?: Interval;
  /** What tells versions apart: the marker where one was found, else the digest. */
  readonly content?: string;
  readonly marker?: string;
  readonly digest?: string;
  readonly because: readonly Reason[];
  readonly failure?: Failure;
  /** What of the last answer could not be read: one sentence each. */
  readonly problems?: readonly string[];
}
