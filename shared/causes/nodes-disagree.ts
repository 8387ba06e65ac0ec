// Do nodes of one layer, treated alike, show different versions, or do several caches answer behind one address?
import { clearsOf, placeOf } from './at-place.ts';
import { isNew, oldSince, shown, type Facts, type Place } from './facts.ts';
import type { Cause, Finding } from './finding.ts';
import { purgeWords, type LastPurge } from './last-purge.ts';
import { returns } from './several-caches.ts';
import { originsReady } from './sources.ts';
import { clock, when } from './words.ts';

export const nodesDisagree: Cause = {
  id: 'nodes-disagree',
  silences: [],
  find: (facts) => [...facts.byPage.values()].flatMap((layer) => inOneLayer(facts, layer)),
};

/** The places of one page in one layer. */
function inOneLayer(facts: Facts, layer: readonly Place[]): Finding[] {
  if (facts.origins.includes(layer[0]!)) return [];
  const done = layer.every(isPurged) ? layer.filter(showsNew) : [];
  return layer.flatMap((place) => {
    const found = alternating(facts, place);
    return found.length > 0 || done.length === 0 ? found : leftBehind(facts, place, done, layer.length);
  });
}

/** Purged as its fellows were, of which some are new, and still old. */
function leftBehind(facts: Facts, place: Place, done: readonly Place[], of: number): Finding[] {
  const { purge } = place;
  if (purge === undefined) return [];
  const segment = oldSince(place, purge.settled).find((s) => (s.askedBefore ?? -Infinity) >= purge.settled);
  if (segment === undefined || segment !== shown(place) || originsReady(facts, place, purge.at.earliest) !== 'yes')
    return [];
  return [
    {
      id: 'nodes-disagree',
      ...placeOf(place),
      confidence: 0.7,
      summary: `${done.length} of ${of} nodes of ${place.layer} show the change; ${place.node}, purged like them, does not.`,
      for: [
        purgeWords(purge),
        `Exchanges sent at ${clock(segment.askedBefore!)} and ${clock(segment.lastAsked!)} still showed the old version.`,
        `The change is shown by ${named(done)}.`,
      ],
      against: ['Whether this copy outlived the purge or came after it, its field lines do not tell.'],
      refutedBy: `${place.node} showing the change at the next look.`,
      ...clearsOf(place, segment),
      action: `Purge ${place.node} by itself and compare its configuration with that of its fellows.`,
    },
  ];
}

function named(places: readonly Place[]): string {
  const first = places.slice(0, 5).map((p) => p.node);
  return places.length > first.length
    ? `${first.join(', ')} and ${places.length - first.length} more`
    : first.join(', ');
}

const isPurged = ({ purge }: Place): boolean => purge?.receipt.outcome === 'accepted';

function showsNew(place: Place): boolean {
  const now = shown(place);
  return now !== undefined && isNew(place, now);
}

/** One address that turns back to copies it had replaced: more than one cache answers there. */
function alternating(facts: Facts, place: Place): Finding[] {
  const since = place.purge?.at.latest ?? facts.start;
  const back = returns(facts, place).filter((s) => s.from.latest >= since);
  if (back.length === 0 || originsReady(facts, place, since) !== 'yes') return [];
  const last = back.at(-1)!;
  return [
    {
      id: 'nodes-disagree',
      ...placeOf(place),
      confidence: 0.85,
      summary: `${place.node} alternates between the new page and the old: several caches answer behind its address, and not all have let go.`,
      for: [
        ...purgeSaid(place.purge),
        `After the new version it showed the old one again ${back.length === 1 ? 'once' : `${back.length} times`}, last ${when(last.from)}.`,
        ...(last.storeId === undefined
          ? []
          : [`A stored response that had been replaced, ${last.storeId}, came back.`]),
      ],
      against: [],
      refutedBy: 'One cache alone behind this address.',
      ...clearsOf(place, last),
      action: 'Name every cache behind this address as a node of its own, and purge each of them.',
    },
  ];
}

const purgeSaid = (purge: LastPurge | undefined): string[] => (purge === undefined ? [] : [purgeWords(purge)]);
