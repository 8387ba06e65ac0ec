// How far is each node's clock from ours? Known where the node writes its own Date.
import { intersect, type Interval } from './interval.ts';
import { withEntry } from './table.ts';

/** Node clock minus ours in seconds, by node id. */
export type Offsets = ReadonlyMap<string, Interval>;

/** Intersects what the Dates allow; when they contradict each other the clock was stepped, and the newest one counts. */
export function withOffset(offsets: Offsets, node: string, seen: Interval | undefined): Offsets {
  if (seen === undefined) return offsets;
  const known = offsets.get(node);
  if (known !== undefined && seen.earliest <= known.earliest && seen.latest >= known.latest) return offsets;
  return withEntry(offsets, node, (known && intersect(known, seen)) ?? seen);
}
