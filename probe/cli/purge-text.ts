// What will a purge do, and what did each node answer?
import { pc } from './colours.ts';
import type { PurgeDocument } from '../../shared/api.ts';
import { spokenDuration } from '../../shared/duration.ts';
import { layerOf, type Topology } from '../../shared/topology.ts';
import type { PurgeReceipt } from '../../shared/trace.ts';
import { table } from './table.ts';
import { clean } from './terminal.ts';

/** Lines for a terminal: each wave with its reason, then its requests. */
export function planText({ steps }: PurgeDocument, topology: Topology): string[] {
  const waves = [...new Set(steps.map((s) => s.wave))];
  return waves.flatMap((wave) => {
    const own = steps.filter((s) => s.wave === wave);
    const after = own[0]?.afterSeconds;
    const reasons = [...new Set(own.map((s) => `${s.layer}: ${s.because}`))];
    return [
      pc.bold(`${wave + 1}.${after === undefined ? '' : ` after ${spokenDuration(after)}`}`),
      ...reasons.map((r) => pc.dim(`  ${r}`)),
      ...table(own.map((step) => stepRow(step, topology))).map((line) => `  ${line}`),
    ];
  });
}

function stepRow(step: PurgeDocument['steps'][number], topology: Topology): string[] {
  const address = layerOf(topology, step.layer)?.nodes.find((n) => n.id === step.node)?.address;
  const where = address === undefined ? '' : pc.dim(`at ${address}`);
  return [step.node ?? `${step.layer} (all nodes)`, what(step), step.method, clean(step.url), where];
}

/** What one message is for: a variant, several pages, a tag. */
function what({ target, variant, pages, scope }: Purged): string {
  const named = pages === undefined ? `${target ?? ''}/${variant ?? ''}` : `${pages.length} pages`;
  return scope === undefined || scope === 'url' ? named : `by ${scope}: ${named}`;
}

interface Purged {
  readonly target?: string | undefined;
  readonly variant?: string | undefined;
  readonly pages?: readonly unknown[] | undefined;
  readonly scope?: string | undefined;
}

/** Shows what became of each purge, also that nobody knows; not the intent, which is written down before it is sent. */
export function answersOnly(show: (receipt: PurgeReceipt) => void): (receipt: PurgeReceipt) => void {
  const intended = new Set<number>();
  return (receipt) => {
    if (intended.has(receipt.id) || receipt.outcome !== 'unknown') show(receipt);
    intended.add(receipt.id);
  };
}

/** One line for a terminal. */
export function receiptText(receipt: PurgeReceipt): string {
  const { node, layer, outcome, effect, rebound } = receipt;
  const done = outcome === 'accepted' || outcome === 'was-not-there';
  const shown = done ? pc.green(outcome) : pc.red(outcome);
  const named = what({ ...receipt, ...(effect && { scope: effect.scope }) });
  return `${node ?? layer} ${named}${rebound === true ? ' once more' : ''}: ${shown}. ${clean(receipt.summary)}`;
}
