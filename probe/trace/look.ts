// What does every place hold now, asked once, or as often as it takes to know its clocks?
import { halvingInstant } from '../../shared/model/ask.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { placeKey, type Place } from './places.ts';
import type { Session } from './session.ts';
import { turnOf } from './turn.ts';

/** How many exchanges a single look keeps under way at once. */
const AT_ONCE = 32;

/** Asks every place once, or those whose turn came before `signal` ended it. */
export async function look(session: Session, places: readonly Place[], signal?: AbortSignal): Promise<void> {
  const waiting = [...places];
  const worker = async () => {
    for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
      await turnOf(session, place, signal);
      if (signal?.aborted === true) return;
      const observation = await session.exchange(place, signal);
      // what we broke off ourselves says nothing about the node
      if (!signal?.aborted) await session.add({ type: 'observation', data: observation });
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, places.length) }, worker));
}

/**
 * Asks on at the instants that halve what is unknown, until every clock is narrow, its copy is about to expire, or
 * `seconds` are over.
 */
export async function settle(session: Session, places: readonly Place[], seconds: number): Promise<void> {
  const until = session.now() + seconds;
  await Promise.all(places.filter((p) => p.layer.role === 'cache').map((place) => settleOne(session, place, until)));
}

async function settleOne(session: Session, place: Place, until: number): Promise<void> {
  for (;;) {
    const state = session.reading.tracks.get(placeKey(place))?.state;
    if (state === undefined) return;
    const lead = (state.observedAt.latest - state.observedAt.earliest) / 2;
    const wanted = halvingInstant(state, session.reading.offsets.get(place.node.id), lead, session.now());
    if (wanted === undefined || wanted > until) return;
    await sleep(Math.max(0, (wanted - session.now()) * 1000));
    await turnOf(session, place);
    await session.ask(place);
  }
}
