// How fast did changes come through each layer, from one deploy to the next? From what was said at the end of each trace.
import type { TracesDocument } from './api.ts';

type TraceSummary = TracesDocument['traces'][number];
type Layer = NonNullable<TraceSummary['layers']>[number];

/** How one layer fared in one trace. */
export interface TrendPoint extends Omit<Layer, 'layer'> {
  readonly trace: string;
  /** Seconds since the epoch. */
  readonly startedAt: number;
  readonly expect?: string;
}

export interface LayerTrend {
  readonly layer: string;
  /** Oldest first. */
  readonly points: readonly TrendPoint[];
}

/** A trend for every layer that any of them tells of, in the order of the newest trace; one in which nothing turned is none. */
export function trendOf(traces: readonly TraceSummary[]): LayerTrend[] {
  const newestFirst = traces.filter((t) => t.turned !== 0).toSorted((a, b) => b.startedAt - a.startedAt);
  const layers = [...new Set(newestFirst.flatMap((t) => (t.layers ?? []).map((l) => l.layer)))];
  return layers.map((layer) => ({
    layer,
    points: newestFirst.flatMap((trace) => pointOf(trace, layer)).toReversed(),
  }));
}

function pointOf({ id, startedAt, expect, layers }: TraceSummary, wanted: string): TrendPoint[] {
  const found = layers?.find((l) => l.layer === wanted);
  if (found === undefined) return [];
  const { layer: _layer, ...point } = found;
  return [{ trace: id, startedAt, ...(expect !== undefined && { expect }), ...point }];
}
