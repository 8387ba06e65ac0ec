// A topology as somebody writes it: three layers inside out, each purged as the test says, and the pages of two hosts.
import { formatProblem } from '../../../shared/config-problem.ts';
import { parseTopology } from '../../../shared/topology-file.ts';
import type { Topology } from '../../../shared/topology.ts';

/** What stands in `text`. */
export function topology(text: string): Topology {
  const parsed = parseTopology(text, 'strata.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.topology;
}

const PAGES = `  - { id: home, url: "https://shop.example/", variants: [{ id: desktop }, { id: mobile, headers: { user-agent: M } }] }
  - { id: post, url: "https://shop.example/blog/1?b=2&a=1" }
  - { id: other, url: "https://other.example/blog/" }`;

export interface Written {
  readonly edge?: string;
  readonly shield?: string;
  readonly inner?: string;
  /** Lines of the list of targets. */
  readonly targets?: string;
  readonly address?: string;
}

/** edge (two nodes) → shield → inner → origin; what stands under `purge:` of each, in braces. */
export function site({ edge, shield, inner, targets = PAGES, address = 'http://127.0.0.1:9' }: Written): Topology {
  const nodes = (...ids: string[]) => `nodes: [${ids.map((id) => `{ id: ${id}, address: "${address}" }`).join(', ')}]`;
  const purge = (written: string | undefined) => (written === undefined ? '' : `, purge: { ${written} }`);
  return topology(`layers:
  - { id: edge, ${nodes('edge-1', 'edge-2')}, budget: 1000/s${purge(edge)} }
  - { id: shield, ${nodes('shield-1')}, budget: 1000/s${purge(shield)} }
  - { id: inner, ${nodes('inner-1')}, budget: 1000/s${purge(inner)} }
  - { id: origin, role: origin, ${nodes('app')} }
targets:
${targets}
`);
}
