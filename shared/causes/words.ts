// How are instants and copies told in a sentence?
import { middle, width, type Instant, type Interval } from '../model/interval.ts';

/** Within this many seconds an interval is told as one instant. */
const AS_ONE = 0.1;

/** `12:00:01.250 UTC`. */
export const clock = (at: Instant): string => `${new Date(at * 1000).toISOString().slice(11, 23)} UTC`;

/** `at 12:00:01.250 UTC (± 2 ms)`, or the two ends where they are far apart. */
export function when(i: Interval): string {
  if (i.earliest === -Infinity) return i.latest === Infinity ? 'at some time' : `before ${clock(i.latest)}`;
  if (i.latest === Infinity) return `after ${clock(i.earliest)}`;
  if (width(i) > AS_ONE) return `between ${clock(i.earliest)} and ${clock(i.latest)}`;
  const half = Math.ceil((width(i) * 1000) / 2);
  return `at ${clock(middle(i))}${half === 0 ? '' : ` (± ${half} ms)`}`;
}

export const ordinal = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
