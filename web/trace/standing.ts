// How far has the change come: how many nodes of each layer show it, how soon did half have it, and who is left?
import { arrivalsOf, certainly } from '../../shared/model/arrivals.ts';
import type { Arrivals } from '../../shared/model/arrivals.ts';
import type { Interval } from '../../shared/model/interval.ts';
import { percentilesOf } from '../../shared/model/percentiles.ts';
import type { Percentiles } from '../../shared/model/percentiles.ts';
import type { LaneGroup } from './lanes.ts';
import type { Lane } from './stretches.ts';

export interface LayerStanding {
  readonly layer: string;
  readonly role: LaneGroup['role'];
  readonly outermost: boolean;
  /** Nodes of which every page shows the new version now, and how many nodes there are. */
  readonly nodes: number;
  readonly shown: number;
  /** Lanes that do not show it: never yet, or no longer. */
  readonly late: readonly Lane[];
  /** One of them was seen to show something else since the start. */
  readonly turned: boolean;
}

export const standingsOf = (groups: readonly LaneGroup[]): LayerStanding[] => groups.map(standingOf);

function standingOf({ layer, role, outermost, lanes }: LaneGroup): LayerStanding {
  const late = lanes.filter((l) => l.shows !== 'new');
  const nodes = new Set(lanes.map((l) => l.node));
  const shown = nodes.size - new Set(late.map((l) => l.node)).size;
  const turned = lanes.some((l) => l.stretches.some((s) => s.version !== l.shows));
  return { layer, role, outermost, nodes: nodes.size, shown, late, turned };
}

/** The estimate over these lanes. */
export const arrivalsIn = (lanes: readonly Lane[]): Arrivals => arrivalsOf(lanes.map((l) => l.arrival));

/** Between which instants the last one had it for certain, as the percentiles are told; undefined while one has not. */
export function lastOf(lanes: readonly Lane[]): Interval | undefined {
  const arrivals = lanes.map((l) => l.arrival);
  return arrivals.some((a) => a.by === undefined) ? undefined : certainly(arrivals, 1);
}

/** p50, p90 and p99 in seconds since the start; absent where too few have arrived. */
export const percentilesIn = (lanes: readonly Lane[]): Percentiles => percentilesOf(lanes.map((l) => l.arrival));
