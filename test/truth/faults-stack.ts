// What are faults staged on? Four Varnish before two nginx or Squid before two origins, with a relay before each.
import type { Layer, Node, PurgeConfig, Target, Topology } from '../../shared/topology.ts';
import { startOrigin, type LabOrigin } from '../../probe/lab/origin.ts';
import { peers } from '../../probe/lab/real/index.ts';
import { PURGE_BY_METHOD } from '../../probe/lab/real/peer.ts';
import { startRelay, type Relay } from './faults-relay.ts';

export type Shields = 'nginx' | 'squid';

export interface Stack {
  readonly shields: Shields;
  readonly origin: LabOrigin;
  /** By node id. */
  readonly relays: ReadonlyMap<string, Relay>;
  /** The daemons' own addresses by node id, past the relays: for whoever wants to know the truth. */
  readonly daemons: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

export const HOST = 'shop.lab.test';
const EDGES = ['edge-ams', 'edge-nyc', 'edge-gru', 'edge-sin'];
const SHIELDS = ['shield-1', 'shield-2'];

/** Starts everything, innermost first. */
export async function startStack(shields: Shields): Promise<Stack> {
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const server of running.splice(0).reverse()) await server.stop();
  };
  const relays = new Map<string, Relay>();
  const daemons = new Map<string, string>();
  const put = async (id: string, address: string) => {
    const relay = await startRelay(address);
    running.push(relay);
    relays.set(id, relay);
    daemons.set(id, address);
  };
  try {
    const origin = await startOrigin({ nodes: 2 });
    running.push(origin);
    for (const app of origin.nodes) await put(app.id, app.address);
    const apps = origin.nodes.map(({ id }) => ({ id, address: relays.get(id)!.address }));
    const cache = async (product: string, id: string, parents: readonly Node[]) => {
      const daemon = await peers.find((p) => p.id === product)!.start({ id, parents, policy: {} });
      running.push(daemon);
      await put(id, daemon.address);
    };
    for (const id of SHIELDS) await cache(shields, id, apps);
    const parents = SHIELDS.map((id) => ({ id, address: daemons.get(id)! }));
    for (const id of EDGES) await cache('varnish', id, parents);
    return { shields, origin, relays, daemons, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export interface Shape {
  /** How many of the edges are there; 0: the shields are the outermost layer. */
  readonly edges: number;
  /** How many of the origins the topology names. Default: both. */
  readonly apps?: number;
  /** How the shields are purged; absent: nobody says how. */
  readonly shieldPurge?: PurgeConfig | undefined;
  readonly targets: readonly [Target, ...Target[]];
}

/** The part of the stack that one run is about. */
export function topologyOf(stack: Stack, { edges, apps = 2, shieldPurge, targets }: Shape): Topology {
  const nodes = (ids: readonly string[]) => ids.map((id) => ({ id, address: stack.relays.get(id)!.address }));
  const base = { placement: 'any', policy: {}, budget: BUDGET } as const;
  const edge: Layer = {
    ...base,
    id: 'edge',
    role: 'cache',
    dialect: 'varnish',
    nodes: nodes(EDGES.slice(0, edges)),
    parents: ['shield'],
    policy: { grace: 10 },
    purge: PURGE_BY_METHOD,
  };
  const shield: Layer = {
    ...base,
    id: 'shield',
    role: 'cache',
    dialect: stack.shields,
    nodes: nodes(SHIELDS),
    parents: ['origin'],
    ...(shieldPurge === undefined ? {} : { purge: shieldPurge }),
  };
  const served = nodes(['app-1', 'app-2'].slice(0, apps));
  const origin: Layer = { ...base, id: 'origin', role: 'origin', nodes: served, parents: [] };
  return { layers: edges === 0 ? [shield, origin] : [edge, shield, origin], targets };
}

/** Requests a second to one node: several runs share the machine. */
const BUDGET = 8;

/** The page of one run: a site of its own, so that runs on one stack do not meet. */
export function pageOf(site: string, lifetime: number, more: Partial<Target> = {}): Target {
  return {
    id: 'home',
    url: `http://${HOST}/site/${site}/life/${lifetime}`,
    marker: { css: 'meta[name=build]', attribute: 'content' },
    ignore: [],
    assets: false,
    variants: [{ id: 'default', headers: {} }],
    ...more,
  };
}
