// How is a topology written down, so that it reads back the same?
import { stringify } from 'yaml';
import type { Layer, PurgeConfig, Target, Topology } from '../../shared/topology.ts';

/** A topology file in YAML. */
export function topologyYaml(topology: Topology): string {
  const { title, layers, targets } = topology;
  const main = targets.filter((t) => t.sameAs === undefined);
  const file = {
    ...(title !== undefined && { title }),
    layers: layers.map(layerOf),
    targets: main.map((target) => targetOf(target, targets)),
  };
  return stringify(file, { lineWidth: 0, aliasDuplicateObjects: false });
}

function layerOf({ role, parents, policy, budget, nodes, purge, ...rest }: Layer): object {
  return {
    ...rest,
    ...(role === 'origin' ? { role } : { parents }),
    nodes,
    ...(Object.keys(policy).length > 0 && { policy }),
    ...(purge !== undefined && { purge: purgeOf(purge) }),
    budget: `${budget}/s`,
  };
}

function purgeOf({ settings, tags, ...rest }: PurgeConfig): object {
  return { ...rest, ...(tags.length > 0 && { tags }), ...settings };
}

function targetOf({ ignore, alsoPurge = [], ...rest }: Target, all: readonly Target[]): object {
  const urls = all
    .filter((t) => t.sameAs === rest.id)
    .map(({ id, url }) => ({ id: id.slice(rest.id.length + 1), url }));
  const forms = [...alsoPurge, ...urls];
  return { ...rest, ...(ignore.length > 0 && { ignore }), ...(forms.length > 0 && { forms }) };
}
