// What does a topology file say, with every default filled in? Or: where is it wrong, and what would be right?
// web/ never imports this: the page gets topologies that are already read.
import { dotted } from './config-problem.ts';
import type { ConfigProblem } from './config-problem.ts';
import { secondsOf } from './duration.ts';
import { purgeConfig } from './purge/index.ts';
import { parseRate } from './rate.ts';
import { effectiveParents, ruleFaults } from './topology-rules.ts';
import { topologyFile } from './topology-schema.ts';
import type { TopologyFile } from './topology-schema.ts';
import { shapeFaults } from './topology-shape.ts';
import type { Layer, Marker, Policy, Target, Topology } from './topology.ts';
import { otherForm } from './url-forms.ts';
import { originOf, urlParts } from './url-parts.ts';
import { readYaml } from './yaml-source.ts';

/** Requests a second to one node where the file says nothing. */
const DEFAULT_BUDGET = 10;

export type ParsedTopology = { readonly topology: Topology } | { readonly problems: readonly ConfigProblem[] };

/**
 * Reads YAML or JSON. All problems are reported at once, in the order of the file.
 * @param file the name to show in problems
 * @param options.dialects the dialect ids to accept; left out: any
 */
export function parseTopology(
  text: string,
  file: string,
  options: { readonly dialects?: readonly string[] } = {},
): ParsedTopology {
  const source = readYaml(text);
  if ('problems' in source) {
    return {
      problems: source.problems.map(({ line, column, path, message }) => ({
        file,
        line,
        column,
        key: dotted(path),
        message,
      })),
    };
  }
  if (source.value === null || source.value === undefined) {
    return { problems: [{ file, line: 1, column: 1, key: '', message: 'is empty; it needs "layers" and "targets"' }] };
  }
  const read = topologyFile.safeParse(source.value);
  const faults = [
    ...shapeFaults(read.error?.issues ?? [], source.value),
    ...ruleFaults(source.value, options.dialects),
  ];
  if (read.success && faults.length === 0) return { topology: normalised(read.data) };
  const problems = faults.map(({ path, part, message }) => ({
    file,
    ...source.position(path, part),
    key: dotted(path),
    message,
  }));
  return { problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function normalised(file: TopologyFile): Topology {
  const parents = effectiveParents(
    file.layers.map((l) => ({ id: l.id, origin: l.role === 'origin', parents: l.parents })),
  );
  return {
    ...(file.title !== undefined && { title: file.title }),
    layers: file.layers.map((layer, i) => layerFrom(layer, parents[i] ?? [])),
    targets: file.targets.flatMap(targetsFrom),
  };
}

function layerFrom(layer: TopologyFile['layers'][number], parents: readonly string[]): Layer {
  return {
    id: layer.id,
    role: layer.role,
    ...(layer.dialect !== undefined && { dialect: layer.dialect }),
    nodes: layer.nodes.map((n) => ({ id: n.id, address: withoutPath(n.address) })),
    parents,
    placement: layer.placement,
    policy: policyFrom(layer.policy),
    ...(layer.purge !== undefined && { purge: purgeConfig(layer.purge) }),
    budget: parseRate(layer.budget) ?? DEFAULT_BUDGET,
  };
}

/** Durations become seconds. */
export function policyFrom({ honoursAge, ignores, ...written }: TopologyFile['layers'][number]['policy']): Policy {
  const seconds = Object.entries(written).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, secondsOf(value)]],
  );
  return {
    ...Object.fromEntries(seconds),
    ...(honoursAge !== undefined && { honoursAge }),
    ...(ignores !== undefined && { ignores }),
  };
}

/** The target, and after it one for each other URL under which caches may keep the same page. */
function targetsFrom(written: TopologyFile['targets'][number]): Target[] {
  const url = withPath(written.url);
  const alsoPurge = written.forms.filter((f) => f === 'head' || f === 'encodings');
  const main: Target = {
    id: written.id,
    url,
    marker: markerFrom(written.marker ?? {}),
    ignore: written.ignore,
    assets: written.assets,
    ...(alsoPurge.length > 0 && { alsoPurge }),
    variants: written.variants.length > 0 ? written.variants : [{ id: 'default', headers: {} }],
  };
  const others = written.forms.flatMap((form) => {
    if (form === 'head' || form === 'encodings') return [];
    const other = typeof form === 'string' ? otherForm(url, form) : withPath(form.url);
    const id = `${written.id}+${typeof form === 'string' ? form : form.id}`;
    return other === url ? [] : [{ ...main, id, url: other, sameAs: written.id }];
  });
  return [main, ...others];
}

/** The schema has let exactly one kind through, or none was written. */
function markerFrom(written: NonNullable<TopologyFile['targets'][number]['marker']>): Marker {
  const { css, attribute, header, regex, json } = written;
  if (css !== undefined) return { css, ...(attribute !== undefined && { attribute }) };
  if (header !== undefined) return { header };
  if (regex !== undefined) return { regex };
  return json === undefined ? { digest: true } : { json };
}

function withoutPath(address: string): string {
  const parts = urlParts(address);
  return parts === undefined ? address : originOf(parts);
}

/** A fragment never leaves the browser, and a path is at least `/`. */
function withPath(url: string): string {
  const parts = urlParts(url);
  return parts === undefined ? url : `${originOf(parts)}${parts.path}`;
}
