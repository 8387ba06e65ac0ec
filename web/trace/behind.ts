// Which earlier propagations stand behind the curve, for comparison?
import type { Arrivals } from '../../shared/model/arrivals.ts';
import type { Instant } from '../../shared/model/interval.ts';
import { clockTime } from '../layout/clock-text.ts';
import { shortContent } from '../layout/fit.ts';
import type { Percentiles } from '../layout/share-curve.ts';
import type { Recorded } from './history.ts';

export interface Behind {
  readonly id: string;
  readonly name: string;
  readonly percentiles: Percentiles;
  /** The whole curve, where it was chosen for comparison and is about the same nodes. */
  readonly arrivals?: Arrivals | undefined;
  readonly chosen: boolean;
}

/** How many of the newest stand there unasked. */
const UNASKED = 5;

interface Known {
  readonly traces: readonly Recorded[];
  readonly compared: readonly string[];
  readonly curves: ReadonlyMap<string, Arrivals>;
}

/** `4f2c, 14:32`: the content that it brought, or the kind of trace, and when. */
export function nameOf(t: Recorded): string {
  const day = new Date(t.startedAt * 1000).toLocaleDateString('en-CA');
  return `${t.expect === undefined ? (t.kind ?? t.id) : shortContent(t.expect, 16)}, ${day} ${clockTime(t.startedAt).slice(0, 5)}`;
}

/** The chosen ones; else the newest few of before `start` of which percentiles are known. `own` is the one looked at. */
export function behindOf(
  { traces, compared, curves }: Known,
  layer: string | undefined,
  own: string | undefined,
  start: Instant,
): Behind[] {
  const others = traces.filter((t) => t.id !== own);
  const chosen = others.filter((t) => compared.includes(t.id));
  // what the service records of the change that is looked at is no earlier one
  const isEarlier = (t: Recorded): boolean => t.percentiles !== undefined && (t.deployedAt ?? t.startedAt) < start - 1;
  const shown = chosen.length > 0 ? chosen : others.filter(isEarlier).slice(0, UNASKED);
  return shown.map((t) => ({
    id: t.id,
    name: nameOf(t),
    percentiles: (layer === undefined ? t.percentiles : t.layers?.find((l) => l.layer === layer)?.percentiles) ?? {},
    arrivals: layer === undefined && compared.includes(t.id) ? curves.get(t.id) : undefined,
    chosen: compared.includes(t.id),
  }));
}
