// How is a purge planned, sent and remembered within a session?
import type { PurgeDocument } from '../../shared/api.ts';
import { receiptDocument } from '../../shared/documents.ts';
import type { PurgeReceipt } from '../../shared/trace.ts';
import { interval } from '../../shared/model/interval.ts';
import { planPurge } from '../purgers/plan.ts';
import type { Choice } from './places.ts';
import { purgerOf } from '../purgers/index.ts';
import { runPurge } from '../purgers/run.ts';
import type { PurgeStep } from '../purgers/purger.ts';
import type { Session } from './session.ts';

export interface PurgeWanted extends Choice {
  readonly dryRun?: boolean | undefined;
  /** Seconds for one request. */
  readonly timeout?: number;
}

/** Sends the plan (or only shows it); every request is recorded as unknown before it is sent. */
export async function answerPurge(session: Session, wanted: PurgeWanted): Promise<PurgeDocument> {
  const { steps, warnings } = planPurge(session.topology, wanted);
  const plan = { strata: 1 as const, verb: 'purge' as const, steps: steps.map(stepDocument), warnings: [...warnings] };
  if (wanted.dryRun === true) return { ...plan, dryRun: true, receipts: [] };
  const { receipts, stopped } = await runPurge(steps, {
    exchanger: session.exchanger,
    takeId: () => session.takeId(),
    onReceipt: (receipt) => record(session, receipt),
    ...(wanted.timeout === undefined ? {} : { timeout: wanted.timeout }),
  });
  return {
    ...plan,
    dryRun: false,
    receipts: receipts.map(receiptDocument),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

async function record(session: Session, receipt: PurgeReceipt): Promise<void> {
  const { layer, node } = receipt;
  await session.add({ type: 'receipt', data: receipt });
  const place = { id: session.takeId(), layer, node };
  if (receipt.outcome === 'unknown') {
    await session.event({ ...place, type: 'purge-sent', at: interval(receipt.sentAt, receipt.sentAt) });
  } else if (receipt.outcome === 'accepted') {
    const at = interval(receipt.sentAt, receipt.answeredAt ?? session.now());
    await session.event({ ...place, type: 'purge-accepted', at });
  }
}

function stepDocument(step: PurgeStep): PurgeDocument['steps'][number] {
  const { layer, node, target, variant, wave, because } = step;
  const shown = purgerOf(step.purge.by).shown(step);
  return { layer: layer.id, node: node.id, target: target.id, variant: variant.id, ...shown, wave, because };
}
