// When does a place's turn come? As soon as its node's budget allows one more exchange, whatever asked for it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from './places.ts';
import type { Session } from './session.ts';

/** Resolves when the node may be asked, or when `signal` ends the waiting. */
export async function turnOf(session: Session, place: Place, signal?: AbortSignal): Promise<void> {
  const now = session.now();
  const wait = session.allowedAt(place, now) - now;
  if (wait > 0) await sleep(wait * 1000, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
