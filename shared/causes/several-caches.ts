// Behind which addresses does more than one cache answer?
import type { Segment } from '../model/copy.ts';
import { storeIdBack } from '../model/settled.ts';
import { besides, isNew, isOld, type Facts, type Place } from './facts.ts';
import { onlyNewBehind } from './sources.ts';

/** Nodes at which a copy came back after another had stood in its place: one cache alone cannot do that. */
export function severalCaches(facts: Facts): ReadonlySet<string> {
  return new Set(
    facts.caches.flatMap((place) =>
      returns(facts, place).length > 0 || storeIdBack(place.track.history) ? [place.node] : [],
    ),
  );
}

/** The old copies that followed the new version at this place although none can have been fetched. */
export function returns(facts: Facts, place: Place): Segment[] {
  const { history } = place.track;
  const back = history.filter((s, i) => {
    const before = history[i - 1];
    if (before === undefined || !isOld(place, s) || !isNew(place, before)) return false;
    const known = s.storeId !== undefined && history.slice(0, i).some((e) => e.storeId === s.storeId);
    return known || onlyNewBehind(facts, place, s.from.earliest);
  });
  return back.length === 1 && mayHaveBeenHidden(facts, place, back[0]!) ? [] : back;
}

/**
 * One cache alone can do that, once, where it finds variants by way of the page's own entry, as nginx does: a purge that took
 * the entry hides the others, which are there again when another variant has been stored as the entry.
 */
function mayHaveBeenHidden(facts: Facts, place: Place, { from, storeId }: Segment): boolean {
  if (storeId !== undefined) return false;
  return besides(facts, place).some(({ target, purge }) => {
    const tookOne = purge?.receipt.outcome === 'accepted' && purge.receipt.effect?.variants === 'one';
    return target === place.target && tookOne && purge.first <= from.latest;
  });
}
