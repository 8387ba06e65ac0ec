// How far has the change come: how many nodes of each layer show it, how soon did half have it, and who is left?
import { arrivalsOf, quantile } from '../../shared/model/arrivals.ts';
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
}

export const standingsOf = (groups: readonly LaneGroup[]): LayerStanding[] => groups.map(standingOf);

function standingOf({ layer, role, outermost, lanes }: LaneGroup): LayerStanding {
  const late = lanes.filter((l) => l.shows !== 'new');
  const nodes = new Set(lanes.map((l) => l.node));
  return { layer, role, outermost, nodes: nodes.size, shown: nodes.size - new Set(late.map((l) => l.node)).size, late };
}

/** The estimate over these lanes. */
export const arrivalsIn = (lanes: readonly Lane[]): Arrivals => arrivalsOf(lanes.map((l) => l.arrival));

/** When the last one had it; undefined while one has not. */
export const lastOf = (arrivals: Arrivals): Interval | undefined =>
  arrivals.beyond > 1e-9 ? undefined : quantile(arrivals, 1);

/** p50, p90 and p99 in seconds since the start; absent where too few have arrived. */
export const percentilesIn = (lanes: readonly Lane[]): Percentiles => percentilesOf(lanes.map((l) => l.arrival));
