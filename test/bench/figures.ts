// How are a measurement's figures told: which is the middle one, and how do two compare?

/** Three digits or more are told whole. */
export const round = (value: number): string =>
  value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en');

/** Of an even number the upper middle one; 0 of none. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The median of the rounds' ratios to the peer in the same round, and the least and the most. */
export function ratios(ours: readonly number[], peers: readonly number[]): string {
  const each = ours.map((rate, i) => rate / (peers[i] ?? 0));
  return `${median(each).toFixed(2)} (${Math.min(...each).toFixed(2)} to ${Math.max(...each).toFixed(2)})`;
}
