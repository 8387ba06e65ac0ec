// What happens when a purge plan is carried out? Wave by wave; each request leaves a receipt, written before it is sent.
import { setTimeout as sleep } from 'node:timers/promises';
import type { PurgeReceipt } from '../../shared/trace.ts';
import { wallNow } from '../exchange/clock.ts';
import type { Exchanger } from '../exchange/exchange.ts';
import { Budget } from '../trace/budget.ts';
import { purgerOf } from './index.ts';
import type { PreparedPurge, PurgeStep } from './purger.ts';

/** How many purge requests may be under way at once. */
const AT_ONCE = 32;

/** Seconds between two waves: longer than the nodes of one layer usually differ in taking a purge. */
export const BETWEEN_WAVES = 0.5;

export interface PurgeRun {
  readonly exchanger: Exchanger;
  /** A number that no other message of the trace has. */
  readonly takeId: () => number;
  /** Called twice for each step, with one id: `unknown` before the request is sent, then what became of it. */
  readonly onReceipt?: (receipt: PurgeReceipt) => void | Promise<void>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Seconds for one request. */
  readonly timeout?: number;
  /** Seconds between two waves. Default BETWEEN_WAVES. */
  readonly betweenWaves?: number;
}

export interface PurgeResult {
  /** One for each step that was sent, in the order of the answers. */
  readonly receipts: readonly PurgeReceipt[];
  /** Why the outer layers were left alone: what they forgot they would have fetched again, old. */
  readonly stopped?: string;
}

/**
 * Sends the steps wave by wave and stops after a wave in which a node did not take its purge. Nothing is sent twice.
 * @throws ConfigError before anything is sent, when the environment lacks a variable
 */
export async function runPurge(steps: readonly PurgeStep[], run: PurgeRun): Promise<PurgeResult> {
  const prepared = steps.map((step) => purgerOf(step.purge.by).prepare(step, run.env ?? process.env));
  const waves = [...new Set(steps.map((s) => s.wave))].toSorted((a, b) => a - b);
  const budget = new Budget();
  const receipts: PurgeReceipt[] = [];
  for (const [i, wave] of waves.entries()) {
    if (i > 0) await sleep((run.betweenWaves ?? BETWEEN_WAVES) * 1000);
    receipts.push(
      ...(await sendWave(
        prepared.filter((p) => p.step.wave === wave),
        run,
        budget,
      )),
    );
    const bad = receipts.find((r) => r.outcome === 'refused' || r.outcome === 'failed');
    if (bad !== undefined && i < waves.length - 1) {
      const stopped = `${bad.node} did not take its purge, so the layers outside ${bad.layer} were left alone: they would only fetch the old copy again.`;
      return { receipts, stopped };
    }
  }
  return { receipts };
}

async function sendWave(wave: readonly PreparedPurge[], run: PurgeRun, budget: Budget): Promise<PurgeReceipt[]> {
  const waiting = [...wave];
  const receipts: PurgeReceipt[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { node, layer } = next.step;
      const at = budget.take(node.id, layer.budget, wallNow());
      await sleep(Math.max(0, (at - wallNow()) * 1000));
      receipts.push(await sendPurge(next, run));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, wave.length) }, worker));
  return receipts;
}

async function sendPurge(prepared: PreparedPurge, run: PurgeRun): Promise<PurgeReceipt> {
  const { step, method, url, address, headers, secrets } = prepared;
  const { layer, node, target, variant } = step;
  const place = { layer: layer.id, node: node.id, target: target.id, variant: variant.id };
  const shown = purgerOf(step.purge.by).shown(step);
  const intent: PurgeReceipt = {
    id: run.takeId(),
    ...place,
    ...shown,
    outcome: 'unknown',
    sentAt: wallNow(),
    summary: 'It was sent; no answer has been recorded.',
  };
  await run.onReceipt?.(intent);
  const limits = run.timeout === undefined ? {} : { limits: { total: run.timeout } };
  const exchanged = await run.exchanger.exchange({ method, url, address, headers, secrets, ...limits });
  const { requestTime: sentAt, responseTime: answeredAt, result } = exchanged;
  const receipt: PurgeReceipt =
    result.kind === 'failure'
      ? { ...intent, sentAt, outcome: 'failed', summary: result.message }
      : { ...intent, sentAt, answeredAt, status: result.status, ...purgerOf(step.purge.by).read(result.status) };
  await run.onReceipt?.(receipt);
  return receipt;
}
