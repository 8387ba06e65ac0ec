// When will the change appear at each node? (MODEL: composition)
import type { Instant } from './interval.ts';
import type { Reason } from './reason.ts';

/** `busy`: a request arrives at once; `quiet`: the next request may be far off. */
export type Traffic = 'busy' | 'quiet';

/** Who sees it: someone who asks this node afresh, or someone whose browser holds a copy from this node. */
export type Audience = 'new-visitor' | 'browser-copy' | 'next-layer';

export interface Term {
  readonly layer: string;
  readonly node?: string;
  readonly seconds: number;
  readonly because: Reason;
}

export interface Forecast {
  readonly audience: Audience;
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly variant: string;
  readonly madeAt: Instant;
  readonly traffic: Traffic;
  /** Hard bounds under the stated traffic; `latest` is absent when nothing bounds it. */
  readonly earliest: Instant;
  readonly latest?: Instant;
  readonly median?: Instant;
  readonly band90?: readonly [Instant, Instant];
  /** Already showing the change when the forecast was made. */
  readonly visible: boolean;
  readonly terms: readonly Term[];
}
