// Which stretch of time does the axis show, where are its ticks, and where do marks stand without running into each other?
import type { Instant } from '../../shared/model/interval.ts';

export interface Span {
  readonly from: Instant;
  readonly until: Instant;
}

const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800,
];

/** The smallest step of whole clock units (seconds) with at most `most` ticks in `seconds`. */
export function stepFor(seconds: number, most: number): number {
  return STEPS.find((s) => seconds / s <= most) ?? STEPS.at(-1)!;
}

/** Instants of whole steps inside the span, in local time where `offset` (seconds ahead of UTC) says so. */
export function ticks(span: Span, most: number, offset = 0): Instant[] {
  const step = stepFor(span.until - span.from, Math.max(1, most));
  const first = Math.ceil((span.from + offset) / step) * step - offset;
  const count = Math.max(0, Math.floor((span.until - first) / step) + 1);
  return Array.from({ length: count }, (_, i) => first + i * step);
}

/**
 * The span that shows the change and what is expected of it. It moves in steps, not with the clock, so that the picture
 * stands still while now wanders through it.
 */
export function spanFor(
  now: Instant,
  since: Instant | undefined,
  expected: Instant | undefined,
  lifetime: number,
): Span {
  const reach = Math.max(20, Math.min(lifetime * 1.2, 86_400));
  const oldest = now - Math.max(reach * 6, 180);
  const past = Math.max(since === undefined ? now - reach : since - reach * 0.15, oldest);
  const ahead = Math.max(expected ?? now, now) + Math.max(reach * 0.25, (now - past) * 0.18);
  const step = stepFor(ahead - past, 8);
  return { from: Math.floor(past / step) * step, until: Math.ceil(ahead / step) * step };
}

/** The span scaled by `factor` (below 1: closer) around an instant that keeps its place. */
export function zoom(span: Span, around: Instant, factor: number): Span {
  return { from: around - (around - span.from) * factor, until: around + (span.until - around) * factor };
}

/** A row (0 upward) for each label so that none touches another; `x` ascending is not required. */
export function stagger(labels: readonly { readonly x: number; readonly width: number }[], gap = 8): number[] {
  const ends: number[] = [];
  const rows: number[] = Array.from({ length: labels.length }, () => 0);
  const order = labels.map((_, i) => i).toSorted((a, b) => labels[a]!.x - labels[b]!.x);
  for (const i of order) {
    const { x, width } = labels[i]!;
    const free = ends.findIndex((end) => end + gap <= x);
    const row = free === -1 ? ends.length : free;
    ends[row] = x + width;
    rows[i] = row;
  }
  return rows;
}

/** The event before or after `at`; equal instants (within a millisecond) are passed over. */
export function stepTo(events: readonly Instant[], at: Instant, direction: -1 | 1): Instant | undefined {
  const sorted = events.toSorted((a, b) => a - b);
  return direction === 1 ? sorted.find((e) => e > at + 0.001) : sorted.findLast((e) => e < at - 0.001);
}

/** Height of one lane: comfortable while they are few, then denser. */
export const laneHeight = (lanes: number): number => (lanes <= 8 ? 30 : lanes <= 20 ? 22 : 16);
