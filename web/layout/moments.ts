// Where do the marks of events stand, and their names, without running into each other?
import type { Moment } from '../trace/moments.ts';
import type { Measure } from './fit.ts';
import { stagger } from './time-axis.ts';

export interface PlacedMoment extends Moment {
  /** User units: where it begins and ends. */
  readonly from: number;
  readonly until: number;
  /** Where its name begins, and in which row (0 upward). */
  readonly left: number;
  readonly row: number;
}

/** Rows of names that are always kept free, so that nothing moves when an event comes. */
export const NAME_ROWS = 3;

/**
 * Places every mark. What accepted a purge that is marked already stands without a name of its own; names that find no
 * row are left out, and stand in the table.
 */
export function placeMoments(
  moments: readonly Moment[],
  x: (seconds: number) => number,
  right: number,
  measure: Measure,
): PlacedMoment[] {
  const named = moments.map((m) => {
    const isKnown = m.type === 'purge-accepted' && moments.some((o) => o.type === 'purge-sent' && o.layer === m.layer);
    return isKnown ? '' : m.label;
  });
  const boxes = moments.map((m, i) => {
    const width = measure(named[i] ?? '', 11.5, false);
    return { x: Math.min(x(m.at.earliest) + 5, right - width), width };
  });
  const spoken = named.flatMap((label, i) => (label === '' ? [] : [i]));
  const rows = new Map(stagger(spoken.map((i) => boxes[i]!)).map((row, k) => [spoken[k]!, row]));
  return moments.map((m, i) => {
    const row = rows.get(i) ?? 0;
    return {
      ...m,
      label: row < NAME_ROWS ? named[i]! : '',
      from: x(m.at.earliest),
      until: x(m.at.latest),
      left: boxes[i]!.x,
      row: Math.min(row, NAME_ROWS - 1),
    };
  });
}
