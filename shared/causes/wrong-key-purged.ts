// Was a purge for another key than the one under which the page is kept?
import { clearsOf, madeWords, placeOf } from './at-place.ts';
import { besides, type Facts, type Place } from './facts.ts';
import type { Cause, Finding } from './finding.ts';
import { keptThrough, type Kept } from './kept.ts';
import { purgeWords, type LastPurge } from './last-purge.ts';
import { originsReady } from './sources.ts';
import { renewed } from './variant-not-purged.ts';
import { clock } from './words.ts';

export const wrongKeyPurged: Cause = {
  id: 'wrong-key-purged',
  silences: ['purge-lost', 'nodes-disagree'],
  find: (facts) =>
    facts.caches.flatMap((place) => [...nothingThere(facts, place), ...otherForm(facts, place)].slice(0, 1)),
};

/** The purger found nothing, and yet the copy of before is served. */
function nothingThere(facts: Facts, place: Place): Finding[] {
  const { purge } = place;
  if (purge?.receipt.outcome !== 'was-not-there') return [];
  const kept = keptThrough(facts, place, purge);
  if (kept === undefined) return [];
  const summary = `The purger of ${place.node} found nothing under ${purge.receipt.url}, and ${place.node} still serves the copy of before.`;
  return [findingFor(facts, place, purge, kept, summary, [])];
}

/** One form of the URL is new, and another that should hold the same is of before the purge. */
function otherForm(facts: Facts, place: Place): Finding[] {
  const forms = formsOf(facts, place.target);
  if (forms.length === 0) return [];
  const others = besides(facts, place).filter((p) => p.variant === place.variant && forms.includes(p.target));
  for (const { place: other, purge: theirs } of others.flatMap((p) => renewed(p) ?? [])) {
    const purge = place.purge?.receipt.outcome === 'accepted' ? place.purge : theirs;
    const kept = keptThrough(facts, place, purge);
    if (kept === undefined || originsReady(facts, place, purge.at.latest) !== 'yes') continue;
    const summary = `${place.node} renewed ${urlOf(facts, other.target)} and still serves ${urlOf(facts, place.target)} from before the purge.`;
    return [
      findingFor(facts, place, purge, kept, summary, [`${urlOf(facts, other.target)} shows the change at this node.`]),
    ];
  }
  return [];
}

function findingFor(
  facts: Facts,
  place: Place,
  purge: LastPurge,
  kept: Kept,
  summary: string,
  more: readonly string[],
): Finding {
  return {
    id: 'wrong-key-purged',
    ...placeOf(place),
    confidence: Math.min(0.9, kept.confidence),
    summary,
    for: [purgeWords(purge), ...more, ...kept.because, ...madeWords(facts, place, kept.segment)],
    against: [],
    refutedBy: `A log of ${place.node} that shows this page being fetched after ${clock(purge.at.earliest)}.`,
    ...clearsOf(place, kept.segment),
    action: 'Purge the form of the URL that this node keys by (slash, host, query order, scheme), or every form of it.',
  };
}

/** The other targets that are forms of the same page. */
function formsOf({ topology }: Facts, target: string): string[] {
  const main = (id: string) => topology.targets.find((t) => t.id === id)?.sameAs ?? id;
  return topology.targets.flatMap((t) => (t.id !== target && main(t.id) === main(target) ? [t.id] : []));
}

const urlOf = ({ topology }: Facts, target: string): string =>
  topology.targets.find((t) => t.id === target)?.url ?? target;
