// What does every node hold now, said in one table for each layer?
import { pc } from './colours.ts';
import type { LookDocument } from '../../shared/api.ts';
import type { LookNode } from '../../shared/documents.ts';
import { spokenDuration } from '../../shared/duration.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Topology } from '../../shared/topology.ts';
import { clockInterval, epoch } from './instants.ts';
import { table } from './table.ts';
import { clean } from './terminal.ts';

/** Lines for a terminal, outermost layer first. */
export function lookText(document: LookDocument, topology: Topology, now: Instant): string[] {
  const several = new Set(document.nodes.map((n) => `${n.target}/${n.variant}`)).size > 1;
  return topology.layers.flatMap((layer) => {
    const nodes = document.nodes.filter((n) => n.layer === layer.id);
    if (nodes.length === 0) return [];
    const dialect = layer.dialect ?? nodes.find((n) => n.dialect !== undefined)?.dialect;
    const head = pc.bold(layer.id) + pc.dim(` (${layer.role === 'origin' ? 'origin' : (dialect ?? 'not recognised')})`);
    const rows = table([HEADS, ...nodes.map((n) => row(n, several, now))]);
    return [head, ...rows.map((line) => `  ${line}`), ...nodes.flatMap(troubles), ''];
  });
}

const HEADS = ['node', 'holds', 'version', 'answer', 'age', 'fresh for', 'stored', 'generated'].map((h) => pc.dim(h));

function row(node: LookNode, several: boolean, now: Instant): string[] {
  const place = several ? `${node.node} ${node.target}/${node.variant}` : node.node;
  return [
    place,
    clean(node.marker ?? node.digest?.slice(7, 19) ?? '-').slice(0, 24),
    coloured(node.version),
    node.outcome + (node.status === undefined || node.status === 200 ? '' : ` ${node.status}`),
    node.age === undefined ? '-' : spokenDuration(node.age),
    freshFor(node, now),
    clockInterval(node.storedAt, now) || '-',
    clockInterval(node.generatedAt, now) || '-',
  ];
}

function coloured(version: LookNode['version']): string {
  switch (version) {
    case 'new':
      return pc.green('new');
    case 'old':
      return pc.yellow('old');
    case 'other':
      return pc.magenta('other');
    case undefined:
      return '-';
  }
}

function freshFor({ freshUntil, mayServeUntil }: LookNode, now: Instant): string {
  if (freshUntil?.latest === undefined) return '-';
  const left = epoch(freshUntil.latest) - now;
  if (left > 0) return spokenDuration(left);
  const stale = mayServeUntil?.latest === undefined ? 0 : epoch(mayServeUntil.latest) - now;
  return stale > 0 ? `stale, ${spokenDuration(stale)} more` : 'expired';
}

const troubles = (node: LookNode): string[] =>
  node.problems.map((problem) => pc.red(`  ${node.node}: ${clean(problem)}`));
