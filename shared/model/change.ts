// Which content is the new one, since when do the origins serve it, and what is a copy then: new, old or other?
import type { TraceEvent } from '../trace.ts';
import type { Topology } from '../topology.ts';
import { origins } from '../topology.ts';
import { interval, type Interval } from './interval.ts';
import type { LayerState } from './layer-state.ts';
import type { Track } from './track.ts';

export type Version = 'new' | 'old' | 'other';

export interface Change {
  /** The content that counts as new; absent when no origin has answered. */
  readonly expect?: string;
  /** What origins served before it, newest first; empty when no earlier content was seen. */
  readonly previous: readonly string[];
  /** Every origin node that answers serves `expect`. */
  readonly ready: boolean;
  /** When the last of them began to; `earliest` is -Infinity when it already did at the first look. */
  readonly readyAt?: Interval;
  /** The last deploy that was announced for it. */
  readonly deployedAt?: Interval;
}

/** The change that one target and variant is going through. `expect` is what the user waits for, where told. */
export function changeOf(
  topology: Topology,
  tracks: readonly Track[],
  events: readonly TraceEvent[],
  expect?: string,
): Change {
  const originLayers = new Set(origins(topology).map((l) => l.id));
  const atOrigin = tracks.filter((t) => originLayers.has(t.state.layer));
  const answering = atOrigin.filter((t) => t.state.outcome === 'origin' && t.history.length > 0);
  const current = answering.map((t) => t.history.at(-1)!);
  const newest = current.toSorted((a, b) => a.from.latest - b.from.latest).at(-1);
  const wanted = expect ?? newest?.content;
  if (wanted === undefined) return { previous: [], ready: false };
  const seen = atOrigin.flatMap((t) => t.history).toSorted((a, b) => b.from.latest - a.from.latest);
  const previous = [
    ...new Set(seen.flatMap((s) => (s.content === undefined || s.content === wanted ? [] : [s.content]))),
  ];
  const ready = current.length > 0 && current.every((s) => s.content === wanted);
  const deploy = events.findLast((e) => e.type === 'deploy' && (e.marker === undefined || e.marker === wanted));
  return {
    expect: wanted,
    previous,
    ready,
    ...(ready ? { readyAt: lastOf(current.map((s) => s.from)) } : {}),
    ...(deploy === undefined ? {} : { deployedAt: deploy.at }),
  };
}

const lastOf = (all: readonly Interval[]): Interval =>
  interval(Math.max(...all.map((i) => i.earliest)), Math.max(...all.map((i) => i.latest)));

/**
 * What this state's content is in the light of the change; undefined when the state shows no content.
 * Content that no origin was ever seen to serve is `old` only while no earlier content is known.
 */
export function versionOf(state: Pick<LayerState, 'content' | 'status'>, change: Change): Version | undefined {
  if (state.content === undefined || change.expect === undefined) return undefined;
  if (state.content === change.expect) return 'new';
  if (change.previous.includes(state.content)) return 'old';
  return change.previous.length === 0 && (state.status ?? 200) < 400 ? 'old' : 'other';
}

/**
 * Whether a copy that looked the same after a purge brought the old content back. Taken before the origins served the
 * change it was no race: there was nothing else to take.
 */
export function refilledWithOld(
  copy: Pick<LayerState, 'content' | 'status' | 'storedAt'>,
  { readyAt, ...change }: Change,
): boolean {
  if (readyAt === undefined || copy.storedAt === undefined) return false;
  return versionOf(copy, change) === 'old' && copy.storedAt.latest >= readyAt.earliest;
}
