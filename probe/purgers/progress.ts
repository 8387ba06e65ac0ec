// Is an accepted purge done? Its vendor is asked until it says so, for a while; what it says is a claim, and told as one.
import { setTimeout as sleep } from 'node:timers/promises';
import type { PurgeReceipt } from '../../shared/trace.ts';
import { wallNow } from '../exchange/clock.ts';
import { purgerOf } from './index.ts';
import type { Moment, PurgeStep } from './purger.ts';
import { send, type Carrier } from './send.ts';

/** Seconds for one question. */
const PATIENCE = 10;

/** Seconds for which a vendor is asked that tells no time of its own. */
const AT_LEAST = 60;

export interface Following extends Carrier {
  readonly moment: () => Promise<Moment>;
  /** Ends the asking. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Asks until the vendor says yes or no, twice as long as it says a purge takes. A question that is not answered changes
 * nothing: the purge stays accepted.
 * @returns the receipt with what the vendor says now; the same one where it says nothing
 */
export async function followed(step: PurgeStep, receipt: PurgeReceipt, run: Following): Promise<PurgeReceipt> {
  const { kind, progress } = purgerOf(step.purge.by);
  if (progress === undefined || receipt.outcome !== 'accepted' || receipt.vendorId === undefined) return receipt;
  const until = wallNow() + Math.max(AT_LEAST, 2 * (kind.settles ?? 0));
  while (wallNow() < until && !ended(run)) {
    await pause(progress.every, run.signal);
    if (ended(run)) break;
    const message = progress.message(step, receipt, await run.moment());
    const { result, answeredAt } = await send(message, {
      ...run,
      timeout: Math.min(PATIENCE, run.timeout ?? PATIENCE),
    });
    const said = result.over === 'unanswered' ? 'pending' : progress.read(result);
    if (said === 'done') {
      return { ...receipt, claimedDoneAt: answeredAt, summary: `${receipt.summary} Later it said that it is done.` };
    }
    if (said === 'failed') return { ...receipt, summary: `${receipt.summary} Later it said that it had failed.` };
  }
  return receipt;
}

const ended = ({ signal }: Following): boolean => signal?.aborted === true;

const pause = (seconds: number, signal: AbortSignal | undefined): Promise<void> =>
  sleep(seconds * 1000, undefined, { ...(signal && { signal }) }).catch(() => undefined);
