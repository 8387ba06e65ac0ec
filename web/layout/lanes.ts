// What stands in one lane of the time axis: which copies were held, which are expected, how sure is either?
import type { Instant, Interval } from '../../shared/model/interval.ts';
import type { CellView, SegmentView, Version } from '../derive.ts';
import type { Span } from './time-axis.ts';

export interface Held {
  readonly version: Version;
  /** Certainly held from `from` until `until`; perhaps already from `maybe` on. */
  readonly maybe: Instant;
  readonly from: Instant;
  readonly until: Instant;
  /** It was there before anybody looked. */
  readonly before: boolean;
}

export interface Lane {
  readonly held: readonly Held[];
  readonly generated: readonly Interval[];
  readonly stored: readonly { readonly at: Instant; readonly version: Version; readonly relapse: boolean }[];
  /** From now on: what is held now (or refilled alike) until it ends or turns; within that, what may be stale. */
  readonly fresh?: { readonly from: Instant; readonly until: Instant; readonly version: Version };
  readonly stale?: { readonly from: Instant; readonly until: Instant; readonly version: Version };
  /** The expected turn: hard bounds, the 90 % band, and the likeliest instant. */
  readonly turn?: {
    readonly bounds: readonly [Instant, Instant];
    readonly band: readonly [Instant, Instant];
    readonly at: Instant;
  };
}

const middle = (i: Interval): Instant => (i.earliest + i.latest) / 2;

function heldIn(segments: readonly SegmentView[], span: Span, now: Instant): Held[] {
  return segments.flatMap((s, i) => {
    const before = !Number.isFinite(s.from.earliest);
    const from = before ? span.from : Math.max(span.from, s.from.latest);
    const until = Math.min(now, segments[i + 1]?.from.earliest ?? now);
    if (until <= span.from || from >= span.until) return [];
    return [
      {
        version: s.version,
        maybe: before ? from : Math.max(span.from, s.from.earliest),
        from,
        until: Math.max(until, from),
        before,
      },
    ];
  });
}

function turnOf(cell: CellView, now: Instant): Lane['turn'] {
  const f = cell.forecast;
  if (f === undefined || f.visible) return undefined;
  const at = f.median ?? f.latest;
  if (at === undefined || at < now) return undefined;
  const bounds = [f.earliest, f.latest ?? at] as const;
  return { at, bounds, band: f.band90 ?? bounds };
}

/** The lane of one cell within the span; `now` parts what was recorded from what is forecast. */
export function laneOf(cell: CellView, span: Span, now: Instant): Lane {
  const held = heldIn(cell.segments, span, now);
  const turn = turnOf(cell, now);
  const last = cell.segments.at(-1);
  const cacheCopies =
    cell.role === 'origin' ? [] : cell.segments.filter((s) => (s.freshUntil?.latest ?? now) > span.from);
  const generated = cacheCopies.flatMap((s) => (s.generatedAt === undefined ? [] : [s.generatedAt]));
  const stored = cacheCopies.flatMap((s) =>
    Number.isFinite(s.storedAt.earliest) && s.storedAt.latest - s.storedAt.earliest < 5
      ? [{ at: middle(s.storedAt), version: s.version, relapse: s.afterPurge === true && s.version === 'old' }]
      : [],
  );
  const freshEnd = last?.freshUntil === undefined || cell.emptied ? undefined : last.freshUntil.latest;
  // where a turn is expected, the old copy (or the next old one) is expected until then, and not beyond
  const staleEnd = Math.min(last?.mayServeUntil?.latest ?? -Infinity, turn?.at ?? Infinity);
  const heldUntil = freshEnd === undefined ? -Infinity : (turn?.at ?? freshEnd);
  const version = last?.version ?? 'unknown';
  return {
    held,
    generated,
    stored,
    ...(heldUntil > now ? { fresh: { from: now, until: heldUntil, version } } : {}),
    ...(freshEnd !== undefined && staleEnd > Math.max(freshEnd, now)
      ? { stale: { from: Math.max(freshEnd, now), until: staleEnd, version } }
      : {}),
    ...(turn === undefined ? {} : { turn }),
  };
}

/** Of many cells, the share that showed the new version at each instant where it changed, and where it is expected to. */
export function shareOverTime(
  cells: readonly CellView[],
  now: Instant,
): { readonly at: Instant; readonly share: number; readonly expected: boolean }[] {
  const steps = cells.flatMap((c) => {
    const seen = c.segments.flatMap((s, i) => {
      const was = c.segments[i - 1]?.version === 'new';
      const is = s.version === 'new';
      return was === is
        ? []
        : [{ at: Number.isFinite(s.from.earliest) ? s.from.latest : -Infinity, by: is ? 1 : -1, expected: false }];
    });
    const due = c.forecast?.visible === false ? (c.forecast.median ?? c.forecast.latest) : undefined;
    return due === undefined || due < now || c.expected ? seen : [...seen, { at: due, by: 1, expected: true }];
  });
  let sum = 0;
  return steps
    .toSorted((a, b) => a.at - b.at)
    .map((s) => ({ at: s.at, share: (sum += s.by) / Math.max(1, cells.length), expected: s.expected }));
}
