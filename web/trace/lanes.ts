// Which lanes are there, layer by layer, and in which order do they stand?
import { changeOf } from '../../shared/model/change.ts';
import type { Change } from '../../shared/model/change.ts';
import { keyOf } from '../../shared/model/reading.ts';
import type { Reading } from '../../shared/model/reading.ts';
import type { Track } from '../../shared/model/track.ts';
import type { Target, Topology } from '../../shared/topology.ts';
import { laneOf, silentLane } from './stretches.ts';
import type { Lane, Place } from './stretches.ts';
import type { Start } from './start.ts';

export interface LaneGroup {
  readonly layer: string;
  readonly role: 'cache' | 'origin';
  /** Visitors arrive here. */
  readonly outermost: boolean;
  readonly lanes: readonly Lane[];
}

/** The first instant at which each place was seen to show the new version, in the order of arrival. */
function byArrival(a: Lane, b: Lane): number {
  const [one, other] = [a.arrival, b.arrival];
  if (one.by === undefined || other.by === undefined)
    return Number(one.by === undefined) - Number(other.by === undefined) || b.again - a.again;
  return one.by - other.by || one.after - other.after;
}

/** What counts as new for one page. A marker that was told says nothing of a page that is compared by its digest. */
function changeFor(reading: Reading, target: Target, tracks: readonly Track[], start: Start): Change {
  const shown = (content: string): boolean => tracks.some((t) => t.history.some((s) => s.content === content));
  const { expect } = start;
  const told = expect !== undefined && (!('digest' in target.marker) || shown(expect)) ? expect : undefined;
  return changeOf(reading.topology, tracks, reading.events, told);
}

function pagesOf(topology: Topology): { readonly target: Target; readonly variant: string }[] {
  return topology.targets.flatMap((target) => target.variants.map((v) => ({ target, variant: v.id })));
}

/** Only these, where told. */
export interface Scope {
  readonly layer?: string;
  readonly node?: string;
  readonly target?: string;
  readonly variant?: string;
}

const within = (p: Place, scope: Scope): boolean =>
  (scope.layer ?? p.layer) === p.layer &&
  (scope.node ?? p.node) === p.node &&
  (scope.target ?? p.target) === p.target &&
  (scope.variant ?? p.variant) === p.variant;

/** One lane a node, target and variant, outermost layer first; within a layer in the order of arrival, the unseen last. */
export function lanesIn(reading: Reading, start: Start, scope: Scope = {}): LaneGroup[] {
  const byPage = new Map<string, Track[]>();
  for (const track of reading.tracks.values()) {
    const page = `${track.state.target}/${track.state.variant}`;
    const known = byPage.get(page);
    if (known === undefined) byPage.set(page, [track]);
    else known.push(track);
  }
  const pages = pagesOf(reading.topology).map(({ target, variant }) => {
    const tracks = byPage.get(`${target.id}/${variant}`) ?? [];
    return { target: target.id, variant, change: changeFor(reading, target, tracks, start) };
  });
  const asked = new Set(reading.topology.layers.flatMap((l) => l.parents));
  return reading.topology.layers.flatMap((layer) => {
    const lanes = layer.nodes.flatMap((node) =>
      pages.flatMap(({ target, variant, change }) => {
        const place = { layer: layer.id, node: node.id, target, variant };
        if (layer.role === 'cache' && !within(place, scope)) return [];
        const key = keyOf(place);
        const track = reading.tracks.get(key);
        return [track === undefined ? silentLane(key, place) : laneOf(key, track, change, start)];
      }),
    );
    if (lanes.length === 0) return [];
    return [{ layer: layer.id, role: layer.role, outermost: !asked.has(layer.id), lanes: lanes.toSorted(byArrival) }];
  });
}

/** The lanes of the caches: those that a propagation is counted over. */
export const cacheLanes = (groups: readonly LaneGroup[]): Lane[] =>
  groups.flatMap((g) => (g.role === 'cache' ? g.lanes : []));

/** How a lane is called: its node, and its page only where there is more than one. */
export function namesFor(topology: Topology): (lane: Place) => string {
  const several = topology.targets.length > 1;
  const variants = new Set(topology.targets.flatMap((t) => t.variants.map((v) => v.id))).size > 1;
  return (lane) => `${lane.node}${several ? ` · ${lane.target}` : ''}${variants ? ` · ${lane.variant}` : ''}`;
}

/** The longest of these names, by its letters. */
export function longestName(topology: Topology): string {
  const name = namesFor(topology);
  const nodes = topology.layers.flatMap((l) => l.nodes.map((n) => n.id));
  const node = nodes.reduce((a, b) => (b.length > a.length ? b : a), '');
  const names = pagesOf(topology).map(({ target, variant }) => name({ layer: '', node, target: target.id, variant }));
  return names.reduce((a, b) => (b.length > a.length ? b : a), '');
}
