// How good were the forecasts of one stack?
import { intersect, interval, middle, width } from '../../shared/model/interval.ts';
import { quantiles } from '../../shared/model/sampling.ts';
import type { Outcome } from './deploy-once.ts';

export interface StackScore {
  readonly stack: string;
  readonly knowledge: string;
  readonly deploys: number;
  readonly flips: number;
  readonly boundsHeld: number;
  readonly bandHeld: number;
  /** Seconds. */
  readonly medianError: number;
  readonly p90Error: number;
  readonly medianWidth: number;
  readonly naiveMedianError: number;
  readonly missed: readonly Outcome[];
}

export const errorOf = ({ forecast, flippedAt }: Outcome): number =>
  forecast.median === undefined ? Infinity : Math.abs(forecast.median - middle(flippedAt));

export function boundsHold({ forecast, flippedAt }: Outcome): boolean {
  return intersect(interval(forecast.earliest, forecast.latest ?? Infinity), flippedAt) !== undefined;
}

export function scoreStack(
  stack: string,
  knowledge: string,
  deploys: number,
  outcomes: readonly Outcome[],
): StackScore {
  const errors = outcomes.map(errorOf);
  const [medianError = NaN, p90Error = NaN] = quantiles(errors, [0.5, 0.9]);
  const widths = outcomes.map((o) => width(interval(o.forecast.earliest, o.forecast.latest ?? Infinity)));
  const naive = outcomes.flatMap((o) => (o.naive === undefined ? [] : [Math.abs(o.naive - middle(o.flippedAt))]));
  return {
    stack,
    knowledge,
    deploys,
    flips: outcomes.length,
    boundsHeld: outcomes.filter(boundsHold).length,
    bandHeld: outcomes.filter(({ forecast: f, flippedAt }) => f.band90 && intersect(interval(...f.band90), flippedAt))
      .length,
    medianError,
    p90Error,
    medianWidth: quantiles(widths, [0.5])[0] ?? NaN,
    naiveMedianError: quantiles(naive, [0.5])[0] ?? NaN,
    missed: outcomes.filter((o) => !boundsHold(o)),
  };
}
