// What does Prometheus learn? How long changes and purges took to arrive, what is old now, how good forecasts are.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Observation } from '../../shared/observation.ts';
import { versionOf, type Change } from '../../shared/model/change.ts';
import type { Segment } from '../../shared/model/copy.ts';
import { reaches } from '../../shared/model/purge/effect.ts';
import { changeIn, keyOf, type Reading } from '../../shared/model/reading.ts';
import type { Topology } from '../../shared/topology.ts';
import type { LiveMessage, PurgeReceipt, RecordedForecast, TraceEvent } from '../../shared/trace.ts';
import { labelsFor, type Labels } from './metric-labels.ts';

/** Seconds; a flip is counted by the upper end of its interval. */
const ARRIVALS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14_400, 86_400];
/** Seconds. */
const ERRORS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600];

/** Of so many purges it is known that they were counted. */
const REMEMBERED = 10_000;

const EVENTS: readonly TraceEvent['type'][] = ['deploy', 'origin-ready', 'purge-sent', 'purge-accepted'];
const OUTCOMES: readonly PurgeReceipt['outcome'][] = ['unknown', 'accepted', 'was-not-there', 'refused', 'failed'];

/** Counts what is told to `take`, and what it is asked to read at the moment of a scrape. */
export class Metrics {
  readonly registry = new Registry();
  private readonly labels: Labels;
  private readonly isOrigin: ReadonlySet<string>;
  /** What each place showed last. */
  private readonly shown = new Map<string, string | undefined>();
  /** The change that was counted last at each place: going back and forth counts once. */
  private readonly arrived = new Map<string, string>();
  /** The purges that were counted last: what a vendor says of one later counts no second time. */
  private readonly purged = new Set<number>();
  private readonly counted: ReturnType<typeof countersIn>;

  constructor(topology: Topology, reading: () => Reading, writable: () => boolean, version: string) {
    this.labels = labelsFor(topology);
    this.isOrigin = new Set(topology.layers.filter((l) => l.role === 'origin').map((l) => l.id));
    this.counted = countersIn(this.registry);
    this.beginAtZero(topology);
    this.addGauges(reading, writable);
    const build = { name: 'strata_build_info', help: 'Always 1; the version that answers.' };
    const info = new Gauge({ ...build, labelNames: ['version'], registers: [this.registry] });
    info.set({ version }, 1);
  }

  /** Takes one more message into account; `reading` is the one after it. */
  take(message: LiveMessage, reading: Reading): void {
    switch (message.type) {
      case 'observation':
        return this.takeObservation(message.data, reading);
      case 'receipt':
        return this.takeReceipt(message.data);
      case 'forecast':
        return this.takeForecast(message.data);
      case 'event':
        return this.counted.events.inc({ type: message.data.type });
    }
  }

  /** A series that begins with its first event hides it from increase(); these begin with 0. */
  private beginAtZero({ layers }: Topology): void {
    const { arrivals, errors, naiveErrors, bounds, bands, requests, purges, purgesSent, events } = this.counted;
    for (const type of EVENTS) events.inc({ type }, 0);
    for (const id of new Set(layers.map((l) => this.labels.layer(l.id)))) {
      for (const result of ['answer', 'failure']) requests.inc({ layer: id, result }, 0);
      if (this.isOrigin.has(id)) continue;
      for (const since of ['deploy', 'origin', 'purge']) arrivals.zero({ layer: id, since });
      for (const histogram of [errors, naiveErrors]) histogram.zero({ layer: id });
      for (const held of ['true', 'false']) for (const graded of [bounds, bands]) graded.inc({ layer: id, held }, 0);
      for (const outcome of OUTCOMES) purges.inc({ layer: id, outcome }, 0);
      purgesSent.inc({ layer: id }, 0);
    }
  }

