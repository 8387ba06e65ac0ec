// How is a purge planned, sent and remembered within a session?
import { setMaxListeners } from 'node:events';
import type { PurgeDocument } from '../../shared/api.ts';
import { receiptDocument } from '../../shared/documents.ts';
import { interval, type Instant } from '../../shared/model/interval.ts';
import type { PurgeReceipt } from '../../shared/trace.ts';
import { purgerOf } from '../purgers/index.ts';
import { planPurge, type PlanOptions, type PurgePlan } from '../purgers/plan.ts';
import type { PurgeStep } from '../purgers/purger.ts';
import { runPurge } from '../purgers/run.ts';
import { stepNames } from '../purgers/step-names.ts';
import type { Choice } from './places.ts';
import type { Session } from './session.ts';
import { turnOf } from './turn.ts';

export interface PurgeWanted extends Choice, PlanOptions {
  readonly dryRun?: boolean | undefined;
  /** Seconds for one message. */
  readonly timeout?: number;
  /** Ends it before the next message, and the asking for what became of those that were sent. */
  readonly signal?: AbortSignal;
  /** Wait until every vendor that tells has said that its purge is done, or was asked for long enough. */
  readonly untilClaimed?: boolean | undefined;
}

/**
 * Sends the plan (or only shows it); every message is recorded as unknown before it is sent. What a vendor says later of an
 * accepted purge is recorded as long as the session is open, whether or not it is waited for.
 */
export async function answerPurge(session: Session, wanted: PurgeWanted): Promise<PurgeDocument> {
  const plan = planPurge(session.topology, wanted, wanted);
  const shown = planDocument(plan);
  if (wanted.dryRun === true) return shown;
  const signal = AbortSignal.any([session.closed, ...(wanted.signal === undefined ? [] : [wanted.signal])]);
  // every message under way listens to it
  setMaxListeners(0, signal);
  const { receipts, stopped, claims } = await runPurge(plan.steps, {
    exchanger: session.exchanger,
    guard: session.guard,
    takeId: () => session.takeId(),
    onReceipt: recorder(session),
    alone: ({ node, pages }, work) => (node === undefined ? work() : session.alone(node.id, pages[0].target.id, work)),
    refill: (step) => refill(session, step),
    allowedAt: (step, wanted) => session.allowedAt(step, wanted),
    ...(wanted.timeout === undefined ? {} : { timeout: wanted.timeout }),
    signal,
  });
  const told = wanted.untilClaimed === true ? await claims : receipts;
  return {
    ...shown,
    dryRun: false,
    receipts: told.map(receiptDocument),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

/** The plan as it is told before anything is sent. */
export function planDocument({ steps, warnings }: PurgePlan): PurgeDocument {
  return {
    strata: 1,
    verb: 'purge',
    dryRun: true,
    steps: steps.map(stepDocument),
    warnings: [...warnings],
    receipts: [],
  };
}

/** Records each receipt as often as it is told, and its sending and its acceptance once. It is sent after a last look. */
function recorder(session: Session): (receipt: PurgeReceipt) => Promise<void> {
  const accepted = new Set<number>();
  const intended = new Set<number>();
  return async (receipt) => {
    await session.add({ type: 'receipt', data: receipt });
    if (!intended.has(receipt.id)) {
      intended.add(receipt.id);
      await session.lastLook(receipt);
      await announce(session, receipt, 'purge-sent', session.now());
    }
    if (receipt.outcome !== 'accepted' || accepted.has(receipt.id)) return;
    accepted.add(receipt.id);
    await announce(session, receipt, 'purge-accepted', receipt.answeredAt ?? session.now());
  };
}

/** Seconds that one node may take to store a page again. */
const REFILL = 1;

async function refill(session: Session, { layer, node, pages: [{ target, variant }] }: PurgeStep): Promise<void> {
  if (node === undefined) return;
  const place = { layer, node, target, variant };
  await turnOf(session, place);
  await session.add({
    type: 'observation',
    data: await session.exchangeNow(place, AbortSignal.timeout(REFILL * 1000)),
  });
}

async function announce(
  session: Session,
  { layer, node, sentAt }: PurgeReceipt,
  type: 'purge-sent' | 'purge-accepted',
  latest: Instant,
): Promise<void> {
  const at = interval(type === 'purge-sent' ? latest : sentAt, latest);
  await session.event({ id: session.takeId(), type, layer, ...(node === undefined ? {} : { node }), at });
}

function stepDocument(step: PurgeStep): PurgeDocument['steps'][number] {
  const { purge, wave, after, because } = step;
  return {
    ...stepNames(step),
    scope: purge.scope,
    soft: purge.soft,
    ...purgerOf(purge.by).shown(step),
    wave,
    ...(after > 0 ? { afterSeconds: after } : {}),
    because,
  };
}
