// What does every node show so far, and what did asking cost?
import { advance, emptyReading, keyOf } from '../../shared/model/reading.ts';
import type { Reading } from '../../shared/model/reading.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Outcome } from '../../shared/model/layer-state.ts';
import type { Topology } from '../../shared/topology.ts';
import type { LiveMessage, Trace } from '../../shared/trace.ts';

/** What asking cost, and what it may have changed. */
export interface Asked {
  readonly requests: number;
  /** Requests of ours at which a cache says that it fetched or validated: they may have refreshed its copy. */
  readonly refreshing: number;
  /** Requests to caches of which nothing tells whether they did. */
  readonly untold: number;
}

/** The messages of a trace in the order in which they came to be known. */
export function messagesOf(trace: Trace): LiveMessage[] {
  const timed: { readonly at: number; readonly message: LiveMessage }[] = [
    ...trace.observations.map((data) => ({ at: data.responseTime, message: { type: 'observation', data } as const })),
    ...trace.events.map((data) => ({ at: data.at.latest, message: { type: 'event', data } as const })),
    ...trace.receipts.map((data) => ({
      at: data.answeredAt ?? data.sentAt,
      message: { type: 'receipt', data } as const,
    })),
  ];
  return timed.sort((a, b) => a.at - b.at).map(({ message }) => message);
}

/** A reading that grows, with what is counted beside it. */
export class Fold {
  #reading: Reading;
  #asked: Asked = { requests: 0, refreshing: 0, untold: 0 };
  /** What had been asked when each event came to be known. */
  readonly #before: { readonly at: Instant; readonly asked: Asked }[] = [];
  #newest = 0;

  constructor(topology: Topology) {
    this.#reading = emptyReading(topology);
  }

  /** It stays as it is, whatever is folded afterwards. */
  get reading(): Reading {
    return this.#reading;
  }

  /** Seconds since the epoch of the newest thing heard; 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** What was asked from an event at `from` (else from the beginning) to the one at `until` (else so far). */
  askedBetween(from: Instant | undefined, until: Instant | undefined): Asked {
    const known = (at: Instant | undefined): Asked | undefined =>
      at === undefined ? undefined : this.#before.find((b) => b.at >= at - 0.002)?.asked;
    const nothing = { requests: 0, refreshing: 0, untold: 0 };
    const first = known(from) ?? nothing;
    const last = known(until) ?? this.#asked;
    return {
      requests: last.requests - first.requests,
      refreshing: last.refreshing - first.refreshing,
      untold: last.untold - first.untold,
    };
  }

  take(message: LiveMessage): void {
    this.#reading = advance(this.#reading, message);
    if (message.type === 'event') {
      this.#newest = Math.max(this.#newest, message.data.at.latest);
      this.#before.push({ at: message.data.at.latest, asked: this.#asked });
    }
    if (message.type !== 'observation') return;
    this.#newest = Math.max(this.#newest, message.data.responseTime);
    this.#count(this.#reading.tracks.get(keyOf(message.data))?.state.outcome);
  }

  #count(outcome: Outcome | undefined): void {
    const { requests, refreshing, untold } = this.#asked;
    this.#asked = {
      requests: requests + 1,
      refreshing: refreshing + (outcome === 'miss' || outcome === 'revalidated' ? 1 : 0),
      untold: untold + (outcome === 'unknown' ? 1 : 0),
    };
  }
}
