// How is a layer that spoke, or the origin behind them, written into the file, and what must somebody else fill in?
import type { z } from 'zod';
import type { topologyFile } from '../topology-schema.ts';
import type { Chain, FoundLayer } from './chain.ts';
import { lineNamed, productName, type Claim, type FillIn } from './claim.ts';
import { nodesOf, type FoundNode } from './entrances.ts';
import { addressAt, cleanId, idFor, nowhere } from './names.ts';
import type { Seen } from './seen.ts';

/** A topology file as one writes it: defaults left out, durations in words. */
export type WrittenTopology = z.input<typeof topologyFile>;
export type WrittenLayer = WrittenTopology['layers'][number];

export interface Built {
  readonly layer: WrittenLayer;
  readonly claims: readonly Claim[];
  readonly fillIn: readonly FillIn[];
  /** Id in the file of whoever calls itself so. */
  readonly idOf: ReadonlyMap<string, string>;
}

/** One layer that spoke. `ids` are those given already. */
export function builtLayer(layer: FoundLayer, seen: Seen, chain: Chain, ids: Set<string>): Built {
  const found = nodesOf(layer, seen.addresses);
  const nodes = found.map(({ names, ips }) => {
    const id = idFor(names.length === 1 ? names[0] : undefined, layer.id, ids);
    const [ip] = ips;
    const address = ip === undefined ? nowhere(id) : addressAt(seen, ip, isOneEntrance(seen, ips));
    return { id, address };
  });
  const at = chain.layers.indexOf(layer);
  const parents = chain.parents.get(layer.id) ?? [];
  const asked = parents.length === 0 ? ['origin'] : parents;
  const next = chain.layers[at + 1]?.id ?? 'origin';
  return {
    layer: {
      id: layer.id,
      ...(layer.dialect !== 'generic' && { dialect: layer.dialect }),
      nodes,
      ...((asked.length !== 1 || asked[0] !== next) && { parents: [...asked] }),
    },
    claims: found.flatMap((node, i) => entranceClaim(layer, node, nodes[i]!.id)),
    fillIn: found.flatMap((node, i) => nodeLines(layer, node, nodes[i]!)),
    idOf: new Map(found.flatMap(({ names }, i) => names.map((name) => [name, nodes[i]!.id]))),
  };
}

function entranceClaim({ id: layer }: FoundLayer, { names, ips }: FoundNode, id: string): Claim[] {
  if (ips.length === 0) return [];
  const where = ips.join(' and ');
  const one = ips.length > 1 ? `; nothing tells whether they are nodes of their own` : '';
  const what = names.length > 1 ? `${id} is an entrance to ${names.join(', ')}` : `${id} answers at ${where}`;
  const because =
    names.length > 1
      ? `they take turns at ${where}, so that none of them can be asked by itself`
      : `the connections went there${names.length === 0 ? one : ''}`;
  return [{ layer, about: 'node', node: id, what, kind: 'measured', because }];
}

/** Of an entrance to many: more lines would hide the rest of the file; their names stand in the claim. */
const MOST_LINES = 8;

function nodeLines({ id: layer }: FoundLayer, { names, ips }: FoundNode, node: { id: string }): FillIn[] {
  const line = (id: string): string => `- { id: ${id}, address: "http://10.0.0.5:8080" }`;
  if (ips.length === 0) {
    const remedy =
      'where this node can be reached from here, in place of the line that ends in .invalid; ask its operator';
    return [{ layer, about: 'node', node: node.id, write: line(node.id), remedy }];
  }
  if (names.length < 2) return [];
  return names.slice(0, MOST_LINES).map((name) => {
    const remedy = 'where this one node can be reached by itself; then take out the line of the entrance';
    return { layer, about: 'node', node: node.id, write: line(cleanId(name) ?? node.id), remedy };
  });
}

