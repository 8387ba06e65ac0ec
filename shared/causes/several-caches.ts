// Behind which addresses does more than one cache answer?
import type { Segment } from '../model/copy.ts';
import { isNew, isOld, type Facts, type Place } from './facts.ts';
import { onlyNewBehind } from './sources.ts';

/** Nodes at which a copy came back after another had stood in its place: one cache alone cannot do that. */
export function severalCaches(facts: Facts): ReadonlySet<string> {
  return new Set(
    facts.caches.flatMap((place) => (returns(facts, place).length > 0 ? [place.node] : storeIdBack(place))),
  );
}

/** The old copies that followed the new version at this place although none can have been fetched. */
export function returns(facts: Facts, place: Place): Segment[] {
  const { history } = place.track;
  return history.filter((s, i) => {
    const before = history[i - 1];
    if (before === undefined || !isOld(place, s) || !isNew(place, before)) return false;
    const known = s.storeId !== undefined && history.slice(0, i).some((e) => e.storeId === s.storeId);
    return known || onlyNewBehind(facts, place, s.from.earliest);
  });
}

function storeIdBack({ node, track: { history } }: Place): string[] {
  const left = new Set<string>();
  let held: string | undefined;
  for (const { storeId } of history) {
    if (storeId === undefined || storeId === held) continue;
    if (left.has(storeId)) return [node];
    if (held !== undefined) left.add(held);
    held = storeId;
  }
  return [];
}
