// How is a topology written down, so that it reads back the same?
import { stringify } from 'yaml';
import { purgeKind } from '../../shared/purge/index.ts';
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

/** Only what differs from what its kind takes by itself. */
function purgeOf({ by, scope, soft, tags, settings, ...rest }: PurgeConfig): object {
  const kind = purgeKind(by);
  const usual = kind.settings.partial().parse({}) as Readonly<Record<string, unknown>>;
  const own = Object.entries(settings).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(usual[key]));
  return {
    by,
    ...(scope !== kind.scopes[0] && { scope }),
    ...(soft !== (kind.modes === 'soft') && { soft }),
    ...(tags.length > 0 && { tags }),
    ...rest,
    ...Object.fromEntries(own),
  };
}

function targetOf({ ignore, alsoPurge = [], ...rest }: Target, all: readonly Target[]): object {
  const urls = all
    .filter((t) => t.sameAs === rest.id)
    .map(({ id, url }) => ({ id: id.slice(rest.id.length + 1), url }));
  const forms = [...alsoPurge, ...urls];
  return { ...rest, ...(ignore.length > 0 && { ignore }), ...(forms.length > 0 && { forms }) };
}