/** Networks that forget by their own API, as their pages say: the method PURGE does nothing there. */
const FORGET_BY_API = new Set([
  'akamai',
  'azure',
  'bunny',
  'cloudflare',
  'cloudfront',
  'google',
  'keycdn',
  'netlify',
  'vercel',
]);

/** Whether and how it can be purged is nothing that an answer tells. */
export function purgeLine({ id: layer, dialect }: FoundLayer): FillIn[] {
  if (FORGET_BY_API.has(dialect)) return [];
  const title = dialect === 'generic' ? 'it' : productName(dialect);
  return [
    {
      layer,
      about: 'purge',
      write: 'purge: { by: http-purge }',
      remedy: `if ${title} forgets on the method PURGE from where strata runs: its configuration says so, and strata does not try`,
    },
  ];
}

/** Whether the page's own name leads to this entrance, whichever address it resolves to. */
const isOneEntrance = ({ addresses }: Seen, ips: readonly string[]): boolean =>
  addresses.every(({ ip, notAsked, problem }) => problem === undefined && (notAsked === true || ips.includes(ip)));

const answering = ({ addresses }: Seen): string[] =>
  addresses.filter(({ problem }) => problem === undefined).map(({ ip }) => ip);

/** Whatever makes the page. Where no cache spoke, the address that answered is its own as far as anyone can tell. */
export function originLayer(seen: Seen, { layers }: Chain, ids: Set<string>): Built {
  const id = idFor('origin-1', 'origin', ids);
  const sighting = seen.sightings.at(-1)!;
  const server = lineNamed(sighting.fields, 'server');
  const isAlone = layers.length === 0;
  const address = isAlone ? addressAt(seen, sighting.ip, isOneEntrance(seen, answering(seen))) : nowhere(id);
  const why = `no field line of ${seen.sightings.length} answers names one`;
  const remedy = isAlone
    ? 'if there is a cache in front after all: where the application itself can be reached'
    : 'where the application itself can be reached from here, in place of the line that ends in .invalid';
  return {
    layer: { id: 'origin', role: 'origin', nodes: [{ id, address }] },
    claims: [
      isAlone
        ? { layer: 'origin', about: 'origin', what: 'no cache was seen', kind: 'measured', because: why }
        : {
            layer: 'origin',
            about: 'origin',
            what: 'its address is not known',
            kind: 'measured',
            because: 'no answer tells it',
          },
      ...(server === undefined ? [] : [serverClaim(server, layers)]),
    ],
    idOf: new Map(),
    fillIn: [
      { layer: 'origin', about: 'node', node: id, write: `- { id: ${id}, address: "http://10.0.0.9:8000" }`, remedy },
    ],
  };
}

/** Who writes a name as the Server that is not the dialect's own. */
const SERVER_NAMES: Readonly<Record<string, RegExp>> = {
  nginx: /^(?:nginx|openresty|tengine|angie|freenginx)\b/i,
  trafficserver: /^ATS\b/,
  wikimedia: /^ATS\b/,
  // Apache leaves the Server of whom it asked
  httpd: /^(?!)/,
};

const isNamedAfter = (server: string, { dialect }: FoundLayer): boolean =>
  SERVER_NAMES[dialect]?.test(server) ?? server.toLowerCase().startsWith(dialect);

/** A layer that puts its own name there hides that of whoever made the page. */
function serverClaim(line: string, layers: readonly FoundLayer[]): Claim {
  const own = layers.find((layer) => isNamedAfter(line.slice(line.indexOf(':') + 1).trim(), layer));
  if (own !== undefined) {
    const because =
      'it puts its own name in place of the one that it received, so that nothing tells who made the page';
    return { layer: own.id, about: 'dialect', what: 'Server names this layer', kind: 'guessed', because, line };
  }
  return {
    layer: 'origin',
    about: 'origin',
    what: 'this software made the page, or passed it on last under its own name',
    kind: 'guessed',
    because: 'some caches leave Server as it comes, others put their own',
    line,
  };
}
