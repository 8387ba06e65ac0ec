// What does the picture show of a reading at one instant? The only place where the model is turned into view models.
import { outermost } from '../shared/topology.ts';
import type { Layer, Topology } from '../shared/topology.ts';
import { forecastAll } from '../shared/model/forecast-all.ts';
import type { Forecast } from '../shared/model/forecast.ts';
import type { Instant, Interval } from '../shared/model/interval.ts';
import type { LayerState, Outcome } from '../shared/model/layer-state.ts';
import { refilledWithOld, versionOf } from '../shared/model/change.ts';
import type { Change } from '../shared/model/change.ts';
import { changeIn, keyOf, statesOf } from '../shared/model/reading.ts';
import type { Reading } from '../shared/model/reading.ts';
import type { Segment } from '../shared/model/copy.ts';
import type { Track } from '../shared/model/track.ts';
import type { Observation } from '../shared/observation.ts';
import type { PurgeReceipt, RecordedForecast, Trace, TraceEvent } from '../shared/trace.ts';

/** What a cell holds, seen from the change: what the origins serve (`new`), served before (`old`), or never did. */
export type Version = 'new' | 'old' | 'other' | 'unknown';

/** Old content that came (back) into a cell after a purge, or after the new one had been there. */
export interface Relapse {
  readonly at: Interval;
  /** The parent it was refilled from, where there is only one or the answer names it. */
  readonly from?: string;
}

export interface CellView {
  /** `layer/node`. */
  readonly key: string;
  readonly layer: string;
  readonly node: string;
  readonly role: Layer['role'];
  readonly state?: LayerState;
  readonly version: Version;
  readonly content?: string;
  readonly outcome: Outcome | 'unasked';
  /** A purge was accepted and nobody has asked since. */
  readonly emptied: boolean;
  readonly segments: readonly SegmentView[];
  readonly relapse?: Relapse;
  /** When this node is expected to show the change; absent when nothing is expected. */
  readonly forecast?: Forecast;
  /** `layer/node` of the parent that the last exchange went to. */
  readonly parent?: string;
  /** The picture is of an instant to come: what is shown is expected, not seen. */
  readonly expected: boolean;
  /** What this was read from; the same track gives the same view. */
  readonly track?: Track;
}

export interface SegmentView extends Segment {
  readonly version: Version;
}

export interface LayerView {
  readonly id: string;
  readonly role: Layer['role'];
  readonly dialect?: string;
  readonly purgeable: boolean;
  readonly parents: readonly string[];
  readonly cells: readonly CellView[];
}

export interface Picture {
  readonly at: Instant;
  readonly layers: readonly LayerView[];
  readonly cells: ReadonlyMap<string, CellView>;
  /** Ids of the layers where visitors arrive. */
  readonly surface: readonly string[];
  readonly change: Change;
  /** Somebody announced a change, or the origins were seen to serve something else before. */
  readonly changed: boolean;
  readonly events: readonly TraceEvent[];
  readonly receipts: readonly PurgeReceipt[];
  /** Graded forecasts of this change, newest last. */
  readonly scored: readonly RecordedForecast[];
  /** The browser layer: when somebody who holds a copy sees the change, latest. */
  readonly browserUntil?: Instant;
}

/** What is looked at: one target in one variant. */
export interface Subject {
  readonly target: string;
  readonly variant: string;
}

export interface PictureInput {
  readonly reading: Reading;
  readonly forecasts: readonly Forecast[];
  readonly subject: Subject;
  /** The newest observation by `keyOf`, for the way that it went. */
  readonly latest: ReadonlyMap<string, Observation>;
  /** The picture before this one: views of cells to which nothing happened are taken from it. */
  readonly before?: Picture;
  readonly now: Instant;
}

/** Everything that stays the same for all cells of one picture. */
interface Frame extends PictureInput {
  readonly change: Change;
  readonly byNode: ReadonlyMap<string, Forecast>;
  /** What each node holds, by `layer/node`, with what its children heard. */
  readonly states: ReadonlyMap<string, LayerState>;
  /** Cells of the picture before, where the change is still the same. */
  readonly known: ReadonlyMap<string, CellView>;
}

const versionIn = (of: Pick<LayerState, 'content' | 'status'>, change: Change): Version =>
  versionOf(of, change) ?? 'unknown';

/** The parents of a layer: `layer/node` by node id. */
function parentsOf(layer: Layer, topology: Topology): ReadonlyMap<string, string> {
  const nodes = layer.parents.flatMap(
    (p) => topology.layers.find((l) => l.id === p)?.nodes.map((n) => [n.id, `${p}/${n.id}`] as const) ?? [],
  );
  return new Map(nodes);
}

