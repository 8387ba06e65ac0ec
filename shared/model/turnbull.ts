// Which distribution makes arrivals known only as intervals most likely? (Turnbull 1976; convex minorants: Wellner and Zhan 1997)

/** One arrival: after `after` and at `by` or before; both alike where the instant itself is known; `by` may be Infinity. */
export interface Ends {
  readonly after: number;
  readonly by: number;
}

/** Mass between two ends within which nothing tells where it lies; `to` is Infinity where it has not arrived. */
export interface Mass {
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

/** The ends of all arrivals in their order, so that the same arrivals can be weighed again without sorting. */
export interface Sorted {
  readonly all: readonly Ends[];
  /** An arrival's index for its `after`, index + count for its `by`. */
  readonly order: Int32Array;
}

/** The arrivals' ends in the order in which they lie: at one instant an exact one begins, then all end, then the others begin. */
export function sortedEnds(all: readonly Ends[]): Sorted {
  const n = all.length;
  const at = Float64Array.from({ length: 2 * n }, (_, i) => (i < n ? all[i]!.after : all[i - n]!.by));
  const rank = (i: number): number => (i >= n ? 1 : at[i] === at[i + n] ? 0 : 2);
  const order = Int32Array.from({ length: 2 * n }, (_, i) => i);
  // Infinity minus Infinity is not a number, and then both end alike.
  order.sort((a, b) => (at[a] === at[b] ? rank(a) - rank(b) : at[a]! - at[b]!));
  return { all, order };
}

/**
 * The likeliest masses, earliest first; `weights` says how often each arrival counts. Empty when none counts. The mean
 * log-likelihood is within `tolerance` of its maximum.
 */
export function likeliest({ all, order }: Sorted, weights: ArrayLike<number>, tolerance = 1e-7): Mass[] {
  const cover = coverOf(all, order, weights);
  const m = cover.from.length;
  if (m === 0) return [];
  const shares = fitted(cover, tolerance);
  // What is left of a mass that the maximum does without; a ten-thousandth of one arrival is none.
  const least = 1e-4 / cover.total;
  const kept = shares.reduce((sum, s) => (s < least ? sum : sum + s), 0);
  const masses: Mass[] = [];
  for (let j = 0; j < m; j++) {
    if (shares[j]! >= least) masses.push({ from: cover.from[j]!, to: cover.to[j]!, share: shares[j]! / kept });
  }
  return masses;
}

/** The innermost intervals, and which of them (`first` to `last`) each arrival allows. */
interface Cover {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly weight: Float64Array;
  readonly total: number;
}

/** A beginning directly followed by an end is an innermost interval: only there the maximum puts mass. */
function coverOf(all: readonly Ends[], order: Int32Array, weights: ArrayLike<number>): Cover {
  const n = all.length;
  const from: number[] = [];
  const to: number[] = [];
  const first = new Int32Array(n);
  const last = new Int32Array(n);
  let begun: number | undefined;
  for (const end of order) {
    const i = end < n ? end : end - n;
    if ((weights[i] ?? 0) <= 0) continue;
    if (end < n) {
      begun = all[i]!.after;
      first[i] = from.length;
      continue;
    }
    if (begun !== undefined) {
      from.push(begun);
      to.push(all[i]!.by);
      begun = undefined;
    }
    last[i] = from.length - 1;
  }
  const counting = Int32Array.from({ length: n }, (_, i) => i).filter((i) => (weights[i] ?? 0) > 0);
  const weight = Float64Array.from(counting, (i) => weights[i]!);
  return {
    from,
    to,
    first: Int32Array.from(counting, (i) => first[i]!),
    last: Int32Array.from(counting, (i) => last[i]!),
    weight,
    total: weight.reduce((a, b) => a + b, 0),
  };
}

/** How long the search goes on; a hundred rounds are usual for thousands of nodes. */
const ROUNDS = 500;

/** Self-consistent steps find which intervals carry mass at all, convex minorants how much: together both are fast. */
function fitted(cover: Cover, tolerance: number): Float64Array {
  const m = cover.from.length;
  const shares = new Float64Array(m).fill(1 / m);
  if (m === 1) return shares;
  for (let round = 0; round < ROUNDS; round++) {
    if (selfConsistent(cover, shares) < tolerance) break;
    convexMinorant(cover, shares);
  }
  return shares;
}

/**
 * One step of expectation and maximisation, in place. Returns by how much at most the mean log-likelihood was short of
 * its maximum before it.
 */
function selfConsistent({ first, last, weight, total }: Cover, shares: Float64Array): number {
  const below = cumulated(shares);
  const slope = new Float64Array(shares.length + 1);
  for (let i = 0; i < weight.length; i++) {
    const part = weight[i]! / (below[last[i]! + 1]! - below[first[i]!]!);
    slope[first[i]!]! += part;
    slope[last[i]! + 1]! -= part;
  }
  let running = 0;
  let most = 0;
  for (let j = 0; j < shares.length; j++) {
    running += slope[j]!;
    most = Math.max(most, running / total);
    shares[j]! *= running / total;
  }
  return most - 1;
}

/** `[0, a, a + b, …]`. */
function cumulated(shares: Float64Array): Float64Array {
  const below = new Float64Array(shares.length + 1);
  for (let j = 0; j < shares.length; j++) below[j + 1] = below[j]! + shares[j]!;
  return below;
}

/** One Newton step on the cumulated shares with the diagonal of the curvature, kept rising; halved until it gains. */
function convexMinorant(cover: Cover, shares: Float64Array): void {
  const below = cumulated(shares);
  const { slope, bend } = curvature(cover, below);
  const aim = rising(below, slope, bend);
  const before = likelihood(cover, below);
  const tried = new Float64Array(below.length);
  for (let step = 1; step > 1e-3; step /= 2) {
    for (let j = 0; j < below.length; j++) tried[j] = below[j]! + step * (aim[j]! - below[j]!);
    if (!(likelihood(cover, tried) > before)) continue;
    for (let j = 0; j < shares.length; j++) shares[j] = Math.max(0, tried[j + 1]! - tried[j]!);
    return;
  }
}

function curvature({ first, last, weight }: Cover, below: Float64Array): { slope: Float64Array; bend: Float64Array } {
  const slope = new Float64Array(below.length);
  const bend = new Float64Array(below.length);
  for (let i = 0; i < weight.length; i++) {
    const [l, r] = [first[i]!, last[i]! + 1];
    const share = below[r]! - below[l]!;
    slope[r]! += weight[i]! / share;
    slope[l]! -= weight[i]! / share;
    bend[r]! += weight[i]! / share ** 2;
    bend[l]! += weight[i]! / share ** 2;
  }
  return { slope, bend };
}

/** The nearest rising sequence from 0 to 1 to the Newton step's aim: neighbours that fall are pooled. */
function rising(below: Float64Array, slope: Float64Array, bend: Float64Array): Float64Array {
  const end = below.length - 1;
  const value: number[] = [];
  const mass: number[] = [];
  const size: number[] = [];
  for (let j = 1; j < end; j++) {
    const heavy = Math.max(bend[j]!, Number.MIN_VALUE);
    let [v, w, k] = [bend[j]! > 0 ? below[j]! + slope[j]! / bend[j]! : below[j]!, heavy, 1];
    while (value.length > 0 && value.at(-1)! >= v) {
      const [v0, w0, k0] = [value.pop()!, mass.pop()!, size.pop()!];
      v = w0 + w > 0 ? (v0 * w0 + v * w) / (w0 + w) : v;
      [w, k] = [w + w0, k + k0];
    }
    value.push(v);
    mass.push(w);
    size.push(k);
  }
  const aim = new Float64Array(below.length);
  aim[end] = 1;
  let j = 1;
  for (const [b, v] of value.entries()) {
    const end = j + size[b]!;
    while (j < end) aim[j++] = Math.min(1, Math.max(0, v));
  }
  return aim;
}

/** Factors are multiplied as long as there is room, because a logarithm takes far longer. */
function likelihood({ first, last, weight }: Cover, below: Float64Array): number {
  let sum = 0;
  let product = 1;
  for (let i = 0; i < weight.length; i++) {
    const share = below[last[i]! + 1]! - below[first[i]!]!;
    if (!(share > 0)) return -Infinity;
    if (weight[i] === 1) product *= share;
    else sum += weight[i]! * Math.log(share);
    if (product > 1e-200) continue;
    sum += Math.log(product);
    product = 1;
  }
  return sum + Math.log(product);
}