  private takeObservation(observation: Observation, reading: Reading): void {
    const { layer, result } = observation;
    this.counted.requests.inc({ layer: this.labels.layer(layer), result: result.kind });
    const key = keyOf(observation);
    const track = reading.tracks.get(key);
    const held = track?.history.at(-1);
    if (track === undefined || held === undefined || this.isOrigin.has(layer)) return;
    const before = this.shown.get(key);
    this.shown.set(key, held.content);
    if (before === undefined || before === held.content || held.content === undefined) return;
    const change = changeIn(reading, observation.target, observation.variant);
    if (versionOf(held, change) !== 'new' || this.arrived.get(key) === held.content) return;
    this.arrived.set(key, held.content);
    this.countArrival(observation, held, startOf(change, track.history), reading.receipts);
  }

  private countArrival(place: Observation, held: Segment, start: Start, receipts: readonly PurgeReceipt[]): void {
    const layer = this.labels.layer(place.layer);
    const by = held.from.latest;
    this.counted.arrivals.observe({ layer, since: start.since }, Math.max(0, by - start.at));
    const sent = receipts.findLast((r) => r.outcome === 'accepted' && r.sentAt >= start.at && reaches(r, place));
    if (sent !== undefined) this.counted.arrivals.observe({ layer, since: 'purge' }, Math.max(0, by - sent.sentAt));
  }

  /** A receipt is told before it is sent, when it is answered, and when its vendor says more. */
  private takeReceipt({ id, layer, outcome, answeredAt }: PurgeReceipt): void {
    if (outcome === 'unknown' && answeredAt === undefined) {
      return this.counted.purgesSent.inc({ layer: this.labels.layer(layer) });
    }
    if (this.purged.has(id)) return;
    this.purged.add(id);
    if (this.purged.size > REMEMBERED) this.purged.delete(this.purged.values().next().value!);
    this.counted.purges.inc({ layer: this.labels.layer(layer), outcome });
  }

  private takeForecast({ forecast, score }: RecordedForecast): void {
    if (score === undefined) return;
    const layer = this.labels.layer(forecast.layer);
    this.counted.errors.observe({ layer }, score.absoluteError);
    if (score.naiveError !== undefined) this.counted.naiveErrors.observe({ layer }, score.naiveError);
    this.counted.bounds.inc({ layer, held: String(score.boundsHeld) });
    this.counted.bands.inc({ layer, held: String(score.bandHeld) });
  }

  private addGauges(reading: () => Reading, writable: () => boolean): void {
    const { labels } = this;
    const registers = [this.registry];
    const collected = (name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => void) =>
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset();
          collect(this);
        },
      });
    collected(
      'strata_places',
      'Places (node, target and variant) by what they show: new, old, other, or unknown before the first answer.',
      ['layer', 'target', 'shows'],
      (gauge) => {
        for (const { layer, target, shows } of shownNow(reading())) {
          gauge.inc({ layer: labels.layer(layer), target: labels.target(target), shows });
        }
      },
    );
    collected('strata_node_old_places', 'Places of a node that show an old version.', ['layer', 'node'], (gauge) => {
      for (const { layer, node, shows } of shownNow(reading())) {
        if (labels.hasNode(node)) gauge.inc({ layer: labels.layer(layer), node }, shows === 'old' ? 1 : 0);
      }
    });
    collected('strata_node_up', 'Whether the last exchange with a node was answered.', ['layer', 'node'], (gauge) => {
      for (const [[layer, node], up] of answering(reading())) {
        if (labels.hasNode(node)) gauge.set({ layer: labels.layer(layer), node }, up ? 1 : 0);
      }
    });
    collected('strata_nodes_without_series', 'Nodes beyond those that have series of their own.', [], (gauge) =>
      gauge.set(labels.nodesLeftOut),
    );
    collected('strata_store_writable', '0 while the disk is full: then nothing is recorded.', [], (gauge) =>
      gauge.set(writable() ? 1 : 0),
    );
    collected('process_resident_memory_bytes', 'Resident memory in bytes.', [], (gauge) =>
      gauge.set(process.memoryUsage.rss()),
    );
    collected('process_start_time_seconds', 'When the process started, since the epoch.', [], (gauge) =>
      gauge.set(Math.round(Date.now() / 1000 - process.uptime())),
    );
  }
}

