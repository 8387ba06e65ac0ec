// What does every node show so far? Folds thousands of messages a second, each at the cost of the one place that it tells of.
import { advance, emptyReading, keyOf } from '../../shared/model/reading.ts';
import type { Reading } from '../../shared/model/reading.ts';
import type { Offsets } from '../../shared/model/offsets.ts';
import type { Track } from '../../shared/model/track.ts';
import type { Observation } from '../../shared/observation.ts';
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

export class Fold {
  readonly #tracks = new Map<string, Track>();
  readonly #offsets = new Map<string, Offsets>();
  /** Everything but the tracks. */
  #rest: Reading;
  #requests = 0;
  #refreshing = 0;
  #untold = 0;
  #newest = 0;

  constructor(topology: Topology) {
    this.#rest = emptyReading(topology);
  }

  /** Seconds since the epoch of the newest thing heard; 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  get asked(): Asked {
    return { requests: this.#requests, refreshing: this.#refreshing, untold: this.#untold };
  }

  take(message: LiveMessage): void {
    if (message.type === 'observation') return this.#observe(message.data);
    if (message.type === 'forecast') return;
    if (message.type === 'event') this.#newest = Math.max(this.#newest, message.data.at.latest);
    const before = { ...this.#rest, tracks: this.#tracks };
    const after = advance(before, message);
    if (after.tracks !== before.tracks) for (const [key, track] of after.tracks) this.#tracks.set(key, track);
    this.#rest = { ...after, tracks: new Map() };
  }

  /** A reading that stays as it is, whatever is folded afterwards. */
  reading(): Reading {
    return { ...this.#rest, tracks: new Map(this.#tracks) };
  }

  #observe(observation: Observation): void {
    const key = keyOf(observation);
    const known = this.#tracks.get(key);
    const place = advance(
      {
        ...this.#rest,
        tracks: known === undefined ? new Map() : new Map([[key, known]]),
        offsets: this.#offsets.get(observation.node) ?? new Map(),
        requests: new Map(),
      },
      { type: 'observation', data: observation },
    );
    const track = place.tracks.get(key);
    if (track === undefined) return; // of a layer that is not in the topology
    this.#tracks.set(key, track);
    this.#offsets.set(observation.node, place.offsets);
    this.#newest = Math.max(this.#newest, observation.responseTime);
    this.#count(track);
  }

  #count({ state: { outcome } }: Track): void {
    this.#requests += 1;
    if (outcome === 'miss' || outcome === 'revalidated') this.#refreshing += 1;
    if (outcome === 'unknown') this.#untold += 1;
  }
}
