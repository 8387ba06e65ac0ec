// The topology of one page on single nodes: `edge-…` are caches in front of the rest, which are origins.
import type { Layer, Topology } from '../../../shared/topology.ts';

/** One target in one variant. @param addresses By node id. */
export function siteOf(
  addresses: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Topology {
  const nodes = Object.entries(addresses).map(([id, address]) => ({ id, address }));
  const edges = nodes.filter((n) => n.id.startsWith('edge-'));
  const base = { placement: 'any', policy: {}, budget: 20 } as const;
  const layers: Layer[] = [
    ...(edges.length > 0 ? [{ ...base, id: 'edge', role: 'cache' as const, nodes: edges, parents: ['origin'] }] : []),
    { ...base, id: 'origin', role: 'origin', nodes: nodes.filter((n) => !edges.includes(n)), parents: [] },
  ];
  const marker = { css: 'meta[name=build]', attribute: 'content' };
  const home = { id: 'home', url: 'http://shop.example/', marker, ignore: [], assets: true };
  return { layers, targets: [{ ...home, variants: [{ id: 'default', headers }] }] };
}