/** Which parent an exchange went to: the only one there is, or the one that the answer's field lines name. */
export function parentUsed(parents: ReadonlyMap<string, string>, seen: Observation | undefined): string | undefined {
  if (parents.size <= 1) return [...parents.values()][0];
  if (seen?.result.kind !== 'answer') return undefined;
  for (const [, value] of seen.result.fields) {
    for (const word of value.split(/[\s,;]+/)) {
      const parent = parents.get(word);
      if (parent !== undefined) return parent;
    }
  }
  return undefined;
}

/** A copy fetched after a purge is worth a word only where it brought old content back. */
function segmentView(segment: Segment, change: Change): SegmentView {
  const { afterPurge, ...rest } = segment;
  const version = versionIn(segment, change);
  return afterPurge === true && refilledWithOld(segment, change)
    ? { ...rest, version, afterPurge }
    : { ...rest, version };
}

function relapseOf(segments: readonly SegmentView[], parent: string | undefined): Relapse | undefined {
  const last = segments.at(-1);
  if (last === undefined || last.version !== 'old') return undefined;
  if (last.afterPurge !== true && segments.at(-2)?.version !== 'new') return undefined;
  const at = last.afterPurge === true ? last.storedAt : last.from;
  return { at, ...(parent === undefined ? {} : { from: parent.slice(parent.indexOf('/') + 1) }) };
}

/** What new visitors and outer layers get from each node, by `layer/node`. */
function forecastsByNode(forecasts: readonly Forecast[], s: Subject): Map<string, Forecast> {
  const chosen = forecasts.filter(
    (f) => f.target === s.target && f.variant === s.variant && f.audience !== 'browser-copy',
  );
  return new Map(chosen.map((f) => [`${f.layer}/${f.node}`, f]));
}

function statesByNode(reading: Reading, { target, variant }: Subject): Map<string, LayerState> {
  return new Map(statesOf(reading, target, variant).map((s) => [`${s.layer}/${s.node}`, s]));
}

const emptiedBy = (track: Track | undefined): boolean => track?.state.because[0]?.code === 'purged';

/** Forecasts are drawn anew with every answer; within a millisecond they say the same. */
function sameForecast(a: Forecast | undefined, b: Forecast | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const near = (x: Instant | undefined, y: Instant | undefined): boolean =>
    x === y || Math.abs((x ?? Infinity) - (y ?? Infinity)) < 0.001;
  return (
    a.visible === b.visible && near(a.earliest, b.earliest) && near(a.latest, b.latest) && near(a.median, b.median)
  );
}

const sameChange = (a: Change, b: Change): boolean =>
  a.expect === b.expect && a.ready === b.ready && a.previous.join('\n') === b.previous.join('\n');

function cellView(frame: Frame, layer: Layer, node: string, parents: ReadonlyMap<string, string>): CellView {
  const { reading, subject, now, change } = frame;
  const key = `${layer.id}/${node}`;
  const id = keyOf({ layer: layer.id, node, ...subject });
  const track = reading.tracks.get(id);
  const state = frame.states.get(key);
  const forecast = frame.byNode.get(key);
  const known = frame.known.get(key);
  const overdue = (forecast?.median ?? forecast?.latest ?? Infinity) <= now;
  if (
    known !== undefined &&
    known.track === track &&
    known.state?.storedAt?.earliest === state?.storedAt?.earliest &&
    !known.expected &&
    !overdue &&
    sameForecast(known.forecast, forecast)
  )
    return known;
  const segments = (track?.history ?? []).map((s) => segmentView(s, change));
  const parent = parentUsed(parents, frame.latest.get(id));
  const relapse = relapseOf(segments, parent);
  const emptied = emptiedBy(track);
  // a node that failed still holds, as far as anybody knows, what it was last seen to hold
  const held = state?.outcome === 'failed' ? segments.at(-1)?.content : state?.content;
  const seen = state === undefined || held === undefined ? 'unknown' : versionIn({ ...state, content: held }, change);
  const due = forecast?.visible === false ? (forecast.median ?? forecast.latest) : undefined;
  const expected =
    due !== undefined && forecast !== undefined && due <= now && forecast.madeAt < now - 1 && seen === 'old';
  const content = expected ? change.expect : held;
  return {
    key,
    layer: layer.id,
    node,
    role: layer.role,
    version: expected ? 'new' : seen,
    outcome: state?.outcome ?? 'unasked',
    emptied,
    segments,
    expected,
    ...(track === undefined ? {} : { track }),
    ...(state === undefined ? {} : { state }),
    ...(content === undefined ? {} : { content }),
    ...(relapse === undefined ? {} : { relapse }),
    ...(forecast === undefined ? {} : { forecast }),
    ...(parent === undefined ? {} : { parent }),
  };
}

