// What time is it, in a way that a stepped wall clock cannot spoil within one exchange?
import { performance } from 'node:perf_hooks';
import type { Instant } from '../../shared/model/interval.ts';

const monotonicSeconds = (): number => performance.now() / 1000;

// Date counts whole milliseconds; the process's time origin keeps the fraction.
let anchor = performance.timeOrigin / 1000;

/** Seconds between the wall clock and the anchored one; beyond a few milliseconds the wall clock was stepped. */
export const wallStep = (): number => Date.now() / 1000 - wallNow();

/** Wall clock, in seconds since the epoch: anchored once, carried on by the monotonic clock. */
export const wallNow = (): Instant => anchor + monotonicSeconds();

/** Follows a stepped wall clock from here on. Call it between exchanges that nobody compares; returns the step in seconds. */
export function reanchor(): number {
  const step = wallStep();
  if (Math.abs(step) < 0.005) return 0;
  anchor += step;
  return step;
}

/** Wall time of a moment that `performance.now()` gave, by the anchor held now. */
export function wallClock(): (monotonicMs: number) => Instant {
  const held = anchor;
  return (monotonicMs) => held + monotonicMs / 1000;
}
