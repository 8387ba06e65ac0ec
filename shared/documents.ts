// How are states, forecasts and traces told to users of the command line and the API? (JSON documents, `"strata": 1`)
import type { CacheStatus } from './http/cache-status.ts';
import { versionOf, type Change, type Version } from './model/change.ts';
import { everywhere, type Audience, type Forecast, type Traffic } from './model/forecast.ts';
import type { Instant, Interval } from './model/interval.ts';
import type { LayerState, Outcome } from './model/layer-state.ts';
import { sentence } from './model/reason.ts';
import type { FlipSummary } from './model/flips.ts';
import type { Observation, Timings } from './observation.ts';
import type { PurgeReceipt, TraceEvent } from './trace.ts';

/** ISO 8601 UTC with milliseconds. */
export type IsoInstant = string;

/** An inferred instant; an end that nothing bounds is absent. */
export interface IsoInterval {
  readonly earliest?: IsoInstant;
  readonly latest?: IsoInstant;
}

export interface LookNode {
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly variant: string;
  readonly url: string;
  readonly status?: number;
  readonly dialect?: string;
  readonly outcome: Outcome;
  readonly cacheStatus?: CacheStatus;
  readonly age?: number;
  readonly hits?: number;
  readonly lifetime?: number;
  readonly generatedAt?: IsoInterval;
  readonly storedAt?: IsoInterval;
  readonly freshUntil?: IsoInterval;
  readonly mayServeUntil?: IsoInterval;
  readonly marker?: string;
  readonly digest?: string;
  readonly version?: Version;
  readonly timings: Timings;
  /** Why it is read so, one sentence each. */
  readonly because: readonly string[];
  readonly problems: readonly string[];
}

export interface LookDocument {
  readonly strata: 1;
  readonly verb: 'look';
  readonly at: IsoInstant;
  readonly nodes: readonly LookNode[];
}

export interface WhenForecast {
  readonly audience: Audience;
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly variant: string;
  readonly visible: boolean;
  readonly earliest: IsoInstant;
  readonly median?: IsoInstant;
  readonly latest?: IsoInstant;
  readonly band90?: readonly [IsoInstant, IsoInstant];
  readonly traffic: Traffic;
  readonly terms: readonly { layer: string; node?: string; seconds: number; because: string }[];
}

export interface WhenDocument {
  readonly strata: 1;
  readonly verb: 'when';
  readonly at: IsoInstant;
  readonly expect?: string;
  readonly originReady: boolean;
  readonly forecasts: readonly WhenForecast[];
  readonly everywhere?: {
    readonly visible: boolean;
    readonly earliest: IsoInstant;
    readonly median?: IsoInstant;
    readonly latest?: IsoInstant;
  };
}

export interface TraceFlip {
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly variant: string;
  readonly flippedAt: IsoInterval;
  /** From the new content to the old. */
  readonly back: boolean;
}

export interface TraceDocument {
  readonly strata: 1;
  readonly verb: 'trace';
  readonly startedAt: IsoInstant;
  readonly endedAt: IsoInstant;
  readonly expect?: string;
  readonly events: readonly { type: TraceEvent['type']; at: IsoInterval; layer?: string; node?: string }[];
  readonly flips: readonly TraceFlip[];
  readonly percentiles: { readonly p50?: Seconds; readonly p90?: Seconds; readonly p99?: Seconds };
  readonly notSeen: readonly { layer: string; node: string; target: string; variant: string; withinSeconds: number }[];
  readonly causes: readonly { id: string; layer: string; node: string; summary: string }[];
  readonly requests: number;
}

/** Seconds since the start event. */
export interface Seconds {
  readonly earliest: number;
  readonly latest: number;
}

export interface PurgeDocument {
  readonly strata: 1;
  readonly verb: 'purge';
  readonly dryRun: boolean;
  readonly plan: readonly {
    layer: string;
    node: string;
    target: string;
    variant: string;
    method: string;
    url: string;
  }[];
  readonly receipts: readonly PurgeReceiptDocument[];
}

export type PurgeReceiptDocument = Omit<PurgeReceipt, 'sentAt' | 'answeredAt'> & {
  readonly sentAt: IsoInstant;
  readonly answeredAt?: IsoInstant;
};

export const iso = (at: Instant): IsoInstant => new Date(at * 1000).toISOString();

export function isoInterval(i: Interval): IsoInterval {
  return {
    ...(Number.isFinite(i.earliest) ? { earliest: iso(i.earliest) } : {}),
    ...(Number.isFinite(i.latest) ? { latest: iso(i.latest) } : {}),
  };
}

