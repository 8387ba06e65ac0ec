// When will the change appear at each node? (MODEL: composition)
import type { Topology } from '../topology.ts';
import { layerOf, outermost } from '../topology.ts';
import { boundsAt, type Bounds } from './bounds.ts';
import { versionOf, type Change } from './change.ts';
import type { Draft } from './draft.ts';
import type { Audience, Forecast, Traffic } from './forecast.ts';
import type { Instant } from './interval.ts';
import type { LayerState } from './layer-state.ts';
import { quantiles, sampleFlips } from './sampling.ts';
import { situationOf, type Situation } from './situation.ts';

export interface ForecastOptions {
  readonly traffic?: Traffic;
  /** How many situations are drawn for the median and the band. */
  readonly samples?: number;
}

/**
 * Forecasts for one target and variant: one for every node, and one for a browser's copy at every outermost node.
 * `states` are the states of that target and variant. Bounds hold for busy traffic as `busy` in situation.ts states it.
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
    earliest: Number.isFinite(bounds.earliest)
      ? bounds.earliest
      : Math.min(state.observedAt.earliest, bounds.latest ?? Infinity),
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
  const { age, generatedAt } = state;
  // A later old copy would be younger than this one, and so last longer in a browser.
  const another = rest.terms.some((t) => t.node === state.node && t.because.code === 'refills-with-old');
  const byAge =
    another || age === undefined || generatedAt === undefined ? Infinity : generatedAt.latest + lifetime + 1;
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
