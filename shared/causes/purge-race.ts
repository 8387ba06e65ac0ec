// Was a purged cache filled again from a parent that still held the old page?
import { clearsOf, madeWords, placeOf } from './at-place.ts';
import type { Facts, Place } from './facts.ts';
import type { Cause, Finding } from './finding.ts';
import { cameAfter } from './kept.ts';
import { purgeWords } from './last-purge.ts';
import { ageCountsFromOrigin, madeAt, oldBehind, onlyNewBehind, originsReady } from './sources.ts';
import { clock, when } from './words.ts';

export const purgeRace: Cause = {
  id: 'purge-race',
  silences: ['nodes-disagree'],
  find: (facts) => facts.caches.flatMap((place) => refilled(facts, place)),
};

function refilled(facts: Facts, place: Place): Finding[] {
  const { purge } = place;
  const came = purge === undefined ? undefined : cameAfter(place, purge);
  if (purge === undefined || came === undefined || fetchesFromOrigins(facts, place)) return [];
  const { segment, certain } = came;
  if (originsReady(facts, place, purge.at.earliest) !== 'yes') return [];
  // bytes that were made after every origin was ready came from behind HTTP, not from an old copy
  const fromOrigin = ageCountsFromOrigin(facts, place);
  if (fromOrigin && (madeAt(facts, place, segment)?.earliest ?? -Infinity) > purge.at.latest) return [];
  const parent = oldBehind(facts, place, purge.at.latest);
  if (!certain && (parent === undefined || onlyNewBehind(facts, place, purge.at.earliest))) return [];
  const from = parent === undefined ? 'a parent' : parent.node;
  return [
    {
      id: 'purge-race',
      ...placeOf(place),
      confidence: certain ? (parent === undefined ? 0.85 : 0.95) : 0.6,
      summary: `${place.node} was purged and filled itself again from ${from}, which still held the old page.`,
      for: [
        purgeWords(purge),
        ...(certain ? [`The old copy was stored ${when(segment.storedAt)}, after that purge.`] : []),
        ...madeWords(facts, place, segment),
        ...(parent === undefined
          ? []
          : [`${parent.node} still answered with the old version after ${clock(purge.at.latest)}.`]),
        'Every origin served the change by then.',
      ],
      against: certain ? [] : ['Nobody saw this copy being stored: the purge may have missed it instead.'],
      refutedBy: `A log of ${place.node} without a fetch of this page after ${clock(purge.at.earliest)}.`,
      ...clearsOf(place, segment),
      action: `Purge ${place.node} once more, now that the layers behind it hold the new page; purge inside out.`,
    },
  ];
}

/** With nothing but origins behind it there is no old copy to take. */
function fetchesFromOrigins(facts: Facts, { layer }: Place): boolean {
  const parents = facts.topology.layers.find((l) => l.id === layer)?.parents ?? [];
  return facts.topology.layers.every((l) => !parents.includes(l.id) || l.role === 'origin');
}
