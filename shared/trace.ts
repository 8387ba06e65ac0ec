// What is one recorded session? The one form that live probing, the lab, a simulation and a dropped file all produce.
import type { TraceDocument } from './api.ts';
import type { Observation } from './observation.ts';
import type { Forecast } from './model/forecast.ts';
import type { Instant, Interval } from './model/interval.ts';
import type { PurgeEffect } from './model/purge/effect.ts';
import type { Topology } from './topology.ts';

/** Instants in a trace file are seconds since the epoch, not text: microseconds must survive. */
export interface Trace {
  readonly strata: 1;
  readonly kind: 'trace';
  readonly id: string;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  /** Set when the process that recorded it died: the last certain instant. */
  readonly interruptedAt?: Instant;
  /** What was asked for. Absent: a service recorded it, which watches everything until it is stopped. */
  readonly run?: Run;
  readonly topology: Topology;
  readonly observations: readonly Observation[];
  readonly events: readonly TraceEvent[];
  readonly receipts: readonly PurgeReceipt[];
  readonly forecasts: readonly RecordedForecast[];
  /** How many observations were left out so that the file can be opened; each showed what its neighbours show. */
  readonly omitted?: number;
  /** What was said at the end, by the dialects of that day. Absent where it never came to its end. */
  readonly summary?: TraceDocument;
}

/** One command that recorded, and what it was asked for. */
export interface Run {
  readonly kind: 'trace' | 'purge' | 'wait';
  /** The content that was waited for. */
  readonly expect?: string;
  // only these, where told
  readonly layer?: string;
  readonly node?: string;
  readonly target?: string;
  readonly variant?: string;
  /** The instant from which arrivals are counted, where that is another than the start of the recording. */
  readonly since?: Instant;
}

export type TraceEvent =
  | { readonly id: number; readonly type: 'deploy'; readonly at: Interval; readonly marker?: string }
  | { readonly id: number; readonly type: 'origin-ready'; readonly at: Interval; readonly marker?: string }
  | {
      readonly id: number;
      readonly type: 'purge-sent' | 'purge-accepted';
      readonly at: Interval;
      readonly layer: string;
      /** Absent where one request was for the whole layer. */
      readonly node?: string;
    };

/** What one purge request was answered. `unknown` is written before sending and stays where no answer was recorded. */
export interface PurgeReceipt {
  readonly id: number;
  readonly layer: string;
  /** Absent where one request was for all nodes of the layer. */
  readonly node?: string;
  /** With `variant`, the one page that it named; absent where it named several, or none. */
  readonly target?: string;
  readonly variant?: string;
  /** The pages that it named, where these are several. */
  readonly pages?: readonly { readonly target: string; readonly variant: string }[];
  /** Absent in traces of before there was more than one: this URL, hard, this variant. */
  readonly effect?: PurgeEffect;
  /** Purged once more, after the inner layers had time. */
  readonly rebound?: true;
  readonly method: string;
  readonly url: string;
  readonly outcome: 'unknown' | 'accepted' | 'was-not-there' | 'refused' | 'failed';
  readonly sentAt: Instant;
  readonly answeredAt?: Instant;
  readonly status?: number;
  /** What the vendor calls this purge. */
  readonly vendorId?: string;
  /** Seconds that it asks to be left alone. */
  readonly retryAfter?: number;
  /** When the vendor first said that it is done everywhere: a claim, not an observation. */
  readonly claimedDoneAt?: Instant;
  /** One sentence for a person. */
  readonly summary: string;
}

/** A forecast as it was stored when made, and its grade once the flip was seen. */
export interface RecordedForecast {
  readonly id: number;
  readonly forecast: Forecast;
  readonly score?: Score;
}

export interface Score {
  readonly flippedAt: Interval;
  readonly boundsHeld: boolean;
  readonly bandHeld: boolean;
  /** Seconds between the median and the middle of the flip's interval. */
  readonly absoluteError: number;
  /** The same for the naive guess: time left on the outermost copy (lifetime minus Age) when the forecast was made. */
  readonly naiveError?: number;
}

/** What the service sends as it happens (server-sent events; the event's name is `type`). */
export type LiveMessage =
  | { readonly type: 'observation'; readonly data: Observation }
  | { readonly type: 'event'; readonly data: TraceEvent }
  | { readonly type: 'receipt'; readonly data: PurgeReceipt }
  | { readonly type: 'forecast'; readonly data: RecordedForecast };
