// Which lanes are drawn, when somebody asks for fewer?
import type { LaneGroup } from './lanes.ts';
import type { Lane } from './stretches.ts';

export interface Only {
  /** Words that all stand in the names of layer, node, target or variant. */
  readonly search: string;
  readonly shows: 'any' | 'late' | 'again' | 'arrived';
}

const KINDS: Readonly<Record<Only['shows'], (lane: Lane) => boolean>> = {
  any: () => true,
  late: (l) => l.shows !== 'new',
  again: (l) => l.again > 0,
  arrived: (l) => l.arrival.by !== undefined,
};

/** The groups with what is left of them; a group of which nothing is left is not there. */
export function shownOnly(groups: readonly LaneGroup[], only: Only): readonly LaneGroup[] {
  const words = only.search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && only.shows === 'any') return groups;
  const fits = (l: Lane): boolean => KINDS[only.shows](l) && words.every((w) => l.key.toLowerCase().includes(w));
  return groups.flatMap((g) => {
    const lanes = g.lanes.filter(fits);
    return lanes.length === 0 ? [] : [{ ...g, lanes }];
  });
}