/** What every node holds now. `changes` gives the change of each target and variant, `observations` the last exchange by id. */
export function lookDocument(
  states: readonly LayerState[],
  observations: ReadonlyMap<number, Observation>,
  changeFor: (target: string, variant: string) => Change,
  now: Instant,
): LookDocument {
  const nodes = states.flatMap((state) => {
    const observation = observations.get(state.observation);
    return observation === undefined ? [] : [lookNode(state, observation, changeFor(state.target, state.variant))];
  });
  return { strata: 1, verb: 'look', at: iso(now), nodes };
}

function lookNode(state: LayerState, observation: Observation, change: Change): LookNode {
  const version = versionOf(state, change);
  const { layer, node, target, variant, outcome } = state;
  return {
    layer,
    node,
    target,
    variant,
    url: observation.request.url,
    outcome,
    ...picked(state, ['status', 'dialect', 'cacheStatus', 'age', 'hits', 'lifetime', 'marker', 'digest']),
    ...clocks(state),
    ...(version === undefined ? {} : { version }),
    timings: observation.timings,
    because: state.because.map(sentence),
    problems: problemsOf(state, observation),
  };
}

function clocks(state: LayerState) {
  return {
    ...(state.generatedAt === undefined ? {} : { generatedAt: isoInterval(state.generatedAt) }),
    ...(state.storedAt === undefined ? {} : { storedAt: isoInterval(state.storedAt) }),
    ...(state.freshUntil === undefined ? {} : { freshUntil: isoInterval(state.freshUntil) }),
    ...(state.mayServeUntil === undefined ? {} : { mayServeUntil: isoInterval(state.mayServeUntil) }),
  };
}

function picked<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.flatMap((k) => (from[k] === undefined ? [] : [[k, from[k]]]))) as Pick<T, K>;
}

function problemsOf(state: LayerState, observation: Observation): string[] {
  const own = state.because.filter((r) => r.code === 'failed' || r.code === 'old-again-after-purge').map(sentence);
  return [...own, ...(observation.result.kind === 'answer' ? (observation.result.problems ?? []) : [])];
}

/** When the change appears, for one or more targets and variants. */
export function whenDocument(forecasts: readonly Forecast[], change: Change, now: Instant): WhenDocument {
  const all = everywhere(forecasts);
  return {
    strata: 1,
    verb: 'when',
    at: iso(now),
    ...(change.expect === undefined ? {} : { expect: change.expect }),
    originReady: change.ready,
    forecasts: forecasts.map(whenForecast),
    ...(all === undefined
      ? {}
      : {
          everywhere: {
            visible: all.visible,
            earliest: iso(all.earliest),
            ...(all.median === undefined ? {} : { median: iso(all.median) }),
            ...(all.latest === undefined ? {} : { latest: iso(all.latest) }),
          },
        }),
  };
}

function whenForecast(forecast: Forecast): WhenForecast {
  const { audience, layer, node, target, variant, visible, traffic, band90 } = forecast;
  return {
    audience,
    layer,
    node,
    target,
    variant,
    visible,
    earliest: iso(forecast.earliest),
    ...(forecast.median === undefined ? {} : { median: iso(forecast.median) }),
    ...(forecast.latest === undefined ? {} : { latest: iso(forecast.latest) }),
    ...(band90 === undefined ? {} : { band90: [iso(band90[0]), iso(band90[1])] as const }),
    traffic,
    terms: forecast.terms.map((t) => ({ ...t, because: sentence(t.because) })),
  };
}

export interface TraceFacts {
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly expect?: string;
  readonly events: readonly TraceEvent[];
  readonly flips: FlipSummary;
  readonly requests: number;
}

/** How a change or a purge propagated, node by node. */
export function traceDocument(facts: TraceFacts): TraceDocument {
  const { flips } = facts;
  return {
    strata: 1,
    verb: 'trace',
    startedAt: iso(facts.startedAt),
    endedAt: iso(facts.endedAt),
    ...(facts.expect === undefined ? {} : { expect: facts.expect }),
    events: facts.events.map(eventDocument),
    flips: flips.flips.map((f) => ({ ...f, flippedAt: isoInterval(f.flippedAt) })),
    percentiles: flips.percentiles,
    notSeen: flips.notSeen,
    causes: flips.causes.map(({ because, ...place }) => ({ ...place, summary: sentence(because) })),
    requests: facts.requests,
  };
}

export function eventDocument(event: TraceEvent): TraceDocument['events'][number] {
  const place =
    event.type === 'purge-sent' || event.type === 'purge-accepted' ? { layer: event.layer, node: event.node } : {};
  return { type: event.type, at: isoInterval(event.at), ...place };
}

export function receiptDocument({ sentAt, answeredAt, ...receipt }: PurgeReceipt): PurgeReceiptDocument {
  return { ...receipt, sentAt: iso(sentAt), ...(answeredAt === undefined ? {} : { answeredAt: iso(answeredAt) }) };
}
