// Was the old page served once more while the new one was being fetched?
import type { Segment } from '../model/copy.ts';
import { interval } from '../model/interval.ts';
import { placeOf } from './at-place.ts';
import { isNew, isOld, type Facts, type Place } from './facts.ts';
import type { Cause, Finding } from './finding.ts';
import { purgeWords } from './last-purge.ts';
import { originsReady } from './sources.ts';
import { when } from './words.ts';

export const staleWhileRevalidate: Cause = {
  id: 'stale-while-revalidate',
  silences: [],
  find: (facts) => facts.caches.flatMap((place) => servedOnceMore(facts, place)),
};

function servedOnceMore(facts: Facts, place: Place): Finding[] {
  const { history } = place.track;
  const found = history.findLastIndex((s) => isOld(place, s) && s.notKept !== true && isLate(facts, place, s));
  const segment = history[found];
  if (segment === undefined) return [];
  const next = history[found + 1];
  // an old copy that nothing follows is only late while its refresh may still be on the way
  if (next === undefined ? segment.servedStale === undefined || outstayed(place, segment) : !isNew(place, next))
    return [];
  const soft = softly(place);
  const stale = segment.servedStale;
  return [
    {
      id: 'stale-while-revalidate',
      ...placeOf(place),
      confidence: next === undefined ? 0.8 : 0.95,
      summary: `${place.node} served the old page once more while it fetched the new one.`,
      for: [
        ...(soft === undefined ? [] : [purgeWords(soft), 'It only ends the freshness of what is held.']),
        ...(stale === undefined
          ? []
          : [`The exchange ${when(stale)} was answered with a copy that was no longer fresh.`]),
        ...(next === undefined ? [] : [`The new page was seen ${when(next.from)}.`]),
      ],
      against: next === undefined ? ['Its refresh has not been seen to arrive yet.'] : [],
      refutedBy: 'The next answer of this node still being old, with no fetch in its log.',
      clears: next === undefined ? interval(segment.lastSeen, segment.mayServeUntil?.latest ?? Infinity) : next.from,
      action: 'Ask once more: the next request gets the new page. Where even one old answer is too many, purge hard.',
    },
  ];
}

/** Served past its freshness, or after a purge that only ends freshness, when every origin had the new version already. */
function isLate(facts: Facts, place: Place, segment: Segment): boolean {
  const soft = softly(place);
  const asked = segment.lastAsked ?? -Infinity;
  if (soft !== undefined) return asked >= soft.at.latest && segment.from.latest <= soft.at.earliest;
  if (place.purge !== undefined || segment.servedStale === undefined) return false;
  return (
    segment.servedStale.earliest >= facts.start && originsReady(facts, place, segment.servedStale.earliest) === 'yes'
  );
}

function softly({ purge }: Place) {
  return purge?.receipt.outcome === 'accepted' && purge.receipt.effect?.soft === true ? purge : undefined;
}

/** Asked twice after a soft purge had to hold: then it is not on its way. */
const outstayed = ({ purge }: Place, { askedBefore }: Segment): boolean =>
  purge !== undefined && (askedBefore ?? -Infinity) >= purge.settled;
