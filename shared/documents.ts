// How are states, forecasts and traces told to users of the command line and the API? (JSON documents, `"strata": 1`)
import type { LookDocument, PurgeDocument, TraceDocument, WhenDocument } from './api.ts';
import type { Finding } from './causes/finding.ts';
import { refilledWithOld, versionOf, type Change } from './model/change.ts';
import { everywhere, type Forecast } from './model/forecast.ts';
import type { Instant, Interval } from './model/interval.ts';
import type { LayerState } from './model/layer-state.ts';
import type { ObserverEffect } from './model/observer.ts';
import type { Percentile, Percentiles } from './model/percentiles.ts';
import { sentence } from './model/reason.ts';
import type { Propagated } from './propagation.ts';
import type { Observation, Timings } from './observation.ts';
import type { PurgeReceipt, TraceEvent } from './trace.ts';

export type LookNode = LookDocument['nodes'][number];
export type WhenForecast = WhenDocument['forecasts'][number];
export type IsoInterval = NonNullable<LookNode['storedAt']>;

/** ISO 8601 UTC with milliseconds. */
export const iso = (at: Instant): string => new Date(at * 1000).toISOString();

/** An end that nothing bounds is absent. */
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
    timings: microseconds(observation.timings),
    because: state.because.map(sentence),
    problems: problemsOf(state, observation, change),
  };
}

/** Below a microsecond the monotonic clock tells nothing. */
function microseconds(timings: Timings): Timings {
  const entries = Object.entries(timings).map(([phase, seconds]) => [phase, Math.round(seconds * 1e6) / 1e6]);
  return { total: timings.total, ...Object.fromEntries(entries) };
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

function problemsOf(state: LayerState, observation: Observation, change: Change): string[] {
  const failed = state.because.filter((r) => r.code === 'failed' || r.code === 'turned-away').map(sentence);
  const afterPurge = state.because.some((r) => r.code === 'refilled-after-purge');
  const race = afterPurge && refilledWithOld(state, change);
  const own = race ? [...failed, sentence({ code: 'old-again-after-purge' })] : failed;
  return [...own, ...(observation.result.kind === 'answer' ? (observation.result.problems ?? []) : [])];
}

/** What one target and variant is going through, and the forecasts made for it. */
export interface Forecasted {
  readonly target: string;
  readonly variant: string;
  readonly change: Change;
  readonly forecasts: readonly Forecast[];
}

/** When the change appears, for one or more targets and variants. */
export function whenDocument(all: readonly Forecasted[], now: Instant): WhenDocument {
  const forecasts = all.flatMap((f) => f.forecasts);
  const last = everywhere(forecasts);
  return {
    strata: 1,
    verb: 'when',
    at: iso(now),
    changes: all.map(({ target, variant, change }) => ({
      target,
      variant,
      originReady: change.ready,
      ...(change.expect === undefined ? {} : { expect: change.expect }),
    })),
    forecasts: forecasts.map(whenForecast),
    ...(last === undefined
      ? {}
      : {
          everywhere: {
            visible: last.visible,
            earliest: iso(last.earliest),
            ...(last.median === undefined ? {} : { median: iso(last.median) }),
            ...(last.latest === undefined ? {} : { latest: iso(last.latest) }),
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
    ...(band90 === undefined ? {} : { band90: [iso(band90[0]), iso(band90[1])] as [string, string] }),
    traffic,
    terms: forecast.terms.map((t) => ({ ...t, because: sentence(t.because), code: t.because.code })),
  };
}

export interface TraceFacts {
  /** What everything is counted from. */
  readonly startedAt: Instant;
  readonly startedBy?: 'deploy' | 'purge' | 'now';
  readonly endedAt: Instant;
  readonly ended?: 'visible' | 'budget' | 'interrupted';
  /** The purges that were sent while it ran. */
  readonly receipts?: readonly PurgeReceipt[];
  /** Why a purge was not carried out to its end. */
  readonly stopped?: string;
  readonly expect?: string;
  readonly events: readonly TraceEvent[];
  readonly flips: Propagated;
  readonly asked: ObserverEffect;
}

/** How a change or a purge propagated, node by node. */
export function traceDocument(facts: TraceFacts): TraceDocument {
  const { flips } = facts;
  return {
    strata: 1,
    verb: 'trace',
    startedAt: iso(facts.startedAt),
    ...picked(facts, ['startedBy', 'ended', 'stopped']),
    endedAt: iso(facts.endedAt),
    ...(facts.receipts === undefined ? {} : { receipts: facts.receipts.map(receiptDocument) }),
    ...(facts.expect === undefined ? {} : { expect: facts.expect }),
    events: facts.events.map(eventDocument),
    flips: flips.flips.map((f) => ({ ...f, flippedAt: isoInterval(f.flippedAt) })),
    percentiles: percentilesDocument(flips.percentiles),
    layers: flips.layers.map((l) => ({ ...l, percentiles: percentilesDocument(l.percentiles) })),
    wavered: flips.wavered.map(({ settledAt, ...place }) => ({
      ...place,
      ...(settledAt === undefined ? {} : { settledAt: isoInterval(settledAt) }),
    })),
    notSeen: flips.notSeen.map(({ problems, ...n }) => ({ ...n, ...(problems && { problems: [...problems] }) })),
    causes: flips.causes.map(causeDocument),
    requests: facts.asked.requests,
    observer: observerDocument(facts.asked),
  };
}

const observerDocument = ({ refreshing, stale, untold, nodes }: ObserverEffect) => ({
  refreshing,
  stale,
  untold,
  nodes: [...nodes],
});

/** What holds the change up, as documents tell it. */
export function causeDocument({
  for: speaksFor,
  against,
  clears,
  ...finding
}: Finding): TraceDocument['causes'][number] {
  return {
    ...finding,
    evidence: { for: [...speaksFor], against: [...against] },
    ...(clears === undefined ? {} : { clears: isoInterval(clears) }),
  };
}

function percentilesDocument(all: Percentiles): TraceDocument['percentiles'] {
  const told = Object.entries(all).map(([name, { band90, ...percentile }]: [string, Percentile]) => [
    name,
    { ...percentile, ...(band90 === undefined ? {} : { band90: [...band90] }) },
  ]);
  return Object.fromEntries(told) as TraceDocument['percentiles'];
}

/** One event, as documents tell it. */
export function eventDocument(event: TraceEvent): TraceDocument['events'][number] {
  const { type, at } = event;
  const place = type === 'purge-sent' || type === 'purge-accepted' ? picked(event, ['layer', 'node']) : {};
  const marker = 'marker' in event && event.marker !== undefined ? { marker: event.marker } : {};
  return { type, at: isoInterval(at), ...place, ...marker };
}

/** One purge's answer, as documents tell it. */
export function receiptDocument(receipt: PurgeReceipt): PurgeDocument['receipts'][number] {
  const { sentAt, answeredAt, claimedDoneAt, retryAfter, effect, pages } = receipt;
  return {
    ...picked(receipt, ['layer', 'node', 'target', 'variant', 'method', 'url', 'rebound', 'outcome', 'status']),
    ...picked(receipt, ['vendorId', 'summary']),
    ...(pages === undefined ? {} : { pages: [...pages] }),
    ...(effect === undefined ? {} : { scope: effect.scope, soft: effect.soft }),
    sentAt: iso(sentAt),
    ...(answeredAt === undefined ? {} : { answeredAt: iso(answeredAt) }),
    ...(retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }),
    ...(claimedDoneAt === undefined ? {} : { claimedDoneAt: iso(claimedDoneAt) }),
  };
}
