// Which purge was the last to be meant for a place, and since when must it have held?
import { interval, type Instant, type Interval } from '../model/interval.ts';
import { reaches, type PurgedPlace } from '../model/purge/effect.ts';
import type { PurgeReceipt } from '../trace.ts';
import { clock } from './words.ts';

export interface LastPurge {
  readonly receipt: PurgeReceipt;
  /** From when it was sent until it was answered. */
  readonly at: Interval;
  /** Exchanges that begin from here on must show what it did. */
  readonly settled: Instant;
  /** When the first one of this kind was sent since the start: messages for several variants may each take them all. */
  readonly first: Instant;
}

/** Seconds until a purge of a whole layer may be expected to hold where its vendor does not say. */
const UNSTATED = 60;

/** Seconds within which a copy that only became stale is fetched anew, once it is asked for; or what nobody answered arrives. */
const REFRESHED = 10;

/** The last accepted one since `start`; where none was accepted, the last of any outcome. */
export function lastPurge(
  receipts: readonly PurgeReceipt[],
  place: PurgedPlace,
  start: Instant,
): LastPurge | undefined {
  const meant = receipts.filter((r) => r.sentAt >= start && reaches(r, place)).toSorted((a, b) => a.sentAt - b.sentAt);
  const receipt = meant.findLast((r) => r.outcome === 'accepted') ?? meant.at(-1);
  if (receipt === undefined) return undefined;
  const at = interval(receipt.sentAt, receipt.answeredAt ?? receipt.sentAt);
  const first = meant.find((r) => r.outcome === receipt.outcome)?.sentAt ?? receipt.sentAt;
  return { receipt, at, first, settled: at.latest + patience(receipt, at) };
}

function patience(receipt: PurgeReceipt, at: Interval): number {
  const waits = receipt.effect?.soft === true || receipt.outcome === 'unknown';
  const least = waits ? REFRESHED : receipt.node === undefined ? UNSTATED : 0;
  const expected = Math.max(receipt.effect?.settles ?? least, waits ? REFRESHED : 0);
  const { claimedDoneAt = Infinity } = receipt;
  return Math.max(waits ? REFRESHED : 0, Math.min(expected, Math.max(0, claimedDoneAt - at.latest)));
}

/** One sentence. */
export function purgeWords({ receipt: { outcome, status, node, layer }, at }: LastPurge): string {
  const whom = node ?? `layer ${layer}`;
  const answer = status === undefined ? '' : ` with status ${status}`;
  switch (outcome) {
    case 'accepted':
      return `The purge of ${whom} was accepted${answer} at ${clock(at.latest)}.`;
    case 'was-not-there':
      return `The purger of ${whom} answered${answer} at ${clock(at.latest)} that nothing was there.`;
    case 'refused':
      return `The purge of ${whom} was refused${answer} at ${clock(at.latest)}.`;
    case 'failed':
      return `The purge of ${whom}, sent at ${clock(at.earliest)}, failed.`;
    case 'unknown':
      return `Nothing tells what became of the purge of ${whom} that was sent at ${clock(at.earliest)}.`;
  }
}
