// What is a forecast? When the change will appear at one node, for whom, between which bounds and why.
import type { Instant } from './interval.ts';
import type { Reason } from './reason.ts';

/** `busy`: a request arrives at once; `quiet`: the next request may be far off. */
export type Traffic = 'busy' | 'quiet';

/** Who sees it: someone who asks this node afresh, someone whose browser holds a copy from it, or the layer outside it. */
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

/** The same over all new visitors: earliest and latest of the last one to see it. */
export function everywhere(
  forecasts: readonly Forecast[],
): Pick<Forecast, 'earliest' | 'latest' | 'median' | 'visible'> | undefined {
  const visitors = forecasts.filter((f) => f.audience === 'new-visitor');
  if (visitors.length === 0) return undefined;
  const latest = visitors.map((f) => f.latest);
  const median = visitors.map((f) => f.median);
  return {
    visible: visitors.every((f) => f.visible),
    earliest: Math.max(...visitors.map((f) => f.earliest)),
    ...(latest.every((l) => l !== undefined) ? { latest: Math.max(...latest) } : {}),
    ...(median.every((m) => m !== undefined) ? { median: Math.max(...median) } : {}),
  };
}
