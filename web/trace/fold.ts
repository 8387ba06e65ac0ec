// What does every node show so far, and what did asking cost?
import { observerEffect } from '../../shared/model/observer.ts';
import type { ObserverEffect } from '../../shared/model/observer.ts';
import { advance, emptyReading } from '../../shared/model/reading.ts';
import type { Reading } from '../../shared/model/reading.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Topology } from '../../shared/topology.ts';
import type { LiveMessage, Trace } from '../../shared/trace.ts';

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

/** What had been counted of every node. */
type Counted = Pick<Reading, 'requests' | 'touched'>;

/** A reading that grows, and what asking had cost when each change began. */
export class Fold {
  #reading: Reading;
  readonly #counted: { readonly at: Instant; readonly counted: Counted }[] = [];
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

  /** What asking cost from an event at `from` (else from the beginning) to the one at `until` (else so far). */
  askedBetween(from: Instant | undefined, until: Instant | undefined): ObserverEffect {
    const by = (at: Instant | undefined): Reading | undefined => {
      const found = at === undefined ? undefined : this.#counted.find((c) => c.at >= at - 0.002);
      return found === undefined ? undefined : { ...this.#reading, ...found.counted };
    };
    return observerEffect(by(until) ?? this.#reading, by(from));
  }

  take(message: LiveMessage): void {
    if (message.type === 'event') this.#remember(message.data.at.latest);
    this.#reading = advance(this.#reading, message);
    if (message.type === 'observation') this.#newest = Math.max(this.#newest, message.data.responseTime);
  }

  #remember(at: Instant): void {
    this.#newest = Math.max(this.#newest, at);
    // of a thousand purges the first of each second is enough
    if (at - (this.#counted.at(-1)?.at ?? -Infinity) < 1 && this.#counted.length > 100) return;
    const { requests, touched } = this.#reading;
    this.#counted.push({ at, counted: { requests, touched } });
  }
}
