// Within how many seconds did a change reach half of the places, nine in ten, ninety-nine in a hundred?
import { arrivalsOf, certainly, quantile, quantileBands, type Arrival } from './arrivals.ts';
import type { Interval } from './interval.ts';

/** The place that completes this share arrived between `earliest` and `latest` seconds after the start: that is certain. */
export interface Percentile extends Interval {
  /** Where in between it most likely arrived (Turnbull's estimate). */
  readonly likely?: Interval;
  /** Where it would be in 90 of 100 repetitions with places like these; absent where it is not asked for or not known. */
  readonly band90?: readonly [number, number];
}

/** Absent where so many have not been seen to arrive. */
export interface Percentiles {
  readonly p50?: Percentile;
  readonly p90?: Percentile;
  readonly p99?: Percentile;
}

const SHARES = { p50: 0.5, p90: 0.9, p99: 0.99 } as const;

/** Bands are drawn only where `chance` is given: numbers from 0 up to 1. */
export function percentilesOf(all: readonly Arrival[], chance?: () => number): Percentiles {
  const names = Object.keys(SHARES) as (keyof typeof SHARES)[];
  const known = names.map((name) => certainly(all, SHARES[name]));
  if (known.every((k) => k === undefined)) return {};
  const arrivals = arrivalsOf(all);
  const shares = names.map((name) => SHARES[name]);
  const bands = chance === undefined ? [] : quantileBands(all, shares, chance, draws(all.length));
  const told = names.flatMap((name, i) => {
    const certain = known[i];
    if (certain === undefined) return [];
    const likely = quantile(arrivals, SHARES[name]);
    const band = bands[i];
    const percentile: Percentile = {
      ...certain,
      ...(likely === undefined ? {} : { likely }),
      ...(band === undefined ? {} : { band90: [band.earliest, band.latest] as const }),
    };
    return [[name, percentile] as const];
  });
  return Object.fromEntries(told);
}

/** Many places vary little, and take long to draw. */
const draws = (places: number): number => Math.round(Math.min(200, Math.max(40, 100_000 / places)));