function countersIn(registry: Registry) {
  const registers = [registry];
  return {
    arrivals: new Histogram({
      name: 'strata_propagation_seconds',
      help: 'From the deploy that was announced, or from when every origin served the change, or from the last purge, until a place showed it; upper ends.',
      labelNames: ['layer', 'since'],
      buckets: ARRIVALS,
      registers,
    }),
    errors: new Histogram({
      name: 'strata_forecast_error_seconds',
      help: 'Between the median of a forecast and the flip that was seen.',
      labelNames: ['layer'],
      buckets: ERRORS,
      registers,
    }),
    naiveErrors: new Histogram({
      name: 'strata_forecast_naive_error_seconds',
      help: 'The same for the guess that a copy goes when its lifetime is over.',
      labelNames: ['layer'],
      buckets: ERRORS,
      registers,
    }),
    bounds: new Counter({
      name: 'strata_forecast_bounds_total',
      help: 'Graded forecasts by whether the flip lay within their hard bounds.',
      labelNames: ['layer', 'held'],
      registers,
    }),
    bands: new Counter({
      name: 'strata_forecast_bands_total',
      help: 'Graded forecasts by whether the flip lay within their 90 % band.',
      labelNames: ['layer', 'held'],
      registers,
    }),
    requests: new Counter({
      name: 'strata_requests_total',
      help: 'Requests sent to nodes, by whether they were answered (answer, failure).',
      labelNames: ['layer', 'result'],
      registers,
    }),
    purgesSent: new Counter({
      name: 'strata_purges_sent_total',
      help: 'Purge requests that were written down to be sent.',
      labelNames: ['layer'],
      registers,
    }),
    purges: new Counter({
      name: 'strata_purges_total',
      help: 'Purge requests by what became of them; accepted is not done.',
      labelNames: ['layer', 'outcome'],
      registers,
    }),
    events: new Counter({
      name: 'strata_events_total',
      help: 'Deploys announced, origins ready, purges sent and accepted.',
      labelNames: ['type'],
      registers,
    }),
  };
}

interface Start {
  readonly at: number;
  readonly since: 'deploy' | 'origin';
}

/**
 * When the change began. A deploy that was announced before this place turned to what it showed before belongs to that
 * earlier change. A place that shows it before the last origin does took no time at all.
 */
function startOf({ deployedAt, readyAt }: Change, history: readonly Segment[]): Start {
  const former = history.at(-2);
  const first = history.findLastIndex((s, i) => i < history.length - 1 && s.content !== former?.content) + 1;
  const turned = history[first]?.from.earliest ?? -Infinity;
  if (deployedAt !== undefined && deployedAt.latest >= turned) return { at: deployedAt.earliest, since: 'deploy' };
  const latest = history.at(-1)?.from.latest ?? 0;
  const ready = readyAt === undefined ? latest : Number.isFinite(readyAt.earliest) ? readyAt.earliest : readyAt.latest;
  return { at: ready, since: 'origin' };
}

interface Shown {
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly shows: 'new' | 'old' | 'other' | 'unknown';
}

function shownNow(reading: Reading): Shown[] {
  const changes = new Map<string, Change>();
  return [...reading.tracks.values()].map(({ state: { layer, node, target, variant }, history }) => {
    const page = `${target}/${variant}`;
    const change = changes.get(page) ?? changeIn(reading, target, variant);
    changes.set(page, change);
    const held = history.at(-1);
    return { layer, node, target, shows: (held && versionOf(held, change)) ?? 'unknown' };
  });
}

/** By layer and node: whether any of its places was answered last. */
function answering(reading: Reading): [[string, string], boolean][] {
  const up = new Map<string, [[string, string], boolean]>();
  for (const { state } of reading.tracks.values()) {
    const before = up.get(state.node)?.[1] ?? false;
    up.set(state.node, [[state.layer, state.node], before || state.outcome !== 'failed']);
  }
  return [...up.values()];
}
