// Did a copy outlive a purge, or come after it?
import type { Segment } from '../model/copy.ts';
import type { LastPurge } from './last-purge.ts';
import { isNew, oldSince, type Facts, type Place } from './facts.ts';
import { onlyNewBehind } from './sources.ts';
import { clock } from './words.ts';

/** A copy of before a purge that was still served after it. */
export interface Kept {
  readonly segment: Segment;
  readonly confidence: number;
  /** Why it must be the copy of before. One sentence each. */
  readonly because: readonly string[];
}

/**
 * The old copy that this place served before the purge and in at least two exchanges that began after it had to hold;
 * undefined where there is none, or where it may as well have been fetched since.
 */
export function keptThrough(facts: Facts, place: Place, purge: LastPurge): Kept | undefined {
  if (facts.several.has(place.node)) return undefined;
  const segment = oldSince(place, purge.settled).find((s) => (s.askedBefore ?? -Infinity) >= purge.settled);
  if (segment === undefined || storedAfter(segment, purge) || turnedSince(place, purge, segment)) return undefined;
  const named = segment.from.latest <= purge.at.earliest && segment.storeId !== undefined;
  // what only became stale may have been fetched anew, as old as before, without a trace
  const soft = purge.receipt.outcome === 'accepted' && purge.receipt.effect?.soft === true;
  const spans = named || (segment.from.latest <= purge.at.earliest && !soft);
  const alone = onlyNewBehind(facts, place, purge.at.earliest);
  if (!spans && !alone) return undefined;
  const because = [
    `Exchanges sent at ${clock(segment.askedBefore!)} and ${clock(segment.lastAsked!)} still showed the old version.`,
    ...(named ? [`It is the same stored response, ${segment.storeId}, as before the purge.`] : []),
    ...(spans && !named ? ['Nothing shows that the copy was replaced since before the purge.'] : []),
    ...(alone
      ? ['Everything behind this node served the new version by then: the old one cannot have come again.']
      : []),
  ];
  return { segment, confidence: named && alone ? 0.98 : named ? 0.95 : alone ? 0.9 : 0.8, because };
}

/** It was certainly stored after the purge began. */
export const storedAfter = (segment: Segment, { at }: LastPurge): boolean => segment.storedAt.earliest >= at.earliest;

/** The new version was seen here after the purge and before this copy: then the purge is not what it tells of. */
function turnedSince(place: Place, { at }: LastPurge, segment: Segment): boolean {
  const { history } = place.track;
  return history
    .slice(0, history.indexOf(segment))
    .some((s) => isNew(place, s) && (s.lastAsked ?? -Infinity) >= at.latest);
}

/**
 * The first old copy that came after an accepted purge. `certain`: it was seen to be stored, or another one stood there
 * before; else only the purger's word says that the copy of before is gone.
 */
export function cameAfter(place: Place, purge: LastPurge): { segment: Segment; certain: boolean } | undefined {
  if (purge.receipt.outcome !== 'accepted') return undefined;
  const { history } = place.track;
  for (const segment of oldSince(place, purge.at.latest)) {
    if (storedAfter(segment, purge) && !turnedSince(place, purge, segment)) return { segment, certain: true };
    if (segment.from.latest <= purge.at.earliest || turnedSince(place, purge, segment)) continue;
    const { storeId } = segment;
    const earlier = history.slice(0, history.indexOf(segment)).filter((s) => s.storeId !== undefined);
    // one that had been replaced before comes from another cache behind the same address
    if (storeId !== undefined && earlier.some((s) => s.storeId === storeId)) continue;
    const another = storeId !== undefined && earlier.length > 0;
    if (segment.afterPurge === true) return { segment, certain: another };
  }
  return undefined;
}
