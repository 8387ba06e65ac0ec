// When did each node turn from one version to another, and how long did that take over all of them?
import { origins } from '../topology.ts';
import type { Arrival } from './arrivals.ts';
import { versionOf, type Change } from './change.ts';
import type { Segment } from './copy.ts';
import type { Instant, Interval } from './interval.ts';
import { percentilesOf, type Percentiles } from './percentiles.ts';
import { changeIn, type Reading } from './reading.ts';
import { sentence } from './reason.ts';
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

/** How far one layer has come. */
export interface LayerArrival {
  readonly layer: string;
  readonly percentiles: Percentiles;
  /** Places (node, target and variant) that were seen to show the change, out of all that are watched. */
  readonly seen: number;
  readonly of: number;
}

/** A place that showed the old version again after the new one; it counts by its first turn to the new. */
export interface Wavered extends Place {
  /** Its last turn to the new version, with nothing old after it; absent while it shows the old. */
  readonly settledAt?: Interval;
}

/** A place that does not show the change. */
export interface NotSeen extends Place {
  readonly withinSeconds: number;
  /** Why its last answer tells nothing of what it holds, or not all: one sentence each. */
  readonly problems?: readonly string[];
}

export interface FlipSummary {
  readonly flips: readonly Flip[];
  /** Seconds since the start, over all places in caches; those that were not seen to turn count as later than seen. */
  readonly percentiles: Percentiles;
  /** Caches only, outermost first. */
  readonly layers: readonly LayerArrival[];
  readonly wavered: readonly Wavered[];
  readonly notSeen: readonly NotSeen[];
}

/**
 * Flips since `start` as they were seen until `now`; `expect` is the content that counts as new. With `chance` (numbers
 * from 0 up to 1) percentiles have bands; that takes a second for thousands of places.
 */
export function flipsIn(
  reading: Reading,
  start: Instant,
  expect: string | undefined,
  now: Instant,
  chance?: () => number,
): FlipSummary {
  const courses = coursesOf(reading, start, expect);
  const origin = new Set(origins(reading.topology).map((l) => l.id));
  const caches = courses.filter((c) => !origin.has(c.place.layer));
  const flips = courses.flatMap((c) => c.flips);
  return {
    flips: flips.toSorted((a, b) => a.flippedAt.latest - b.flippedAt.latest),
    percentiles: percentilesOf(
      caches.map((c) => c.arrival),
      chance,
    ),
    layers: reading.topology.layers.filter((l) => !origin.has(l.id)).flatMap((l) => layerArrival(l.id, caches, chance)),
    wavered: caches.flatMap(wavered),
    notSeen: caches.filter((c) => !c.showsNew).map((c) => notSeen(c, Math.max(0, now - start))),
  };
}

/** How the change went at one place. */
interface Course {
  readonly place: Place;
  readonly track: Track;
  readonly change: Change;
  readonly flips: readonly Flip[];
  /** Of its first turn to the new version, in seconds since the start. */
  readonly arrival: Arrival;
  readonly showsNew: boolean;
}

function coursesOf(reading: Reading, start: Instant, expect: string | undefined): Course[] {
  const changes = new Map<string, Change>();
  return [...reading.tracks.values()].map((track) => {
    const { layer, node, target, variant } = track.state;
    const page = `${target}/${variant}`;
    const change = changes.get(page) ?? changeIn(reading, target, variant, expect);
    changes.set(page, change);
    const place = { layer, node, target, variant };
    const flips = turnsOf(track.history, change, start).map((turn) => ({ ...place, ...turn }));
    const arrival = arrivalOf(track, change, start);
    return { place, track, change, flips, arrival, showsNew: showsNew(track, change) };
  });
}

/** By its last answer: one that failed since takes nothing back. */
function showsNew({ history }: Track, change: Change): boolean {
  const held = history.at(-1);
  return held !== undefined && versionOf(held, change) === 'new';
}

function notSeen({ place, track: { state } }: Course, withinSeconds: number): NotSeen {
  const unanswered = state.because.filter((r) => r.code === 'failed' || r.code === 'turned-away').map(sentence);
  const problems = [...unanswered, ...(state.problems ?? [])];
  return { ...place, withinSeconds, ...(problems.length === 0 ? {} : { problems }) };
}

/** Every turn between new and not new in one node's history after `start`. */
function turnsOf(history: readonly Segment[], change: Change, start: Instant): Pick<Flip, 'flippedAt' | 'back'>[] {
  const isNew = (s: Segment) => versionOf(s, change) === 'new';
  return history.flatMap((segment, i) => {
    const before = history[i - 1];
    if (before === undefined || isNew(before) === isNew(segment) || segment.from.latest < start) return [];
    return [{ flippedAt: segment.from, back: !isNew(segment) }];
  });
}

/** The first turn to the new version since `start`, be it only the first look that finds it there; else the last look. */
function arrivalOf({ history, answered }: Track, change: Change, start: Instant): Arrival {
  const first = history.find((s, i) => {
    const until = history[i + 1]?.from.latest ?? Infinity;
    return until >= start && versionOf(s, change) === 'new';
  });
  const since = (at: Instant) => Math.max(0, at - start);
  if (first !== undefined) return { after: since(first.from.earliest), by: since(first.from.latest) };
  return { after: since(answered?.earliest ?? start) };
}

function layerArrival(layer: string, caches: readonly Course[], chance?: () => number): LayerArrival[] {
  const here = caches.filter((c) => c.place.layer === layer);
  if (here.length === 0) return [];
  const arrivals = here.map((c) => c.arrival);
  const seen = arrivals.filter((a) => a.by !== undefined).length;
  return [{ layer, percentiles: percentilesOf(arrivals, chance), seen, of: here.length }];
}

function wavered({ place, flips, showsNew }: Course): Wavered[] {
  if (!flips.some((f) => f.back)) return [];
  const last = flips.findLast((f) => !f.back);
  return [{ ...place, ...(showsNew && last !== undefined ? { settledAt: last.flippedAt } : {}) }];
}
