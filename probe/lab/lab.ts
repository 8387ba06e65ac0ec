// What stands on the bench? An origin that deploys for real, caches in front of it, and the topology that describes both.
import type { Layer, Node, Policy, PurgeConfig, Topology } from '../../shared/topology.ts';
import { dialectOf } from '../../shared/dialects/index.ts';
import { startEmbeddedCache } from './embedded-cache.ts';
import { LabError } from './lab-error.ts';
import type { LabOrigin } from './origin.ts';
import { startOrigin } from './origin.ts';
import { peers } from './real/index.ts';
import { PURGE_BY_METHOD } from './real/peer.ts';

export interface LabOptions {
  /** Real daemons to put in front of the origin, outermost first, for example `['varnish', 'nginx']`. */
  readonly real?: readonly string[];
  /** Dialects of the embedded caches where no `real` is given, outermost first. Default `['varnish', 'nginx']`. */
  readonly dialects?: readonly string[];
  /** Nodes of the outermost layer. Default 3. */
  readonly edges?: number;
  /** Nodes of every other cache layer. Default 1. */
  readonly shields?: number;
  /** Application servers. Default 2. */
  readonly apps?: number;
  /** Seconds `/` may be reused. Default 20. */
  readonly maxAge?: number;
  /** Seconds of grace in every cache layer of a product that has one. Default: each product's own. */
  readonly grace?: number;
  /** Seconds from the first application server's switch to the last one's. Default 0. */
  readonly rollSeconds?: number;
  /** The same seed gives the same builds. */
  readonly seed?: string;
  /** Where daemons make their folders. Default: the system's temporary folder. */
  readonly workDir?: string;
}

export interface Lab {
  /** Addresses are real; the target's host is never resolved. */
  readonly topology: Topology;
  readonly origin: LabOrigin;
  /** Resolves when every server has ended and every folder is gone. */
  stop(): Promise<void>;
}

/** One kind of cache layer: how its nodes are started and how the topology describes it. */
interface Kind {
  readonly dialect: string;
  readonly policy: Policy;
  readonly purge: PurgeConfig | undefined;
  start(id: string, parents: readonly Node[]): Promise<{ readonly address: string; stop(): Promise<void> }>;
}

const HOST = 'shop.lab.test';
const CITIES = ['ams', 'nyc', 'gru', 'sin', 'syd', 'jnb', 'fra', 'nrt'];

/**
 * Starts everything, innermost first.
 * @throws LabError when a product is unknown or not installed
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const kinds =
    options.real?.map((id) => real(id, options)) ??
    (options.dialects ?? ['varnish', 'nginx']).map((id) => embedded(id, options));
  if (kinds.length === 0) throw new LabError('the lab needs at least one cache in front of the origin');
  const { maxAge, rollSeconds, seed, apps } = options;
  const origin = await startOrigin({
    ...(apps === undefined ? {} : { nodes: apps }),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(rollSeconds === undefined ? {} : { rollSeconds }),
    ...(seed === undefined ? {} : { seed }),
  });
  const running: { stop(): Promise<void> }[] = [origin];
  // outermost first: a cache that loses its parent first would answer with an error page, not with a closed connection
  const stop = async (): Promise<void> => {
    for (const server of running.splice(0).reverse()) await server.stop();
  };
  const layers = [originLayer(origin)];
  try {
    for (const [depth, kind] of [...kinds.entries()].reverse()) {
      const parent = layers[0]!;
      const starts = await Promise.allSettled(
        nodeIds(depth, depth === 0 ? (options.edges ?? 3) : (options.shields ?? 1)).map(async (id): Promise<Node> => {
          const server = await kind.start(id, parent.nodes);
          running.push(server);
          return { id, address: server.address };
        }),
      );
      const nodes = starts.map((start) => {
        if (start.status === 'rejected') throw start.reason;
        return start.value;
      });
      layers.unshift(cacheLayer(layerId(depth), kind, nodes, parent.id));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { topology: { title: 'Lab', layers, targets: [home] }, origin, stop };
}

const home: Topology['targets'][number] = {
  id: 'home',
  url: `http://${HOST}/`,
  marker: { css: 'meta[name=build]', attribute: 'content' },
  ignore: [],
  assets: true,
  variants: [{ id: 'default', headers: {} }],
};

function real(id: string, options: LabOptions): Kind {
  const peer = peers.find((p) => p.id === id);
  if (!peer) throw new LabError(`the lab cannot start '${id}': it knows ${peers.map((p) => p.id).join(', ')}`);
  const missing = peer.missing();
  if (missing !== undefined) throw new LabError(missing);
  const grace = peer.defaultGrace === undefined ? 0 : (options.grace ?? peer.defaultGrace);
  const where = options.workDir === undefined ? {} : { workDir: options.workDir };
  return {
    dialect: id,
    policy: { grace },
    purge: peer.purge(),
    start: (node, parents) => peer.start({ id: node, parents, policy: { grace }, ...where }),
  };
}

function embedded(id: string, { grace }: LabOptions): Kind {
  const dialect = dialectOf(id);
  if (!dialect) throw new LabError(`there is no dialect '${id}'`);
  const policy = { grace: grace ?? dialect.behaviour.grace };
  return {
    dialect: id,
    policy,
    purge: PURGE_BY_METHOD,
    start: (node, parents) =>
      startEmbeddedCache({ id: node, dialect: id, policy, parents: parents.map((p) => p.address), purge: true }),
  };
}

const layerId = (depth: number): string => ['edge', 'shield'][depth] ?? `tier-${depth + 1}`;

const nodeIds = (depth: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${layerId(depth)}-${(depth === 0 ? CITIES[i] : undefined) ?? i + 1}`);

function cacheLayer(id: string, kind: Kind, nodes: readonly Node[], parent: string): Layer {
  const purge = kind.purge === undefined ? {} : { purge: kind.purge };
  return {
    id,
    role: 'cache',
    dialect: kind.dialect,
    nodes,
    parents: [parent],
    placement: 'any',
    policy: kind.policy,
    ...purge,
    budget: BUDGET,
  };
}

const originLayer = ({ nodes }: LabOrigin): Layer => ({
  id: 'origin',
  role: 'origin',
  nodes,
  parents: [],
  placement: 'any',
  policy: {},
  budget: BUDGET,
});

/** Requests a second to one node: loopback can take it, and short lifetimes want a close look. */
const BUDGET = 200;
