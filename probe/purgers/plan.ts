// In which order are caches asked to forget? Inside out: what an outer cache fetches again must already be new. (MODEL: purging well)
import { purgeKind } from '../../shared/purge/index.ts';
import type { PurgeKind } from '../../shared/purge/kind.ts';
import type { Layer, Node, PurgeConfig, Topology } from '../../shared/topology.ts';
import type { Choice } from '../trace/places.ts';
import { purgerOf } from './index.ts';
import { pagesOf } from './pages.ts';
import type { Page, PurgeStep } from './purger.ts';

/** Seconds between two waves: longer than the nodes of one layer usually differ in taking a purge. */
export const BETWEEN_WAVES = 0.5;

export interface PurgePlan {
  /** In the order in which they are sent. */
  readonly steps: readonly PurgeStep[];
  /** What the plan leaves out although visitors meet it. One sentence each. */
  readonly warnings: readonly string[];
}

export interface PlanOptions {
  /** Seconds between two waves where neither the topology nor the purger says more. Default BETWEEN_WAVES. */
  readonly betweenWaves?: number | undefined;
  /** Purge all but the innermost layers once more, so many seconds after everything else; 0: never. Absent: where it is needed. */
  readonly rebound?: number | undefined;
}

type PurgedLayer = Layer & { readonly purge: PurgeConfig };

/** What is sent for the chosen nodes, targets and variants to the layers that name a purger, innermost layer first. */
export function planPurge(topology: Topology, choice: Choice = {}, options: PlanOptions = {}): PurgePlan {
  const depths = depthsOf(topology.layers);
  const depth = (layer: Layer) => depths.get(layer.id) ?? 0;
  const layers = topology.layers.filter(
    (l) => fits(l.id, choice.layer) && l.nodes.some((n) => fits(n.id, choice.node)),
  );
  const purged = layers.filter(isPurged).toSorted((a, b) => depth(a) - depth(b));
  const waves = [...new Set(purged.map(depth))].map((d) => purged.filter((l) => depth(l) === d));
  const first = waves.flatMap((wave, i) => {
    const after = i === 0 ? 0 : Math.max(...(waves[i - 1] ?? []).map((l) => waitAfter(l, options)));
    return wave.flatMap((layer) =>
      stepsOf(topology, layer, choice, { wave: i, after, because: reason(layer, purged) }),
    );
  });
  const mute = layers.filter((l) => l.role === 'cache' && l.purge === undefined);
  const warnings = mute.map((l) => `Layer ${l.id} names no purger: what it holds stays until it expires.`);
  return { steps: [...first, ...reboundOf(first, waves, options)], warnings };
}

/** Whether it lets go of more than the pages that were named. */
export const isBulk = ({ purge }: PurgeStep): boolean => purge.scope !== 'url' && purge.scope !== 'tag';

const isPurged = (layer: Layer): layer is PurgedLayer => layer.purge !== undefined;

/** Seconds from this layer's acceptance until the next one outward may be asked. */
const waitAfter = ({ purge }: PurgedLayer, options: PlanOptions): number =>
  purge.wait ?? Math.max(options.betweenWaves ?? BETWEEN_WAVES, purgeKind(purge.by).settles ?? 0);

/**
 * The outer layers once more. By itself only where an inner layer's purge takes effect some time after it was accepted: then
 * an outer cache may have refilled from a node that had not got it yet.
 */
function reboundOf(
  steps: readonly PurgeStep[],
  waves: readonly (readonly PurgedLayer[])[],
  options: PlanOptions,
): PurgeStep[] {
  const lag = Math.max(
    0,
    ...waves
      .slice(0, -1)
      .flat()
      .map((l) => purgeKind(l.purge.by).settles ?? 0),
  );
  const afterOf = ({ layer, purge, wave }: PurgeStep): number =>
    purge.rebound ?? (wave === 0 ? 0 : (options.rebound ?? (lag > 0 && layer.purge !== undefined ? lag : 0)));
  const again = steps.filter((step) => afterOf(step) > 0);
  const old = [...new Set(again.map((s) => s.wave))];
  return again.map((step) => {
    const nth = old.indexOf(step.wave);
    const peers = again.filter((s) => s.wave === step.wave);
    const inner = waves[step.wave - 1] ?? [];
    const after = nth === 0 ? Math.max(...peers.map(afterOf)) : Math.max(0, ...inner.map((l) => waitAfter(l, options)));
    return {
      ...step,
      wave: waves.length + nth,
      after,
      rebound: true,
      because: `Once more: ${step.layer.id} may have refilled itself before the layers behind it had let go.`,
    };
  });
}

type Turn = Pick<PurgeStep, 'wave' | 'after' | 'because'>;

function stepsOf(topology: Topology, layer: PurgedLayer, choice: Choice, turn: Turn): PurgeStep[] {
  const { purge } = layer;
  const kind = purgeKind(purge.by);
  const pages = pagesOf(topology, choice, purgerOf(purge.by).tellsMethod(purge)).filter((p) => underPrefix(p, purge));
  const groups = messagesFor(pages, purge, kind);
  const step = (group: readonly [Page, ...Page[]], node?: Node): PurgeStep => {
    return { layer, ...(node === undefined ? {} : { node }), pages: group, purge, ...turn, rebound: false };
  };
  if (kind.reach === 'layer') return groups.map((group) => step(group));
  return layer.nodes.filter((n) => fits(n.id, choice.node)).flatMap((node) => groups.map((group) => step(group, node)));
}

const underPrefix = ({ target }: Page, { scope, prefix }: PurgeConfig): boolean =>
  scope !== 'prefix' || new URL(target.url).pathname.startsWith(prefix ?? '/');

/** Which pages one message is for. */
function messagesFor(pages: readonly Page[], { scope }: PurgeConfig, kind: PurgeKind): (readonly [Page, ...Page[]])[] {
  if (scope === 'url') {
    const named = kind.variants === 'all' ? pages.filter((p, i) => pages.findIndex((q) => sameUrl(p, q)) === i) : pages;
    return inGroups(named, kind.atOnce ?? 1, kind.atOnceBytes);
  }
  if (scope === 'tag' || scope === 'all') return inGroups(pages, Infinity);
  const hosts = [...new Set(pages.map(hostOf))];
  return hosts.flatMap((host) =>
    inGroups(
      pages.filter((p) => hostOf(p) === host),
      Infinity,
    ),
  );
}

const sameUrl = (a: Page, b: Page): boolean => a.target.url === b.target.url && a.method === b.method;
const hostOf = ({ target }: Page): string => new URL(target.url).host;

/** @param bytes the most that the group's URLs may take as a JSON list */
function inGroups(pages: readonly Page[], size: number, bytes = Infinity): (readonly [Page, ...Page[]])[] {
  const groups: [Page, ...Page[]][] = [];
  let taken = 0;
  for (const page of pages) {
    const own = Buffer.byteLength(JSON.stringify(new URL(page.target.url).href)) + 1;
    const group = groups.at(-1);
    if (group !== undefined && group.length < size && taken + own <= bytes) {
      group.push(page);
      taken += own;
    } else {
      groups.push([page]);
      taken = own + 1;
    }
  }
  return groups;
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
