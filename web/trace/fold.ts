// What does every node show so far, and what did asking cost?
import { advance, emptyReading, keyOf } from '../../shared/model/reading.ts';
import type { Reading } from '../../shared/model/reading.ts';
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
  #requests = 0;
  #refreshing = 0;
  #untold = 0;
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

  get asked(): Asked {
    return { requests: this.#requests, refreshing: this.#refreshing, untold: this.#untold };
  }

  take(message: LiveMessage): void {
    this.#reading = advance(this.#reading, message);
    if (message.type === 'event') this.#newest = Math.max(this.#newest, message.data.at.latest);
    if (message.type !== 'observation') return;
    this.#newest = Math.max(this.#newest, message.data.responseTime);
    this.#count(this.#reading.tracks.get(keyOf(message.data))?.state.outcome);
  }

  #count(outcome: Outcome | undefined): void {
    this.#requests += 1;
    if (outcome === 'miss' || outcome === 'revalidated') this.#refreshing += 1;
    if (outcome === 'unknown') this.#untold += 1;
  }
}
