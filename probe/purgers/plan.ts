// In which order are caches asked to forget? Inside out: what an outer cache fetches again must already be new. (MODEL: purging well)
import { ConfigError } from '../../shared/config-problem.ts';
import { purgeKind } from '../../shared/purge/index.ts';
import type { Layer, Node, PurgeConfig, Topology } from '../../shared/topology.ts';
import type { Choice } from '../trace/places.ts';
import { type Batch, batchesOf } from './batches.ts';
import { purgerOf } from './index.ts';
import { pagesOf } from './pages.ts';
import type { PurgeStep } from './purger.ts';
import { reboundOf } from './rebound.ts';

/** Seconds between two waves: longer than the nodes of one layer usually differ in taking a purge. */
export const BETWEEN_WAVES = 0.5;

export interface PurgePlan {
  /** In the order in which they are sent. */
  readonly steps: readonly PurgeStep[];
  /** What the plan leaves out although visitors meet it, or takes along although nobody chose it. One sentence each. */
  readonly warnings: readonly string[];
}

export interface PlanOptions {
  /** Seconds between two waves where neither the topology nor the purger says more. Default BETWEEN_WAVES. */
  readonly betweenWaves?: number | undefined;
  /**
   * Purge all but the innermost layers once more, so many seconds after everything else, where the topology says nothing of
   * its own; 0: none. Absent: where it is needed.
   */
  readonly rebound?: number | undefined;
}

export type PurgedLayer = Layer & { readonly purge: PurgeConfig };

/** What is sent for the chosen nodes, targets and variants to the layers that name a purger, innermost layer first. */
export function planPurge(topology: Topology, choice: Choice = {}, options: PlanOptions = {}): PurgePlan {
  const depths = depthsOf(topology.layers);
  const depth = (layer: Layer) => depths.get(layer.id) ?? 0;
  const layers = topology.layers.filter(
    (l) => fits(l.id, choice.layer) && l.nodes.some((n) => fits(n.id, choice.node)),
  );
  const purged = layers.filter(isPurged).toSorted((a, b) => depth(a) - depth(b));
  const waves = [...new Set(purged.map(depth))].map((d) => purged.filter((l) => depth(l) === d));
  const waitAfter = (wave: readonly PurgedLayer[]) => Math.max(...wave.map((l) => waitOf(l, options)));
  const first = waves.flatMap((wave, i) => {
    const after = i === 0 ? 0 : waitAfter(waves[i - 1] ?? []);
    return wave.flatMap((layer) =>
      stepsOf(topology, layer, choice, { wave: i, after, because: reason(layer, purged, topology) }),
    );
  });
  const again = reboundOf(first, waves, { wanted: options.rebound, waitAfter });
  return { steps: [...first, ...again], warnings: layers.flatMap((layer) => warningsOf(layer, first, choice)) };
}

/** @throws ConfigError for a plan without a step */
export function requireSteps(steps: readonly unknown[]): void {
  if (steps.length > 0) return;
  throw new ConfigError(
    'Nothing that was chosen can be purged: say in the topology how a layer is, as in "purge: { by: http-purge }".',
  );
}

/** Whether it lets go of more than the pages that were named. */
export const isBulk = ({ purge }: PurgeStep): boolean => purge.scope !== 'url' && purge.scope !== 'tag';

const isPurged = (layer: Layer): layer is PurgedLayer => layer.purge !== undefined;

/** Seconds from this layer's acceptance until the next one outward may be asked. */
const waitOf = ({ purge }: PurgedLayer, options: PlanOptions): number =>
  purge.wait ?? Math.max(options.betweenWaves ?? BETWEEN_WAVES, purgeKind(purge.by).settles ?? 0);

type Turn = Pick<PurgeStep, 'wave' | 'after' | 'because'>;

function stepsOf(topology: Topology, layer: PurgedLayer, choice: Choice, turn: Turn): PurgeStep[] {
  const { purge } = layer;
  const kind = purgeKind(purge.by);
  const withHead = purgerOf(purge.by).tellsMethod(purge);
  const chosen = pagesOf(topology, choice, withHead);
  const batches = batchesOf(chosen, pagesOf(topology, {}, withHead), purge, kind);
  const step = (pages: Batch, node?: Node): PurgeStep => {
    return { layer, ...(node === undefined ? {} : { node }), pages, purge, ...turn, rebound: false };
  };
  if (kind.reach === 'layer') return batches.map((batch) => step(batch));
  const nodes = layer.nodes.filter((n) => fits(n.id, choice.node));
  return nodes.flatMap((node) => batches.map((batch) => step(batch, node)));
}

function warningsOf(layer: Layer, steps: readonly PurgeStep[], { node }: Choice): string[] {
  const { id, role, nodes, purge } = layer;
  if (purge === undefined) {
    return role === 'cache' ? [`Layer ${id} names no purger: what it holds stays until it expires.`] : [];
  }
  const own = steps.filter((step) => step.layer === layer);
  if (own.length === 0 && purge.scope === 'prefix') {
    return [`Layer ${id} is purged below ${purge.prefix}, where no chosen page lies: nothing is sent to it.`];
  }
  const whole = node !== undefined && nodes.length > 1 && own.some((step) => step.node === undefined);
  return whole ? [`Layer ${id} is purged as a whole, not ${node} alone: ${purge.by} cannot name a node.`] : [];
}

function reason({ id, parents }: Layer, purged: readonly Layer[], { layers }: Topology): string {
  const known = new Set(purged.map((l) => l.id));
  const next = parents.filter((parent) => known.has(parent));
  if (next.length > 0) return `After ${next.join(' and ')}, from which ${id} refills itself.`;
  const farther = [...behind(parents, layers)].filter((parent) => known.has(parent));
  if (farther.length > 0) return `After ${farther.join(' and ')}, from which it comes to ${id} by way of others.`;
  return `First: no layer that ${id} refills itself from is purged.`;
}

/** These layers and all that lie behind them. */
function behind(ids: readonly string[], layers: readonly Layer[]): Set<string> {
  const found = new Set(ids);
  for (const id of found) {
    for (const parent of layers.find((l) => l.id === id)?.parents ?? []) found.add(parent);
  }
  return found;
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
