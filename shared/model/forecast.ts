// When will the change appear at each node? (MODEL: composition)
import type { Topology } from '../topology.ts';
import { layerOf, outermost } from '../topology.ts';
import { boundsAt, type Bounds } from './bounds.ts';
import { versionOf, type Change } from './change.ts';
import type { Draft } from './draft.ts';
import type { Instant } from './interval.ts';
import type { LayerState } from './layer-state.ts';
import type { Reason } from './reason.ts';
import { quantiles, sampleFlips } from './sampling.ts';
import { situationOf, type Situation } from './situation.ts';

/** `busy`: a request arrives at once; `quiet`: the next request may be far off. */
export type Traffic = 'busy' | 'quiet';

/** Who sees it: someone who asks this node afresh, someone whose browser holds a copy from it, or the layer outside it. */
export type Audience = 'new-visitor' | 'browser-copy' | 'next-layer';

export interface Term {
  readonly layer: string;
  readonly node?: string;
  readonly seconds: number;
  readonly because: Reason;
}

export interface Forecast {
  readonly audience: Audience;
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly variant: string;
  readonly madeAt: Instant;
  readonly traffic: Traffic;
  /** Hard bounds under the stated traffic; `latest` is absent when nothing bounds it. */
  readonly earliest: Instant;
  readonly latest?: Instant;
  readonly median?: Instant;
  readonly band90?: readonly [Instant, Instant];
  /** Already showing the change when the forecast was made. */
  readonly visible: boolean;
  readonly terms: readonly Term[];
}

export interface ForecastOptions {
  readonly traffic?: Traffic;
  /** How many situations are drawn for the median and the band. */
  readonly samples?: number;
}

/**
 * Forecasts for one target and variant: one for every node, and one for a browser's copy at every outermost node.
 * `states` are the states of that target and variant. Bounds hold for busy traffic as `assumptions` states it.
 */
export function forecastAll(
  topology: Topology,
  states: readonly LayerState[],
  change: Change,
  options: ForecastOptions,
  now: Instant,
): Forecast[] {
  const situation = situationOf(topology, states, change, options.traffic ?? 'busy', now);
  const flips =
    situation.traffic === 'busy' ? sampleFlips(situation, options.samples ?? 200) : new Map<string, Float64Array>();
  const outer = new Set(outermost(topology).map((l) => l.id));
  return states.flatMap((state) => {
    const layer = layerOf(topology, state.layer);
    if (layer === undefined) return [];
    const audience = outer.has(layer.id) ? 'new-visitor' : 'next-layer';
    const forecast = forecastFor(situation, state, audience, flips.get(state.node));
    const browser = outer.has(layer.id) ? browserCopy(forecast, state, change) : undefined;
    return browser === undefined ? [forecast] : [forecast, browser];
  });
}

/** The same over all new visitors: earliest and latest of the last one to see it. */
export function everywhere(
  forecasts: readonly Forecast[],
): Pick<Forecast, 'earliest' | 'latest' | 'median' | 'visible'> | undefined {
  const visitors = forecasts.filter((f) => f.audience === 'new-visitor');
  if (visitors.length === 0) return undefined;
  const latest = visitors.map((f) => f.latest);
  const median = visitors.map((f) => f.median);
  return {
    visible: visitors.every((f) => f.visible),
    earliest: Math.max(...visitors.map((f) => f.earliest)),
    ...(latest.every((l) => l !== undefined) ? { latest: Math.max(...latest) } : {}),
    ...(median.every((m) => m !== undefined) ? { median: Math.max(...median) } : {}),
  };
}

function forecastFor(situation: Situation, state: LayerState, audience: Audience, flips?: Float64Array): Forecast {
  const bounds: Bounds = boundsAt(situation, state.node);
  const { layer, node, target, variant } = state;
  const visible = versionOf(state, situation.change) === 'new';
  const tells = flips !== undefined && (bounds.latest !== undefined || situation.change.ready);
  const inside = (at: Instant) => Math.min(Math.max(at, bounds.earliest), bounds.latest ?? Infinity);
  const [low, median, high] = tells ? quantiles(flips, [0.05, 0.5, 0.95]).map((at) => at && inside(at)) : [];
  const forecast: Draft<Forecast> = {
    audience,
    layer,
    node,
    target,
    variant,
    madeAt: situation.now,
    traffic: situation.traffic,
    visible,
    earliest: Number.isFinite(bounds.earliest) ? bounds.earliest : state.observedAt.earliest,
    terms: bounds.terms,
  };
  if (bounds.latest !== undefined) forecast.latest = bounds.latest;
  if (median !== undefined && Number.isFinite(median)) forecast.median = median;
  if (low !== undefined && high !== undefined && Number.isFinite(high)) forecast.band90 = [low, high];
  return forecast;
}

/**
 * A browser that fetched the old page just before the node flipped may keep it for its own lifetime: max-age (never
 * s-maxage, RFC 9111 section 5.2.2.10) less the Age that the copy already had.
 */
function browserCopy(forecast: Forecast, state: LayerState, change: Change): Forecast | undefined {
  const lifetime = state.privateLifetime;
  if (lifetime === undefined || versionOf(state, change) !== 'old') return undefined;
  const { median: _median, band90: _band, latest, ...rest } = forecast;
  const byAge =
    state.age === undefined || state.generatedAt === undefined ? Infinity : state.generatedAt.latest + lifetime + 1;
  const until = latest === undefined ? undefined : Math.max(latest, Math.min(latest + lifetime, byAge));
  return {
    ...rest,
    audience: 'browser-copy',
    ...(until === undefined ? {} : { latest: until }),
    terms: [
      ...rest.terms,
      { layer: state.layer, seconds: lifetime, because: { code: 'browser-keeps', seconds: lifetime } },
    ],
  };
}
