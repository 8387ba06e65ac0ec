// Where do the percentiles of many deploys stand in a small chart?
import { scaleLinear, scaleLog } from 'd3';
import type { Percentiles } from './share-curve.ts';

export interface TrendMark {
  readonly x: number;
  /** User units of both ends; `latest` is the upper one on the page's scale, so the smaller number. */
  readonly earliest: number;
  readonly latest: number;
}

export interface TrendLine {
  readonly name: 'p50' | 'p90' | 'p99';
  readonly path: string;
  readonly marks: readonly TrendMark[];
  /** Where its name stands, clear of the others. */
  readonly label: number;
}

export interface PlacedTrend {
  readonly lines: readonly TrendLine[];
  readonly ticks: readonly { readonly y: number; readonly seconds: number }[];
}

const NAMES = ['p50', 'p90', 'p99'] as const;
const DECADES = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 86_400];

/** Deploys at equal distances, oldest first; seconds on a logarithmic scale where they differ much. */
export function placeTrend(
  points: readonly Percentiles[],
  box: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number },
): PlacedTrend {
  const ends = points.flatMap((p) => NAMES.flatMap((n) => (p[n] === undefined ? [] : [p[n].latest])));
  const most = Math.max(0.01, ...ends);
  const least = Math.max(0.001, Math.min(most, ...ends));
  const isWide = most / least > 20;
  const y = isWide
    ? scaleLog([least / 2, most * 1.3], [box.bottom, box.top]).clamp(true)
    : scaleLinear([0, most * 1.1], [box.bottom, box.top]).clamp(true);
  const x = scaleLinear([0, Math.max(1, points.length - 1)], [box.left, box.right]);
  const lines = NAMES.map((name): TrendLine => {
    const marks = points.flatMap((p, i) => {
      const at = p[name];
      if (at === undefined) return [];
      const from = Math.max(at.earliest, isWide ? least / 2 : 0);
      return [{ x: points.length === 1 ? (box.left + box.right) / 2 : x(i), earliest: y(from), latest: y(at.latest) }];
    });
    const path = marks.map(
      (m, i) => `${i === 0 ? 'M' : 'L'}${m.x.toFixed(1)} ${((m.earliest + m.latest) / 2).toFixed(1)}`,
    );
    const end = marks.at(-1);
    return {
      name,
      path: path.join(''),
      marks,
      label: end === undefined ? box.bottom : (end.earliest + end.latest) / 2,
    };
  });
  const ticks = isWide ? DECADES.filter((d) => d >= least / 2 && d <= most * 1.3) : y.ticks(3);
  return { lines: apart(lines, box.top), ticks: ticks.map((seconds) => ({ y: y(seconds), seconds })) };
}

const LINE = 12;

/** Names that would run into each other are moved up, p50 staying where it is; at the top, down. */
function apart(lines: readonly TrendLine[], top: number): TrendLine[] {
  let above = Infinity;
  const moved = lines.map((line) => {
    const label = Math.min(line.label, above - LINE);
    above = label;
    return { ...line, label };
  });
  const over = Math.max(0, top - above);
  return moved.map((line) => ({ ...line, label: line.label + over }));
}
