// In which order are caches asked to forget? Inside out: what an outer cache fetches again must already be new. (MODEL: purging well)
import type { Layer, Topology } from '../../shared/topology.ts';
import type { Choice } from '../trace/places.ts';
import type { PurgeStep } from './purger.ts';

export interface PurgePlan {
  /** In the order in which they are sent. */
  readonly steps: readonly PurgeStep[];
  /** What the plan leaves out although visitors meet it. One sentence each. */
  readonly warnings: readonly string[];
}

/** One step for each chosen node, target and variant of the layers that name a purger, innermost layer first. */
export function planPurge(topology: Topology, choice: Choice = {}): PurgePlan {
  const depths = depthsOf(topology.layers);
  const depth = (layer: Layer) => depths.get(layer.id) ?? 0;
  const layers = topology.layers.filter(
    (l) => fits(l.id, choice.layer) && l.nodes.some((n) => fits(n.id, choice.node)),
  );
  const purged = layers.filter((l) => l.purge !== undefined).toSorted((a, b) => depth(a) - depth(b));
  const waves = [...new Set(purged.map(depth))];
  const steps = purged.flatMap((layer) => stepsOf(topology, layer, choice, waves.indexOf(depth(layer)), purged));
  const mute = layers.filter((l) => l.role === 'cache' && l.purge === undefined);
  const warnings = mute.map((l) => `Layer ${l.id} names no purger: what it holds stays until it expires.`);
  return { steps, warnings };
}

function stepsOf(topology: Topology, layer: Layer, choice: Choice, wave: number, all: readonly Layer[]): PurgeStep[] {
  const { purge } = layer;
  if (purge === undefined) return [];
  const because = reason(layer, all);
  const nodes = layer.nodes.filter((n) => fits(n.id, choice.node));
  const targets = topology.targets.filter((t) => fits(t.id, choice.target));
  return nodes.flatMap((node) =>
    targets.flatMap((target) =>
      target.variants
        .filter((v) => fits(v.id, choice.variant))
        .map((variant): PurgeStep => ({ layer, node, target, variant, purge, wave, because })),
    ),
  );
}

function reason(layer: Layer, all: readonly Layer[]): string {
  const before = layer.parents.filter((id) => all.some((l) => l.id === id));
  if (before.length > 0) return `After ${before.join(' and ')}, from which ${layer.id} refills itself.`;
  return `First: no layer that ${layer.id} refills itself from is purged.`;
}

/** How many layers lie between each layer and the farthest origin below it. */
function depthsOf(layers: readonly Layer[]): Map<string, number> {
  const byId = new Map(layers.map((l) => [l.id, l]));
  const depths = new Map<string, number>();
  const measure = (layer: Layer): number => {
    const known = depths.get(layer.id);
    if (known !== undefined) return known;
    const below = layer.parents.map((id) => byId.get(id)).filter((l) => l !== undefined);
    const depth = Math.max(-1, ...below.map(measure)) + 1;
    depths.set(layer.id, depth);
    return depth;
  };
  // innermost stand last: measured first, no chain of calls grows long
  for (const layer of layers.toReversed()) measure(layer);
  return depths;
}

const fits = (id: string, wanted: string | undefined): boolean => wanted === undefined || id === wanted;
