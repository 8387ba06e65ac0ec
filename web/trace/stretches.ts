// What did one place show since the start: which version, from when to when, and between which instants did it turn?
import { refilledWithOld, versionOf } from '../../shared/model/change.ts';
import type { Change } from '../../shared/model/change.ts';
import type { Segment } from '../../shared/model/copy.ts';
import type { Interval } from '../../shared/model/interval.ts';
import type { Track } from '../../shared/model/track.ts';
import type { Version } from '../derive.ts';
import type { Start } from './start.ts';

/** All instants are seconds since the start event. */
export interface Stretch {
  readonly version: Version;
  /** It turned to this version between these two; the earlier one is -Infinity where nobody had looked before. */
  readonly from: Interval;
  /** The last instant at which it was seen. */
  readonly seen: number;
  /** The old version came back: after the new one, or into the place of a copy that a purge had removed. */
  readonly again?: true;
}

export interface Place {
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly variant: string;
}

export interface Lane extends Place {
  /** `layer/node/target/variant`. */
  readonly key: string;
  readonly stretches: readonly Stretch[];
  /** The first turn to the new version; `by` is absent while it has not been seen. */
  readonly arrival: { readonly after: number; readonly by?: number };
  /** The turn to the new version after which nothing else was seen; absent while another version is shown. */
  readonly settled?: Interval;
  /** What it shows now. `silent`: it never answered with content. */
  readonly shows: Version | 'silent';
  /** How often the old version came back. */
  readonly again: number;
  /** It does not answer at present. */
  readonly failing: boolean;
}

function stretchesOf(history: readonly Segment[], change: Change, start: Start): Stretch[] {
  const until = start.until ?? Infinity;
  const found: Stretch[] = [];
  for (const segment of history) {
    if (segment.from.latest >= until) break;
    const version = versionOf(segment, change) ?? 'unknown';
    const from = { earliest: segment.from.earliest - start.at, latest: segment.from.latest - start.at };
    const seen = Math.min(segment.lastSeen, until) - start.at;
    const before = found.at(-1);
    const refilled = segment.afterPurge === true && refilledWithOld(segment, change) && from.latest >= 0;
    if (before !== undefined && before.version === version && !(refilled && before.again !== true))
      found[found.length - 1] = { ...before, seen };
    else {
      const again = refilled || (version === 'old' && before?.version === 'new' && from.latest >= 0);
      found.push({ version, from, seen, ...(again ? { again } : {}) });
    }
  }
  // what ended before the start tells only what was there at the start
  return found.filter((s, i) => s.seen >= 0 || i === found.length - 1 || (found[i + 1]?.from.latest ?? 0) >= 0);
}

/** Before the first look nobody knows: then it was some time after the start. */
const sinceStart = (at: number): number => Math.max(0, at);

function arrivalOf(stretches: readonly Stretch[], answered: number): Lane['arrival'] {
  const first = stretches.find((s) => s.version === 'new' && s.seen >= 0);
  if (first !== undefined) return { after: sinceStart(first.from.earliest), by: sinceStart(first.from.latest) };
  return { after: sinceStart(answered) };
}

/** The lane of one track; `change` says which content is new. */
export function laneOf(key: string, track: Track, change: Change, start: Start): Lane {
  const { layer, node, target, variant, outcome } = track.state;
  const stretches = stretchesOf(track.history, change, start);
  const last = stretches.at(-1);
  const settled = last?.version === 'new' ? { settled: last.from } : {};
  return {
    key,
    layer,
    node,
    target,
    variant,
    stretches,
    // the last question that was answered: what was asked later proves nothing
    arrival: arrivalOf(stretches, Math.min(track.answered?.earliest ?? start.at, start.until ?? Infinity) - start.at),
    shows: last?.version ?? 'silent',
    again: stretches.filter((s) => s.again === true).length,
    failing: outcome === 'failed',
    ...settled,
  };
}

/** The lane of a place that nobody has heard from. */
export const silentLane = (key: string, place: Place): Lane => ({
  ...place,
  key,
  stretches: [],
  arrival: { after: 0 },
  shows: 'silent',
  again: 0,
  failing: false,
});
