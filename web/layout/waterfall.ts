// Where do lanes stand, and which bars are drawn in each? Thousands of them are a few paths, one for each tone.
import type { Lane } from '../trace/stretches.ts';

/**
 * `old`, `new`, `other`, `unknown`: seen to show it, from the first look to the last. `to-…`: it turned to that version
 * somewhere within. `open-…`: last seen to show it, and not asked since. `again`: when old content came back.
 */
export type Tone =
  | 'old'
  | 'new'
  | 'other'
  | 'unknown'
  | 'to-old'
  | 'to-new'
  | 'to-other'
  | 'to-unknown'
  | 'open-old'
  | 'open-new'
  | 'open-other'
  | 'open-unknown'
  | 'again';

export interface Bar {
  readonly tone: Tone;
  readonly from: number;
  readonly until: number;
}

/** The narrowest thing that is drawn, in user units: an interval narrower than this is a line. */
const LINE = 1.25;

/**
 * The bars of one lane in user units, left to right. `now` is the last second shown; what nobody has asked since stays
 * open until then.
 */
export function barsOf(lane: Lane, x: (seconds: number) => number, now: number): Bar[] {
  const bars: Bar[] = [];
  const add = (tone: Tone, from: number, until: number, least = 0): void => {
    const [left, right] = [x(from), x(until)];
    if (right - left > 0.01) bars.push({ tone, from: left, until: Math.max(right, left + least) });
    else if (least > 0) bars.push({ tone, from: left - least / 2, until: left + least / 2 });
  };
  const { stretches } = lane;
  if (stretches.length === 0) add('open-unknown', 0, now);
  stretches.forEach((s, i) => {
    const next = stretches[i + 1];
    if (i > 0) add(`to-${s.version}`, s.from.earliest, s.from.latest, LINE);
    else if (s.from.latest > 0) add('open-unknown', Math.max(-Infinity, -1e9), s.from.latest);
    const seen = Math.min(next?.from.earliest ?? s.seen, now);
    add(s.version, s.from.latest, Math.max(seen, s.from.latest));
    if (next === undefined && now > seen) add(`open-${s.version}`, Math.max(seen, s.from.latest), now);
    if (s.again === true) add('again', s.from.latest, s.from.latest, 2.5);
  });
  return bars;
}

export interface Row {
  readonly y: number;
  readonly height: number;
  readonly bars: readonly Bar[];
}

const round = (n: number): number => Math.round(n * 100) / 100;

/** One path for each tone; rows that touch have no seam between them. */
export function pathsOf(rows: Iterable<Row>): ReadonlyMap<Tone, string> {
  const parts = new Map<Tone, string[]>();
  for (const { y, height, bars } of rows) {
    for (const { tone, from, until } of bars) {
      const path = `M${round(from)} ${round(y)}h${round(until - from)}v${round(height)}h${round(from - until)}z`;
      const known = parts.get(tone);
      if (known === undefined) parts.set(tone, [path]);
      else known.push(path);
    }
  }
  return new Map([...parts].map(([tone, all]) => [tone, all.join('')]));
}

/** How the lanes of one layer stand: as labelled rows, or so dense that only a lens shows their names. */
export interface Density {
  readonly dense: boolean;
  /** User units from one lane to the next. */
  readonly pitch: number;
  /** Height of the bar within. */
  readonly bar: number;
  /** Lanes of the same row of pixels, where there are more lanes than these. */
  readonly lanesPerRow: number;
  readonly height: number;
}

/** The most lanes that are named one by one. */
export const NAMED = 40;
/** The most height (user units) that one layer takes when it is dense. */
const TALLEST = 1200;

/** How many lanes have how much room. */
export function densityFor(lanes: number): Density {
  if (lanes <= NAMED) {
    const pitch = lanes <= 8 ? 28 : lanes <= 20 ? 22 : 18;
    return { dense: false, pitch, bar: pitch >= 22 ? 12 : 10, lanesPerRow: 1, height: lanes * pitch };
  }
  const pitch = Math.max(1, Math.min(4, Math.floor(480 / lanes)));
  const lanesPerRow = Math.max(1, Math.ceil((lanes * pitch) / TALLEST));
  const rows = Math.ceil(lanes / lanesPerRow);
  return { dense: true, pitch, bar: pitch >= 3 ? pitch - 1 : pitch, lanesPerRow, height: rows * pitch };
}

/** The rows of dense lanes. Several lanes of one row lie over each other, the later to arrive on top. */
export function denseRows(
  lanes: readonly Lane[],
  density: Density,
  top: number,
  x: (seconds: number) => number,
  now: number,
): Row[] {
  return lanes.map((lane, i) => ({
    y: top + Math.floor(i / density.lanesPerRow) * density.pitch,
    height: density.bar,
    bars: barsOf(lane, x, now),
  }));
}

/** The lane at a height within dense rows; undefined beside them. */
export function laneAt(y: number, lanes: number, density: Density): number | undefined {
  const row = Math.floor(y / density.pitch);
  const index = row * density.lanesPerRow;
  return row < 0 || index >= lanes ? undefined : index;
}

/** The stretch of lanes that a lens of `size` shows around `index`, moved no further than needed. */
export function lensAround(index: number, lanes: number, size: number): readonly [number, number] {
  const first = Math.max(0, Math.min(index - Math.floor(size / 2), lanes - size));
  return [first, Math.min(lanes, first + size)];
}
