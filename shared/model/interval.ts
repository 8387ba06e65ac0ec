// What is known about an instant that was inferred, not read? Always an interval.

/** Seconds since the Unix epoch, fractions allowed. */
export type Instant = number;

/** The true instant lies in `[earliest, latest]`. */
export interface Interval {
  readonly earliest: Instant;
  readonly latest: Instant;
}

export const interval = (earliest: Instant, latest: Instant): Interval => ({ earliest, latest });

/** Seconds between the two ends. */
export const width = (i: Interval): number => i.latest - i.earliest;

export const middle = (i: Interval): Instant => (i.earliest + i.latest) / 2;

export const contains = (i: Interval, at: Instant): boolean => at >= i.earliest && at <= i.latest;

/** Both ends moved by `seconds`. */
export const shift = (i: Interval, seconds: number): Interval => interval(i.earliest + seconds, i.latest + seconds);

/** The smallest interval that holds both. */
export const hull = (a: Interval, b: Interval): Interval =>
  interval(Math.min(a.earliest, b.earliest), Math.max(a.latest, b.latest));

/** What both allow, or undefined when they contradict each other. */
export function intersect(a: Interval, b: Interval): Interval | undefined {
  const earliest = Math.max(a.earliest, b.earliest);
  const latest = Math.min(a.latest, b.latest);
  return earliest <= latest ? interval(earliest, latest) : undefined;
}
