// Which events stand as vertical marks over the lanes, and since when do they count?
import type { Interval } from '../../shared/model/interval.ts';
import type { TraceEvent } from '../../shared/trace.ts';
import type { Start } from './start.ts';

export interface Moment {
  readonly type: TraceEvent['type'];
  /** Whose purge it was. */
  readonly layer?: string;
  /** Seconds since the start: from the first to the last of those that are one mark. */
  readonly at: Interval;
  /** How many events are one mark. */
  readonly count: number;
  readonly label: string;
}

const WORDS: Readonly<Record<TraceEvent['type'], string>> = {
  deploy: 'deploy',
  'origin-ready': 'origin ready',
  'purge-sent': 'purge',
  'purge-accepted': 'accepted',
};

/** Purges of one layer that follow each other within this many seconds are one mark. */
const ONE_MARK = 1;

/** The events of one propagation, oldest first; the purges of a layer's nodes are one mark from the first to the last. */
export function momentsIn(events: readonly TraceEvent[], start: Start): Moment[] {
  const until = start.until ?? Infinity;
  const inside = events.filter((e) => e.at.latest >= start.at - 0.002 && e.at.earliest < until);
  const found: Moment[] = [];
  for (const e of inside.toSorted((a, b) => a.at.latest - b.at.latest)) {
    const at = { earliest: e.at.earliest - start.at, latest: e.at.latest - start.at };
    const layer = e.type === 'purge-sent' || e.type === 'purge-accepted' ? e.layer : undefined;
    const known = found.findIndex(
      (m) => m.type === e.type && m.layer === layer && layer !== undefined && at.earliest - m.at.latest < ONE_MARK,
    );
    const before = found[known];
    if (before !== undefined)
      found[known] = {
        ...before,
        at: { earliest: before.at.earliest, latest: Math.max(before.at.latest, at.latest) },
        count: before.count + 1,
      };
    else
      found.push({
        type: e.type,
        at,
        count: 1,
        label: layer === undefined ? WORDS[e.type] : `${WORDS[e.type]} ${layer}`,
        ...(layer === undefined ? {} : { layer }),
      });
  }
  return found;
}