function layerView(frame: Frame, layer: Layer): LayerView {
  const parents = parentsOf(layer, frame.reading.topology);
  const cells = layer.nodes.map((n) => cellView(frame, layer, n.id, parents));
  const dialect = layer.dialect ?? cells.find((c) => c.state?.dialect !== undefined)?.state?.dialect;
  return {
    id: layer.id,
    role: layer.role,
    purgeable: layer.purge !== undefined,
    parents: layer.parents,
    cells,
    ...(dialect === undefined ? {} : { dialect }),
  };
}

/** Everything that the views draw, for the instant `now` (which may lie in the past or in the future). */
export function picture(input: PictureInput): Picture {
  const { reading, subject } = input;
  const change = changeIn(reading, subject.target, subject.variant);
  const { before } = input;
  const known = before !== undefined && sameChange(before.change, change) ? before.cells : new Map<string, CellView>();
  const frame = {
    ...input,
    change,
    known,
    byNode: forecastsByNode(input.forecasts, subject),
    states: statesByNode(reading, subject),
  };
  const layers = reading.topology.layers.map((l) => layerView(frame, l));
  const browser = input.forecasts.filter((f) => f.audience === 'browser-copy');
  const browserUntil = Math.max(...browser.map((f) => f.latest ?? -Infinity));
  const since = change.deployedAt?.earliest ?? change.readyAt?.earliest ?? -Infinity;
  return {
    at: input.now,
    layers,
    cells: new Map(layers.flatMap((l) => l.cells.map((c) => [c.key, c] as const))),
    surface: outermost(reading.topology).map((l) => l.id),
    change,
    changed: change.previous.length > 0 || change.deployedAt !== undefined,
    events: reading.events,
    receipts: reading.receipts,
    scored: reading.forecasts.filter((f) => f.score !== undefined && f.forecast.madeAt >= since),
    ...(Number.isFinite(browserUntil) ? { browserUntil } : {}),
  };
}

/** What is expected of one subject from `now` on; nothing where the change is everywhere, or nothing has changed. */
export function expectations(reading: Reading, subject: Subject, now: Instant): Forecast[] {
  const change = changeIn(reading, subject.target, subject.variant);
  if (change.previous.length === 0 && change.deployedAt === undefined) return [];
  const states = statesOf(reading, subject.target, subject.variant);
  if (states.every((s) => versionOf(s, change) === 'new')) return [];
  return forecastAll(reading.topology, states, change, { samples: states.length > 100 ? 40 : 200 }, now);
}

/** The trace as it stood at `at`: what had been answered by then. */
export function traceAt(trace: Trace, at: Instant): Trace {
  return {
    ...trace,
    observations: trace.observations.filter((o) => o.responseTime <= at),
    events: trace.events.filter((e) => e.at.earliest <= at),
    receipts: trace.receipts.filter((r) => r.sentAt <= at),
    forecasts: trace.forecasts.filter((f) => f.forecast.madeAt <= at),
  };
}

/** How much of a copy's life is left at `now`: `fresh` and `stale` as shares of lifetime plus grace, from 0 to 1. */
export function remaining(
  cell: CellView,
  now: Instant,
): { readonly fresh: number; readonly stale: number; readonly grace: number } {
  const fresh = cell.state?.freshUntil?.latest;
  if (cell.role === 'origin' || fresh === undefined || cell.expected)
    return { fresh: cell.state === undefined ? 0 : 1, stale: 0, grace: 0 };
  const last = Math.max(cell.state?.mayServeUntil?.latest ?? fresh, fresh);
  const lifetime = cell.state?.lifetime ?? Math.max(1, fresh - (cell.state?.storedAt?.earliest ?? now));
  // a grace of hours would leave no height for a lifetime of seconds
  const grace = last > fresh ? Math.min((last - fresh) / (lifetime + last - fresh), 0.3) : 0;
  const share = (left: number, whole: number): number => Math.max(0, Math.min(1, whole <= 0 ? 0 : left / whole));
  return {
    fresh: (1 - grace) * share(fresh - now, lifetime),
    stale: grace * (now <= fresh ? 1 : share(last - now, last - fresh)),
    grace,
  };
}
