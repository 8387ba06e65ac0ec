// Which ids may become labels? As many as Prometheus can carry; a topology of 10,000 nodes must not make 10,000 series each.
import type { Topology } from '../../shared/topology.ts';

export interface Labels {
  /** The id, or `other` for one beyond the first hundred. */
  layer(id: string): string;
  target(id: string): string;
  /** Whether this node has series of its own. */
  hasNode(id: string): boolean;
  readonly nodesLeftOut: number;
}

const MOST = 100;
const MOST_NODES = 200;

/** Only ids that stand in the topology become labels, and of these the first; never a URL, and nothing that a server sent. */
export function labelsFor({ layers, targets }: Topology): Labels {
  const layerIds = new Set(layers.slice(0, MOST).map((l) => l.id));
  const targetIds = new Set(targets.slice(0, MOST).map((t) => t.id));
  const nodes = layers.flatMap((l) => l.nodes.map((n) => n.id));
  const nodeIds = new Set(nodes.slice(0, MOST_NODES));
  return {
    layer: (id) => (layerIds.has(id) ? id : 'other'),
    target: (id) => (targetIds.has(id) ? id : 'other'),
    hasNode: (id) => nodeIds.has(id),
    nodesLeftOut: nodes.length - nodeIds.size,
  };
}
