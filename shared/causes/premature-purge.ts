// Was it purged before the origin was ready, so that the old page was fetched again?
import type { Segment } from '../model/copy.ts';
import { clearsOf, madeWords, placeOf } from './at-place.ts';
import type { Facts, Place } from './facts.ts';
import { samePage } from './facts.ts';
import type { Cause, Finding } from './finding.ts';
import { cameAfter } from './kept.ts';
import { purgeWords, type LastPurge } from './last-purge.ts';
import { ageCountsFromOrigin, heldOld, madeAt, originsReady } from './sources.ts';
import { clock, when } from './words.ts';

export const prematurePurge: Cause = {
  id: 'premature-purge',
  silences: ['purge-race', 'nodes-disagree'],
  find: (facts) => facts.caches.flatMap((place) => tooEarly(facts, place)),
};

function tooEarly(facts: Facts, place: Place): Finding[] {
  const { purge } = place;
  const came = purge === undefined ? undefined : cameAfter(place, purge);
  if (purge === undefined || came === undefined) return [];
  const { segment, certain } = came;
  const notReady = originsReady(facts, place, purge.at.latest) === 'no';
  const made = ageCountsFromOrigin(facts, place) ? madeAt(facts, place, segment) : undefined;
  const madeAfter = made !== undefined && made.earliest >= purge.at.latest;
  const { readyAt } = place.change;
  const madeBeforeReady = readyAt === undefined || (made?.earliest ?? -Infinity) <= readyAt.latest;
  const purgedReady = originsReady(facts, place, purge.at.earliest) === 'yes';
  if (!madeBeforeReady || (!notReady && (!madeAfter || purgedReady))) return [];
  return [
    {
      id: 'premature-purge',
      ...placeOf(place),
      confidence: certain && notReady ? 0.95 : certain ? 0.85 : 0.7,
      summary: `${place.node} was purged before every origin served the change, and stored the old page again.`,
      for: [
        purgeWords(purge),
        ...lateOrigins(facts, place, purge),
        ...storedWords(segment, certain),
        ...madeWords(facts, place, segment),
      ],
      against: certain ? [] : ['Nobody saw this copy being stored: the purge may have missed it instead.'],
      refutedBy: `An origin log in which every origin serves the change before ${clock(purge.at.earliest)}.`,
      ...clearsOf(place, segment),
      action:
        'Purge again now that the origins are ready; next time hold the purge until every origin shows the change.',
    },
  ];
}

function lateOrigins(facts: Facts, place: Place, { at }: LastPurge): string[] {
  const late = facts.origins.find((o) => samePage(o, place) && heldOld(o, at.latest));
  if (late !== undefined) {
    const last = late.track.history.findLast((s) => s.from.earliest <= at.latest && s.content !== place.change.expect);
    return [
      `Origin ${late.node} still served the old version in an exchange sent at ${clock(last?.lastAsked ?? at.latest)}.`,
    ];
  }
  const { readyAt } = place.change;
  return readyAt === undefined ? [] : [`The last origin turned ${when(readyAt)}.`];
}

const storedWords = ({ storedAt }: Segment, certain: boolean): string[] =>
  certain ? [`The old copy was stored ${when(storedAt)}, after that purge.`] : [];
