// A whole stack of executable caches without sockets: nodes ask their parents, the clock is an argument.
import type { Behaviour } from '../../../shared/dialects/dialect.ts';
import { dialectOf } from '../../../shared/dialects/index.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';
import { formatDate } from '../../../shared/http/date.ts';
import { createCache, type CacheState } from '../../../shared/model/cache-state.ts';
import { commit, receive } from '../../../shared/model/receive.ts';
import { decide, purge } from '../../../shared/model/simulate.ts';
import type { Forward, Head, Received } from '../../../shared/model/verdict.ts';
import type { Observation } from '../../../shared/observation.ts';
import type { Layer, Topology } from '../../../shared/topology.ts';

/** Seconds that one hop takes, there and back. */
const HOP = 0.002;

interface Served {
  readonly status: number;
  readonly fields: readonly FieldLine[];
  readonly build: string;
}

export interface SimulatedStack {
  readonly topology: Topology;
  /** One exchange with a node at `now`, seen as a probe sees it. */
  observe(node: string, now: number): Observation;
  /** The build that a visitor gets. */
  visit(node: string, now: number): string;
  deploy(build: string): void;
  purge(node: string): void;
}

export interface SimulatedLayer {
  readonly dialect: string;
  readonly nodes: readonly string[];
  readonly grace?: number;
  /** What it does otherwise than its dialect's behaviour says. */
  readonly truly?: Partial<Behaviour>;
}

/** Layers outermost first: each a dialect and its node ids; the origin is added. */
export function simulatedStack(layers: readonly SimulatedLayer[], cacheControl: string): SimulatedStack {
  const topology = describe(layers);
  const caches = new Map<string, CacheState<string>>();
  for (const [i, layer] of topology.layers.entries()) {
    const dialect = dialectOf(layer.dialect ?? '');
    if (dialect === undefined) continue;
    const behaviour = { ...dialect.behaviour, ...layers[i]?.truly };
    for (const node of layer.nodes) {
      caches.set(node.id, createCache({ name: node.id, behaviour, policy: layer.policy }));
    }
  }
  let build = 'v1';
  let observations = 0;
  const url = topology.targets[0]!.url;

  const serve = (layer: Layer, node: string, fields: readonly FieldLine[], now: number): Served => {
    const cache = caches.get(node);
    const dialect = dialectOf(layer.dialect ?? '');
    if (cache === undefined || dialect === undefined) return originAnswer(build, cacheControl, fields, now);
    const verdict = decide(cache, { method: 'GET', url, fields }, now);
    if (verdict.kind !== 'forward') {
      const said = { ...verdict.head, fields: [...verdict.head.fields, ...dialect.speak(verdict.spoken)] };
      if (verdict.background !== undefined) fetchFor(cache, layer, verdict.background, now);
      return { ...said, build: verdict.kind === 'serve' ? verdict.stored.body : '' };
    }
    const { received, body } = fetchFor(cache, layer, verdict, now);
    return { ...received.head, fields: [...received.head.fields, ...dialect.speak(received.spoken)], build: body };
  };

  const fetchFor = (cache: CacheState<string>, layer: Layer, forward: Forward<string>, now: number) => {
    const parent = topology.layers.find((l) => l.id === layer.parents[0])!;
    const answer = serve(parent, parent.nodes[0]!.id, forward.fields, now + HOP / 2);
    const head: Head = { status: answer.status, fields: [...answer.fields] };
    const times = { requestTime: now, responseTime: now + HOP };
    const received: Received<string> = receive(cache, forward, head, times, now + HOP);
    const body = typeof received.bodyFrom === 'object' ? received.bodyFrom.body : answer.build;
    if (received.store !== undefined) commit(cache, received.store, body);
    return { received, body };
  };

  const layerOf = (node: string) => topology.layers.find((l) => l.nodes.some((n) => n.id === node))!;
  return {
    topology,
    visit: (node, now) => serve(layerOf(node), node, [], now).build,
    observe(node, now) {
      const layer = layerOf(node);
      const served = serve(layer, node, [], now + HOP / 4);
      observations += 1;
      return {
        id: observations,
        layer: layer.id,
        node,
        target: 'home',
        variant: 'default',
        request: { method: 'GET', url, address: `http://${node}.test`, fields: [] },
        requestTime: now,
        responseTime: now + HOP * topology.layers.length,
        timings: { ttfb: HOP, total: HOP },
        result: {
          kind: 'answer',
          httpVersion: '1.1',
          status: served.status,
          reason: '',
          fields: served.fields,
          bytes: 2,
          decodedBytes: 2,
          marker: served.build,
        },
      };
    },
    deploy(next) {
      build = next;
    },
    purge(node) {
      purge(caches.get(node)!, { method: 'GET', url, fields: [] });
    },
  };
}

function originAnswer(build: string, cacheControl: string, fields: readonly FieldLine[], now: number): Served {
  const etag = `"${build}"`;
  const head: FieldLine[] = [
    ['Date', formatDate(now)],
    ['Cache-Control', cacheControl],
    ['ETag', etag],
  ];
  const known = fields.some(([n, v]) => n.toLowerCase() === 'if-none-match' && v === etag);
  return known ? { status: 304, fields: head, build: '' } : { status: 200, fields: head, build };
}

function describe(layers: readonly SimulatedLayer[]): Topology {
  const caches = layers.map(({ dialect, nodes, grace }, i): Layer => ({
    id: `layer-${i}`,
    role: 'cache',
    dialect,
    nodes: nodes.map((id) => ({ id, address: `http://${id}.test` })),
    parents: [i + 1 < layers.length ? `layer-${i + 1}` : 'origin'],
    placement: 'any',
    policy: grace === undefined ? {} : { grace },
    budget: 10,
  }));
  const origin: Layer = {
    id: 'origin',
    role: 'origin',
    nodes: [{ id: 'app-1', address: 'http://app-1.test' }],
    parents: [],
    placement: 'any',
    policy: {},
    budget: 10,
  };
  const home = { id: 'home', url: 'http://shop.test/', marker: { digest: true } as const, ignore: [], assets: false };
  return { layers: [...caches, origin], targets: [{ ...home, variants: [{ id: 'default', headers: {} }] }] };
}
