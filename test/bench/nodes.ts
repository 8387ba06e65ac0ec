// Which nodes are watched by the thousand? Embedded caches with a listener each in front of one origin, all in one process.
import { startEmbeddedCache } from '../../probe/lab/embedded-cache.ts';
import { startOrigin } from '../../probe/lab/origin.ts';
import { PURGE_BY_METHOD } from '../../probe/lab/real/peer.ts';
import type { Layer, Topology } from '../../shared/topology.ts';

/** Requests a second to one node, as in the lab. */
const BUDGET = 200;

/** Says the topology as JSON; asked for `deploy`, it deploys and answers the build. */
export async function startNodes(
  count: number,
): Promise<{ said: string; answer: (question: string) => Promise<string> }> {
  const origin = await startOrigin({ nodes: 1, seed: 'bench' });
  const parents = origin.nodes.map((n) => n.address);
  const nodes: { id: string; address: string }[] = [];
  for (let i = 0; i < count; i++) {
    const id = `edge-${i + 1}`;
    nodes.push({ id, address: (await startEmbeddedCache({ id, dialect: 'varnish', parents })).address });
  }
  const base = { placement: 'any', policy: {}, budget: BUDGET } as const;
  const layers: Layer[] = [
    { ...base, id: 'edge', role: 'cache', dialect: 'varnish', nodes, parents: ['origin'], purge: PURGE_BY_METHOD },
    { ...base, id: 'origin', role: 'origin', nodes: origin.nodes, parents: [] },
  ];
  const page = {
    id: 'page',
    url: 'http://shop.lab.test/life/3600',
    marker: { css: 'meta[name=build]', attribute: 'content' },
    ignore: [],
    assets: false,
    variants: [{ id: 'default', headers: {} }],
  };
  const topology: Topology = { layers, targets: [page] };
  return { said: JSON.stringify(topology), answer: async () => (await origin.deploy()).build };
}
