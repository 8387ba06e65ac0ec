// What does a trace say so far? Folds its messages, one by one, into what every node holds.
import type { Observation } from '../observation.ts';
import type { Topology } from '../topology.ts';
import { layerOf, origins } from '../topology.ts';
import type { LiveMessage, PurgeReceipt, RecordedForecast, Trace, TraceEvent } from '../trace.ts';
import { changeOf, type Change } from './change.ts';
import { statesWithHearsay } from './hearsay.ts';
import { interval } from './interval.ts';
import type { LayerState } from './layer-state.ts';
import { withNewest } from './newest.ts';
import { withOffset, type Offsets } from './offsets.ts';
import { withTouch, type Touched } from './observer.ts';
import { reaches } from './purge/effect.ts';
import { withEntry } from './table.ts';
import { observe, offsetSeen, purge, softPurge, type Track } from './track.ts';

export interface Reading {
  readonly topology: Topology;
  /** By `keyOf`. */
  readonly tracks: ReadonlyMap<string, Track>;
  /** Each node's clock minus ours, where its Date has told. */
  readonly offsets: Offsets;
  /** Bounded, like receipts and forecasts, as `withNewest` says: besides the newest each deploy stays, and the last purge of a node. */
  readonly events: readonly TraceEvent[];
  /** The newest, and the last of each node and page. */
  readonly receipts: readonly PurgeReceipt[];
  /** The newest, and the last of each place and audience. */
  readonly forecasts: readonly RecordedForecast[];
  /** Exchanges seen, by node. */
  readonly requests: ReadonlyMap<string, number>;
  /** Those of them that may have changed what a cache holds, by node. */
  readonly touched: ReadonlyMap<string, Touched>;
}

interface Place {
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly variant: string;
}

/** The name of one node's track for one target and variant. */
export const keyOf = (p: Place): string => `${p.layer}/${p.node}/${p.target}/${p.variant}`;

export function emptyReading(topology: Topology): Reading {
  return {
    topology,
    tracks: new Map(),
    offsets: new Map(),
    events: [],
    receipts: [],
    forecasts: [],
    requests: new Map(),
    touched: new Map(),
  };
}

/** Everything that a recorded trace says. */
export const readTrace = (trace: Trace): Reading => messagesOf(trace).reduce(advance, emptyReading(trace.topology));

/** What was recorded, in the order of its instants. */
export function messagesOf(trace: Trace): LiveMessage[] {
  const messages: { at: number; message: LiveMessage }[] = [
    ...trace.observations.map((data) => ({ at: data.responseTime, message: { type: 'observation', data } as const })),
    ...trace.events.map((data) => ({ at: data.at.latest, message: { type: 'event', data } as const })),
    ...trace.receipts.map((data) => ({
      at: data.answeredAt ?? data.sentAt,
      message: { type: 'receipt', data } as const,
    })),
    ...trace.forecasts.map((data) => ({ at: data.forecast.madeAt, message: { type: 'forecast', data } as const })),
  ];
  messages.sort((a, b) => a.at - b.at);
  return messages.map(({ message }) => message);
}

/** The reading after one more message; the one given is not changed. */
export function advance(reading: Reading, message: LiveMessage): Reading {
  switch (message.type) {
    case 'observation':
      return withObservation(reading, message.data);
    case 'event':
      return { ...reading, events: withNewest(reading.events, message.data, eventThing) };
    case 'receipt':
      return withReceipt(reading, message.data);
    case 'forecast':
      return { ...reading, forecasts: withNewest(reading.forecasts, message.data, forecastThing) };
  }
}

/** The tracks of one target and variant. */
export function tracksOf(reading: Reading, target: string, variant: string): Track[] {
  return [...reading.tracks.values()].filter((t) => t.state.target === target && t.state.variant === variant);
}

/** What every node holds of one target and variant, in the order of the topology, narrowed by what children heard. */
export function statesOf(reading: Reading, target: string, variant: string): LayerState[] {
  const order = new Map(reading.topology.layers.flatMap((l) => l.nodes).map((n, i) => [n.id, i]));
  const states = statesWithHearsay(reading.topology, tracksOf(reading, target, variant), reading.offsets);
  return states.toSorted((a, b) => (order.get(a.node) ?? 0) - (order.get(b.node) ?? 0));
}

