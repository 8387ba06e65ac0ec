// What does a forecast start from? Each node's copy as bounds and samples both read it.
import { isAssumed } from '../dialects/grounds.ts';
import { dialectOf } from '../dialects/index.ts';
import { rfcBehaviour } from '../dialects/rfc-behaviour.ts';
import type { Behaviour } from '../dialects/dialect.ts';
import type { Layer, Topology } from '../topology.ts';
import { layerOf } from '../topology.ts';
import { versionOf, type Change } from './change.ts';
import type { Traffic } from './forecast.ts';
import { guessedIn, type Guessed } from './clocks.ts';
import { interval, type Instant, type Interval } from './interval.ts';
import type { LayerState } from './layer-state.ts';

/**
 * What `busy` means, in seconds. Requests arrive at every cache at least this often, and one hop of a refill is
 * answered within this time. The bounds of a forecast hold while both are true.
 */
export const busy = { gap: 0.25, typicalGap: 0.02, refill: 0.25, typicalRefill: 0.004 } as const;

export interface NodeSituation {
  readonly layer: Layer;
  readonly node: string;
  readonly behaviour: Behaviour;
  readonly honoursAge: boolean;
  /** What of this is not known, so that both must be allowed for. */
  readonly guessed: Guessed;
  readonly emitsAge: boolean;
  /** It may, and nothing tells. */
  readonly mayEmitAge: boolean;
  readonly parents: readonly string[];
  readonly state?: LayerState;
  /** The node serves the change already. */
  readonly shows: boolean;
  /** It holds nothing that stands in the way: every request goes to its parent. */
  readonly empty: boolean;
  /** When its old copy stops being fresh; absent when nothing tells. */
  readonly expiry?: Interval;
  readonly lifetime?: number;
  /** Seconds of stale serving while it refreshes. */
  readonly window: number;
}

export interface Situation {
  readonly nodes: ReadonlyMap<string, NodeSituation>;
  readonly change: Change;
  readonly traffic: Traffic;
  readonly now: Instant;
  /** How many hops a refill of a node may take. */
  depth(node: string): number;
}

export function situationOf(
  topology: Topology,
  states: readonly LayerState[],
  change: Change,
  traffic: Traffic,
  now: Instant,
): Situation {
  const byNode = new Map(states.map((s) => [s.node, s]));
  const nodes = new Map<string, NodeSituation>();
  for (const layer of topology.layers) {
    const parents = layer.parents.flatMap((id) => layerOf(topology, id)?.nodes.map((n) => n.id) ?? []);
    for (const node of layer.nodes)
      nodes.set(node.id, nodeSituation(topology, layer, node.id, parents, byNode.get(node.id), change));
  }
  const depths = new Map<string, number>();
  const depth = (id: string): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    const parents = nodes.get(id)?.parents ?? [];
    const found = parents.length === 0 ? 0 : 1 + Math.max(...parents.map(depth));
    depths.set(id, found);
    return found;
  };
  return { nodes, change, traffic, now, depth };
}

const KNOWN: Guessed = { clock: false, honoursAge: false };

function nodeSituation(
  topology: Topology,
  layer: Layer,
  node: string,
  parents: readonly string[],
  state: LayerState | undefined,
  change: Change,
): NodeSituation {
  const dialect = dialectOf(state?.dialect ?? layer.dialect ?? '');
  const behaviour = dialect?.behaviour ?? rfcBehaviour;
  const guessesAge = dialect !== undefined && isAssumed(dialect, 'emitsAge');
  const expiry = state === undefined ? undefined : expiryOf(state, fetchedBy(topology, layer, state, change));
  return {
    layer,
    node,
    behaviour,
    honoursAge: layer.policy.honoursAge ?? behaviour.honoursAge,
    guessed: dialect === undefined ? KNOWN : guessedIn(dialect, layer.policy),
    emitsAge: behaviour.emitsAge !== 'never' && !guessesAge,
    mayEmitAge: guessesAge,
    parents,
    shows: state !== undefined && versionOf(state, change) === 'new',
    empty:
      state !== undefined &&
      layer.role === 'cache' &&
      (state.outcome === 'pass' || state.because.some((r) => r.code === 'purged')),
    window: state?.freshUntil && state.mayServeUntil ? state.mayServeUntil.latest - state.freshUntil.latest : 0,
    ...(state === undefined ? {} : { state }),
    ...(expiry === undefined ? {} : { expiry }),
    ...(state?.lifetime === undefined ? {} : { lifetime: state.lifetime }),
  };
}

/** An old copy of a node that asks the origins was fetched before the last of them served the change. */
function fetchedBy(topology: Topology, layer: Layer, state: LayerState, change: Change): Instant {
  const asksOrigins = layer.parents.every((id) => layerOf(topology, id)?.role === 'origin');
  return asksOrigins && change.readyAt !== undefined && versionOf(state, change) !== 'new'
    ? change.readyAt.latest
    : Infinity;
}

/** A copy served stale has expired already, also where its own clock is unknown. */
function expiryOf(state: LayerState, fetchedBy: Instant): Interval | undefined {
  if (state.freshUntil !== undefined) {
    const { earliest, latest } = state.freshUntil;
    return interval(earliest, Math.max(earliest, Math.min(latest, fetchedBy + (state.lifetime ?? Infinity) + 1)));
  }
  return state.outcome === 'stale' ? interval(state.observedAt.earliest, state.observedAt.latest) : undefined;
}
