// How does the share that shows the new version grow, drawn as what is certain, what is possible, and the band between?
import type { Arrivals } from '../../shared/model/arrivals.ts';
import type { Interval } from '../../shared/model/interval.ts';

export interface CurvePaths {
  /** What certainly had arrived: it rises where a step has ended. */
  readonly lowest: string;
  /** What may have arrived: it rises where a step begins. */
  readonly highest: string;
  /** What lies between the two is not known. */
  readonly band: string;
}

type Scale = (value: number) => number;

const round = (n: number): number => Math.round(n * 100) / 100;

interface Point {
  readonly at: number;
  readonly share: number;
}

function rises(arrivals: Arrivals, end: 'from' | 'to', until: number): Point[] {
  let share = 0;
  const points = arrivals.steps
    .toSorted((a, b) => a[end] - b[end])
    .map((s): Point => ({ at: s[end], share: (share += s.share) }))
    .filter((p) => p.at <= until);
  return points;
}

function stairs(points: readonly Point[], from: number, until: number, x: Scale, y: Scale): string {
  const corners = points.map((p) => `H${round(x(p.at))}V${round(y(p.share))}`).join('');
  return `M${round(x(from))} ${round(y(0))}${corners}H${round(x(until))}`;
}

/** The curve from 0 to `until` seconds; `x` takes seconds, `y` a share from 0 to 1. */
export function curvePaths(arrivals: Arrivals, until: number, x: Scale, y: Scale): CurvePaths {
  const low = rises(arrivals, 'to', until);
  const high = rises(arrivals, 'from', until);
  const lowest = stairs(low, 0, until, x, y);
  const highest = stairs(high, 0, until, x, y);
  const back = low
    .toReversed()
    .map((p, i, all) => `H${round(x(p.at))}V${round(y(all[i + 1]?.share ?? 0))}`)
    .join('');
  const end = low.at(-1)?.share ?? 0;
  return { lowest, highest, band: `${highest}V${round(y(end))}${back}H${round(x(0))}z` };
}

/** Seconds since the start, as shared/model/percentiles.ts works them out and documents carry them. */
export interface Percentile extends Interval {
  readonly likely?: Interval | undefined;
  readonly band90?: readonly [number, number] | undefined;
}

export interface Percentiles {
  readonly p50?: Percentile | undefined;
  readonly p90?: Percentile | undefined;
  readonly p99?: Percentile | undefined;
}

export const SHARES = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p99', 0.99],
] as const;

/** An earlier propagation of which only its percentiles are known: these points, joined, and nothing before the first. */
export function percentilePoints(
  p: Percentiles,
  until: number,
  x: Scale,
  y: Scale,
): readonly { readonly x: number; readonly y: number }[] {
  return SHARES.flatMap(([name, share]) => {
    const at = p[name]?.likely ?? p[name];
    const middle = at === undefined ? Infinity : (at.earliest + at.latest) / 2;
    return middle > until ? [] : [{ x: round(x(middle)), y: round(y(share)) }];
  });
}
