// What do the copies of its children tell about a node? A stored response replays what the parent said when it was fetched.
import { dialectOf } from '../dialects/index.ts';
import type { Offsets } from './offsets.ts';
import type { Layer, Topology } from '../topology.ts';
import { freshUntil, guessedIn } from './clocks.ts';
import { intersect, interval, shift, type Interval } from './interval.ts';
import type { LayerState } from './layer-state.ts';
import type { Segment } from './copy.ts';
import type { Track } from './track.ts';

/**
 * The states of one target and variant, each narrowed by what children heard. A child's copy that carries the parent's
 * words for "fetched just now" dates the parent's storing by the child's own clock, which is often known to milliseconds
 * where the parent, like nginx, sends no Age.
 */
export function statesWithHearsay(topology: Topology, tracks: readonly Track[], offsets: Offsets): LayerState[] {
  const byLayer = new Map(topology.layers.map((l) => [l.id, tracks.filter((t) => t.state.layer === l.id)]));
  const states = new Map(topology.layers.map((l) => [l.id, statesIn(topology, l, byLayer, offsets)]));
  return tracks.map((track) => states.get(track.state.layer)?.get(track) ?? track.state);
}

type ByLayer = ReadonlyMap<string, readonly Track[]>;

function statesIn(topology: Topology, layer: Layer, tracks: ByLayer, offsets: Offsets): Map<Track, LayerState> {
  const noAge = receivesNoAge(topology, layer, tracks);
  const cut = noAge ? 0 : secondsCut(topology, layer, tracks);
  return new Map(
    (tracks.get(layer.id) ?? []).map((track) => {
      const state = noAge ? storedWhenGenerated(track.state) : track.state;
      return [track, madeEarlier(narrowedByChildren(topology, layer, state, tracks, offsets), cut)];
    }),
  );
}

function narrowedByChildren(
  topology: Topology,
  layer: Layer,
  state: LayerState,
  tracks: ByLayer,
  offsets: Offsets,
): LayerState {
  const { storedAt, lifetime } = state;
  const dialect = dialectOf(state.dialect ?? '');
  // With several nodes in the layer nobody knows which of them was asked.
  if (layer.nodes.length !== 1 || storedAt === undefined || lifetime === undefined || dialect === undefined)
    return state;
  const children = topology.layers.filter((l) => l.parents.length === 1 && l.parents[0] === layer.id);
  const fetched = children
    .flatMap((l) => tracks.get(l.id) ?? [])
    .flatMap((t) => t.history)
    .flatMap((segment) => fetchOf(segment, state) ?? [])
    .toSorted((a, b) => b.latest - a.latest);
  for (const at of fetched) {
    const stored = intersect(storedAt, at);
    if (stored === undefined) continue;
    const behaviour = dialect.behaviour;
    const end = freshUntil(
      { storedAt: stored },
      lifetime,
      behaviour,
      layer.policy,
      guessedIn(dialect, layer.policy),
      offsets.get(state.node),
    );
    // Only a copy that cannot have expired by the last look is surely the one that was seen there.
    if (end === undefined || end.earliest <= state.observedAt.latest) continue;
    const window = state.freshUntil && state.mayServeUntil ? state.mayServeUntil.latest - state.freshUntil.latest : 0;
    return {
      ...state,
      storedAt: stored,
      freshUntil: end,
      mayServeUntil: shift(end, window),
      because: [...state.because, { code: 'heard-from-child' }],
    };
  }
  return state;
}

/** Every node that this layer asks has answered, and none of them sent an Age. */
function receivesNoAge(topology: Topology, layer: Layer, tracks: ByLayer): boolean {
  const parents = topology.layers.filter((l) => layer.parents.includes(l.id));
  return parents.every((l) => {
    const seen = tracks.get(l.id) ?? [];
    return seen.length >= l.nodes.length && seen.every((t) => t.state.carriesAge === false);
  });
}

/** Each cache on the way that sends an Age cuts it to whole seconds: the bytes may be that much older than they say. */
function secondsCut(topology: Topology, layer: Layer, tracks: ByLayer): number {
  let asking: readonly Layer[] = [layer];
  for (let cut = 0; ; cut += 1) {
    const parents = new Set(asking.flatMap((l) => l.parents));
    asking = topology.layers.filter((l) => parents.has(l.id) && l.role === 'cache' && sendsAge(l, tracks));
    if (asking.length === 0) return cut;
  }
}

function sendsAge(layer: Layer, tracks: ByLayer): boolean {
  const dialect = dialectOf(layer.dialect ?? tracks.get(layer.id)?.[0]?.state.dialect ?? '');
  return dialect?.behaviour.emitsAge !== 'never';
}

function madeEarlier(state: LayerState, seconds: number): LayerState {
  const { generatedAt } = state;
  if (seconds === 0 || generatedAt === undefined) return state;
  return { ...state, generatedAt: interval(generatedAt.earliest - seconds, generatedAt.latest) };
}

/** Where no parent sends an Age, a node that counts by Age begins to count when it stores: both clocks are one. */
function storedWhenGenerated(state: LayerState): LayerState {
  const { storedAt, generatedAt } = state;
  const countsByAge = dialectOf(state.dialect ?? '')?.behaviour.honoursAge === true;
  if (storedAt === undefined || generatedAt === undefined || !countsByAge) return state;
  const both = intersect(storedAt, generatedAt);
  return both === undefined ? state : { ...state, storedAt: both };
}

/** When the child fetched this copy, if its parent said then that it had just stored it. */
function fetchOf(segment: Segment, parent: LayerState): Interval | undefined {
  const heard = segment.heard;
  if (heard === undefined || heard.dialect !== parent.dialect || !heard.stored) return undefined;
  if (segment.content !== parent.content) return undefined;
  // Where the parent passes no Age on, the child's generation clock starts with its own fetch.
  const { storedAt, generatedAt } = segment;
  const both = parent.carriesAge === true || generatedAt === undefined ? storedAt : intersect(storedAt, generatedAt);
  return both === undefined ? undefined : interval(both.earliest - FETCH, both.latest + FETCH);
}

/** Between the parent's storing and the child's lie a few milliseconds of transfer, and the parent's clock may lag. Seconds. */
const FETCH = 0.01;
