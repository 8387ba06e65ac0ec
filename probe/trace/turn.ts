// When does a place's turn come? As soon as its node's budget allows one more exchange, whatever asked for it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from './places.ts';
import type { Session } from './session.ts';

/** Timers count milliseconds in 31 bits; longer waits are slept in pieces. */
const LONGEST = 2 ** 31 - 1;

/** Resolves when the node may be asked, or when `signal` ends the waiting. */
export async function turnOf(session: Session, place: Place, signal?: AbortSignal): Promise<void> {
  const at = session.allowedAt(place, session.now());
  for (;;) {
    const wait = at - session.now();
    if (wait <= 0 || signal?.aborted === true) return;
    const ms = Math.min(LONGEST, wait * 1000);
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}
