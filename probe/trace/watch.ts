// How is every place kept in sight? One loop a place, each asking when the schedule says so.
import { setMaxListeners } from 'node:events';
import { changeIn } from '../../shared/model/reading.ts';
import { versionOf } from '../../shared/model/change.ts';
import type { Instant } from '../../shared/model/interval.ts';
import { StoreFull } from '../store/store-error.ts';
import { placeKey, type Place } from './places.ts';
import { nextQuestion, pace as usual, type Pace } from './schedule.ts';
import type { Session } from './session.ts';
import { turnOf } from './turn.ts';

export interface Watch {
  /** Asks every place at once, whatever was planned: something has just happened. */
  wake(): void;
  /** Ends all loops; resolves when the exchanges under way have ended. */
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly pace?: Pace;
  /** The content that counts as new, where told. */
  readonly expect?: string;
  /** A loop that cannot record its exchange ends, and says so here. */
  readonly onError?: (error: unknown) => void;
}

/** Watches `places` until stopped. */
export function watch(session: Session, places: readonly Place[], options: WatchOptions = {}): Watch {
  const stopping = new AbortController();
  // Every exchange under way listens to it: as many as there are places.
  setMaxListeners(0, stopping.signal);
  const sleepers = new Set<() => void>();
  const loops = places.map((place, i) =>
    loop(session, place, options, stopping.signal, sleepers, i / Math.max(1, places.length)).catch((error: unknown) => {
      if (!stopping.signal.aborted) options.onError?.(error);
    }),
  );
  return {
    wake() {
      for (const wake of sleepers) wake();
    },
    async stop() {
      stopping.abort();
      for (const wake of sleepers) wake();
      await Promise.all(loops);
    },
  };
}

async function loop(
  session: Session,
  place: Place,
  options: WatchOptions,
  signal: AbortSignal,
  sleepers: Set<() => void>,
  phase: number,
): Promise<void> {
  const pace = options.pace ?? usual;
  // Not all at the same instant: the first questions are spread over a tenth of the calm interval.
  await sleepUntil(session.now() + phase * Math.min(0.1, pace.calm / 10), session, sleepers);
  while (!signal.aborted) {
    await turnOf(session, place, signal);
    if (signal.aborted) return;
    const kept = await recorded(session, place, signal);
    if (signal.aborted) return;
    const next = kept ? nextFor(session, place, pace, options.expect) : session.now() + FULL_DISK_PAUSE;
    await sleepUntil(next, session, sleepers);
  }
}

/** How long a place is left alone when its exchange could not be kept, in seconds. */
const FULL_DISK_PAUSE = 1;

/** False when the disk was full: the place is asked again later, and nothing is claimed that was not kept. */
async function recorded(session: Session, place: Place, signal: AbortSignal): Promise<boolean> {
  try {
    const observation = await session.exchange(place, signal);
    // What we broke off ourselves says nothing about the node.
    if (!signal.aborted) await session.add({ type: 'observation', data: observation });
    return true;
  } catch (error) {
    if (error instanceof StoreFull) return false;
    throw error;
  }
}

function nextFor(session: Session, place: Place, pace: Pace, expect: string | undefined): Instant {
  const { reading } = session;
  const now = session.now();
  const track = reading.tracks.get(placeKey(place));
  if (track === undefined) return now + pace.calm;
  const change = changeIn(reading, place.target.id, place.variant.id, expect);
  const version = versionOf(track.state, change);
  const offset = reading.offsets.get(place.node.id);
  const { observedAt } = track.state;
  const asked = {
    state: track.state,
    lead: observedAt.latest - observedAt.earliest,
    ...(version === undefined ? {} : { version }),
    ...(offset === undefined ? {} : { offset }),
  };
  const origin = place.layer.role === 'origin';
  return nextQuestion(asked, origin ? { ...pace, calm: pace.calm / 4 } : pace, now);
}

/** Timers of this platform count whole milliseconds and may fire a little early; the last stretch is asked for again. */
function sleepUntil(at: Instant, session: Session, sleepers: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout;
    const wake = () => {
      clearTimeout(timer);
      sleepers.delete(wake);
      resolve();
    };
    const tick = () => {
      const left = (at - session.now()) * 1000;
      if (left <= 0) wake();
      else timer = setTimeout(tick, Math.max(1, Math.min(left, 2 ** 30)));
    };
    sleepers.add(wake);
    timer = setTimeout(tick, 0);
  });
}
