// What will a purge do, and what did each node answer?
import { pc } from './colours.ts';
import type { PurgeDocument } from '../../shared/api.ts';
import { layerOf, type Topology } from '../../shared/topology.ts';
import type { PurgeReceipt } from '../../shared/trace.ts';
import { table } from './table.ts';
import { clean } from './terminal.ts';

/** Lines for a terminal: each wave with its reason, then its requests. */
export function planText({ steps }: PurgeDocument, topology: Topology): string[] {
  const waves = [...new Set(steps.map((s) => s.wave))];
  return waves.flatMap((wave) => {
    const own = steps.filter((s) => s.wave === wave);
    const reasons = [...new Set(own.map((s) => `${s.layer}: ${s.because}`))];
    const rows = own.map((step) => {
      const address = layerOf(topology, step.layer)?.nodes.find((n) => n.id === step.node)?.address ?? '';
      return [step.node, step.variant, step.method, clean(step.url), pc.dim(`at ${address}`)];
    });
    return [
      pc.bold(`${wave + 1}.`),
      ...reasons.map((r) => pc.dim(`  ${r}`)),
      ...table(rows).map((line) => `  ${line}`),
    ];
  });
}

/** One line for a terminal. */
export function receiptText(receipt: PurgeReceipt): string {
  const done = receipt.outcome === 'accepted' || receipt.outcome === 'was-not-there';
  const outcome = done ? pc.green(receipt.outcome) : pc.red(receipt.outcome);
  return `${receipt.node} ${receipt.target}/${receipt.variant}: ${outcome}. ${clean(receipt.summary)}`;
}
