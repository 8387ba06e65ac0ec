// How soon did a change arrive over many nodes, when each arrival is known only as an interval, or not seen at all?
import { interval, type Interval } from './interval.ts';
import { likeliest, sortedEnds, type Ends, type Sorted } from './turnbull.ts';

/** Seconds since the start event: later than `after` and at `by` or before; `by` absent: not seen to arrive after `after`. */
export interface Arrival {
  readonly after: number;
  readonly by?: number;
}

/** The likeliest shares: each arrived between `from` and `to`, nothing tells when within; they sum to 1 with `beyond`. */
export interface Arrivals {
  readonly count: number;
  readonly steps: readonly { readonly from: number; readonly to: number; readonly share: number }[];
  /** The share that has not arrived yet; 1 where nothing was watched. */
  readonly beyond: number;
}

/** Ends that contradict each other are taken as the two ends of what is not known. */
function endsOf({ after, by = Infinity }: Arrival): Ends {
  return { after: Math.min(after, by), by: Math.max(after, by) };
}

/**
 * The likeliest distribution of all arrivals (Turnbull 1976). A node that was not seen to arrive counts as later than its
 * last look, as it does in a Kaplan-Meier estimate: not as failed.
 */
export function arrivalsOf(all: readonly Arrival[]): Arrivals {
  return weighed(sortedEnds(all.map(endsOf)), new Uint8Array(all.length).fill(1), all.length);
}

function weighed(sorted: Sorted, weights: ArrayLike<number>, count: number, tolerance?: number): Arrivals {
  const masses = likeliest(sorted, weights, tolerance);
  const steps = masses.filter((s) => s.to < Infinity);
  const beyond = masses.length === 0 ? 1 : (masses.find((s) => s.to === Infinity)?.share ?? 0);
  return { count, steps, beyond };
}

/** When this share (0 to 1) had likely arrived; undefined where fewer have. Of exact arrivals it is the empirical quantile. */
export function quantile({ count, steps }: Arrivals, share: number): Interval | undefined {
  // a thousandth of a node is what adding up many shares may lose
  const enough = share - 0.001 / Math.max(1, count);
  let sum = 0;
  for (const step of steps) {
    sum += step.share;
    if (sum >= enough) return interval(step.from, step.to);
  }
  return undefined;
}

/**
 * Between which instants this share (0 to 1) of the nodes had arrived for certain: nothing is estimated. Undefined where
 * fewer were seen to.
 */
export function certainly(all: readonly Arrival[], share: number): Interval | undefined {
  const ends = all.map(endsOf);
  const k = Math.max(0, Math.ceil(share * ends.length - 1e-9) - 1);
  const earliest = Float64Array.from(ends, (e) => e.after).sort()[k];
  const latest = Float64Array.from(ends, (e) => e.by).sort()[k];
  return earliest === undefined || latest === undefined || latest === Infinity ? undefined : interval(earliest, latest);
}

/** The share that had arrived `t` seconds after the start: what lies inside a step is not known, so it is two numbers. */
export function shareBy({ steps }: Arrivals, t: number): { readonly lowest: number; readonly highest: number } {
  let [lowest, highest] = [0, 0];
  for (const { from, to, share } of steps) {
    if (to <= t) lowest += share;
    if (to <= t || from < t) highest += share;
  }
  return { lowest: Math.min(1, lowest), highest: Math.min(1, highest) };
}

/**
 * Where this share's quantile would lie in 90 of 100 such sets of nodes: nodes are drawn again, with repetition.
 * Undefined where one draw in twenty or more does not reach the share. `chance` gives numbers from 0 up to 1.
 */
export function quantileBand(
  all: readonly Arrival[],
  share: number,
  chance: () => number,
  resamples = 200,
): Interval | undefined {
  return quantileBands(all, [share], chance, resamples)[0];
}

/** How exactly each draw is fitted: far closer than draws differ from each other. */
const DRAWN = 1e-5;

/** The same for several shares, of the same draws. */
export function quantileBands(
  all: readonly Arrival[],
  shares: readonly number[],
  chance: () => number,
  resamples = 200,
): (Interval | undefined)[] {
  const n = all.length;
  if (n === 0 || resamples < 1) return shares.map(() => undefined);
  const sorted = sortedEnds(all.map(endsOf));
  const drawn = Array.from({ length: resamples }, () => {
    const weights = new Uint32Array(n);
    for (let i = 0; i < n; i++) weights[Math.min(n - 1, Math.floor(chance() * n))]! += 1;
    const again = weighed(sorted, weights, n, DRAWN);
    return shares.map((share) => quantile(again, share) ?? interval(Infinity, Infinity));
  });
  return shares.map((_, s) => {
    const low = Float64Array.from(drawn, (d) => d[s]!.earliest).sort()[Math.floor(0.05 * (resamples - 1))]!;
    const high = Float64Array.from(drawn, (d) => d[s]!.latest).sort()[Math.ceil(0.95 * (resamples - 1))]!;
    return high === Infinity ? undefined : interval(low, high);
  });
}
