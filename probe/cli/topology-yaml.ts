// How is a topology written down, so that it reads back the same?
import { stringify } from 'yaml';
import type { Layer, Target, Topology } from '../../shared/topology.ts';

/** A topology file in YAML. */
export function topologyYaml(topology: Topology): string {
  const { title, layers, targets } = topology;
  const file = { ...(title !== undefined && { title }), layers: layers.map(layerOf), targets: targets.map(targetOf) };
  return stringify(file, { lineWidth: 0, aliasDuplicateObjects: false });
}

function layerOf({ role, parents, policy, budget, nodes, ...rest }: Layer): object {
  return {
    ...rest,
    ...(role === 'origin' ? { role } : { parents }),
    nodes,
    ...(Object.keys(policy).length > 0 && { policy }),
    budget: `${budget}/s`,
  };
}

const targetOf = ({ ignore, ...rest }: Target): object => ({ ...rest, ...(ignore.length > 0 && { ignore }) });
