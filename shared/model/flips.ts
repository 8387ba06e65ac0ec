// When did each node turn from one version to another, and how long did that take over all of them?
import { origins } from '../topology.ts';
import { refilledWithOld, versionOf } from './change.ts';
import { interval, type Instant, type Interval } from './interval.ts';
import { changeIn, type Reading } from './reading.ts';
import type { Reason } from './reason.ts';
import type { Segment } from './copy.ts';
import type { Track } from './track.ts';

interface Place {
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly variant: string;
}

export interface Flip extends Place {
  /** Between the last exchange with the former version and the first with the latter. */
  readonly flippedAt: Interval;
  /** From the new version to the old one. */
  readonly back: boolean;
}

export interface FlipSummary {
  readonly flips: readonly Flip[];
  /** Seconds since the start within which this share of the cache nodes had flipped; absent where too few have. */
  readonly percentiles: { readonly p50?: Interval; readonly p90?: Interval; readonly p99?: Interval };
  readonly notSeen: readonly (Place & { readonly withinSeconds: number })[];
  readonly causes: readonly {
    readonly id: string;
    readonly layer: string;
    readonly node: string;
    readonly because: Reason;
  }[];
}

/** Flips since `start` as they were seen until `now`; `expect` is the content that counts as new. */
export function flipsIn(reading: Reading, start: Instant, expect: string | undefined, now: Instant): FlipSummary {
  const tracks = [...reading.tracks.values()];
  const flips = tracks.flatMap((track) => flipsOf(reading, track, start, expect));
  const origin = new Set(origins(reading.topology).map((l) => l.id));
  const caches = tracks.filter((t) => !origin.has(t.state.layer));
  const late = caches.filter((t) => !shows(reading, t, expect));
  return {
    flips: flips.toSorted((a, b) => a.flippedAt.latest - b.flippedAt.latest),
    percentiles: percentilesOf(caches, flips, start),
    notSeen: late.map((t) => ({ ...placeOf(t), withinSeconds: Math.max(0, now - start) })),
    causes: tracks.filter((t) => refilledOld(reading, t, start, expect)).map(purgeRace),
  };
}

/** Purged, and filled again with what the change was to replace. */
function refilledOld(reading: Reading, { state, history }: Track, start: Instant, expect: string | undefined): boolean {
  const change = changeIn(reading, state.target, state.variant, expect);
  return history.some((s) => s.afterPurge === true && s.from.latest >= start && refilledWithOld(s, change));
}

function purgeRace({ state: { layer, node } }: Track): FlipSummary['causes'][number] {
  return { id: 'purge-race', layer, node, because: { code: 'old-again-after-purge' } };
}

function placeOf({ state: { layer, node, target, variant } }: Track): Place {
  return { layer, node, target, variant };
}

function shows(reading: Reading, track: Track, expect: string | undefined): boolean {
  const { target, variant } = track.state;
  return versionOf(track.state, changeIn(reading, target, variant, expect)) === 'new';
}

/** Every turn between new and not new in one node's history after `start`. */
function flipsOf(reading: Reading, track: Track, start: Instant, expect: string | undefined): Flip[] {
  const { target, variant } = track.state;
  const change = changeIn(reading, target, variant, expect);
  const isNew = (s: Segment) => versionOf(s, change) === 'new';
  return track.history.flatMap((segment, i) => {
    const before = track.history[i - 1];
    if (before === undefined || isNew(before) === isNew(segment) || segment.from.latest < start) return [];
    return [{ ...placeOf(track), flippedAt: segment.from, back: !isNew(segment) }];
  });
}

/**
 * The interval in which each share was reached: the k-th smallest lower and upper ends of the nodes' first flips.
 * Nodes that never flipped count as later than everything seen.
 */
function percentilesOf(caches: readonly Track[], flips: readonly Flip[], start: Instant): FlipSummary['percentiles'] {
  const first = new Map<string, Interval>();
  for (const flip of flips) {
    const key = `${flip.node}/${flip.target}/${flip.variant}`;
    if (!flip.back && !first.has(key) && caches.some((t) => t.state.node === flip.node)) first.set(key, flip.flippedAt);
  }
  const earliest = [...first.values()].map((i) => Math.max(0, i.earliest - start)).toSorted((a, b) => a - b);
  const latest = [...first.values()].map((i) => i.latest - start).toSorted((a, b) => a - b);
  const at = (share: number): Interval | undefined => {
    const k = Math.ceil(share * caches.length) - 1;
    const low = earliest[k];
    const high = latest[k];
    return low === undefined || high === undefined ? undefined : interval(low, high);
  };
  const [p50, p90, p99] = [at(0.5), at(0.9), at(0.99)];
  return { ...(p50 && { p50 }), ...(p90 && { p90 }), ...(p99 && { p99 }) };
}