/** The change that one target and variant is going through, as far as the reading tells. */
export function changeIn(reading: Reading, target: string, variant: string, expect?: string): Change {
  const { topology, tracks, events } = reading;
  const atOrigin = origins(topology).flatMap(({ id: layer, nodes }) =>
    nodes.flatMap(({ id: node }) => tracks.get(keyOf({ layer, node, target, variant })) ?? []),
  );
  const [first] = atOrigin;
  if (first === undefined) return changeOf(topology, atOrigin, events, expect);
  const before = known.get(first);
  if (before !== undefined && isOfThese(before, atOrigin, events, expect)) return before.change;
  const change = changeOf(topology, atOrigin, events, expect);
  known.set(first, { atOrigin, events, expect, change });
  return change;
}

/** What was worked out of what; thousands of nodes ask for it between two looks at an origin. */
interface Known {
  readonly atOrigin: readonly Track[];
  readonly events: readonly TraceEvent[];
  readonly expect: string | undefined;
  readonly change: Change;
}

const known = new WeakMap<Track, Known>();

const isOfThese = (
  before: Known,
  atOrigin: readonly Track[],
  events: readonly TraceEvent[],
  expect: string | undefined,
): boolean =>
  before.events === events &&
  before.expect === expect &&
  before.atOrigin.length === atOrigin.length &&
  before.atOrigin.every((track, i) => track === atOrigin[i]);

function withObservation(reading: Reading, observation: Observation): Reading {
  const layer = layerOf(reading.topology, observation.layer);
  if (layer === undefined) return reading;
  const key = keyOf(observation);
  const offsets = withOffset(reading.offsets, observation.node, offsetSeen(observation, layer));
  const track = observe(reading.tracks.get(key), observation, layer, offsets.get(observation.node));
  return {
    ...reading,
    offsets,
    tracks: withEntry(reading.tracks, key, track),
    requests: withEntry(reading.requests, observation.node, (reading.requests.get(observation.node) ?? 0) + 1),
    touched: withTouch(reading.touched, observation.node, track.state.outcome),
  };
}

function withReceipt(reading: Reading, receipt: PurgeReceipt): Reading {
  const receipts = withNewest(reading.receipts, receipt, receiptThing);
  // what is heard later of a purge that was accepted does not make it happen again
  const known = reading.receipts.findLast((r) => r.id === receipt.id)?.outcome === 'accepted';
  if (receipt.outcome !== 'accepted' || known) return { ...reading, receipts };
  const accepted = interval(receipt.sentAt, receipt.answeredAt ?? receipt.sentAt);
  const forget = receipt.effect?.soft === true ? softPurge : purge;
  let { tracks } = reading;
  for (const key of keysUnder(reading, receipt)) {
    const track = tracks.get(key);
    if (track !== undefined && reaches(receipt, track.state)) tracks = withEntry(tracks, key, forget(track, accepted));
  }
  return { ...reading, receipts, tracks };
}

/** Where a purge may have reached: of one node the pages that there are, else everything. */
function keysUnder({ topology, tracks }: Reading, { layer, node }: PurgeReceipt): Iterable<string> {
  if (node === undefined) return tracks.keys();
  return topology.targets.flatMap((target) =>
    target.variants.map((variant) => keyOf({ layer, node, target: target.id, variant: variant.id })),
  );
}

/** A deploy is told once for all; of purges the last to each node counts. */
const eventThing = (event: TraceEvent): string =>
  'layer' in event ? `${event.type} ${event.layer}/${event.node ?? ''}` : `${event.type} ${event.id}`;

const receiptThing = ({ layer, node = '', target = '', variant = '' }: PurgeReceipt): string =>
  keyOf({ layer, node, target, variant });

const forecastThing = ({ forecast: f }: RecordedForecast): string => `${f.audience} ${keyOf(f)}`;
