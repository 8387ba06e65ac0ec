// Was one variant of a page renewed by a purge while another kept its old copy?
import { clearsOf, madeWords, placeOf } from './at-place.ts';
import { besides, isNew, shown, type Facts, type Place } from './facts.ts';
import type { Cause, Finding } from './finding.ts';
import { keptThrough } from './kept.ts';
import { purgeWords, type LastPurge } from './last-purge.ts';
import { originsReady } from './sources.ts';
import { clock, when } from './words.ts';

export const variantNotPurged: Cause = {
  id: 'variant-not-purged',
  silences: ['wrong-key-purged', 'purge-lost', 'nodes-disagree'],
  find: (facts) => facts.caches.flatMap((place) => keptVariant(facts, place)),
};

/** A sibling that an accepted purge has renewed. */
export interface Renewed {
  readonly place: Place;
  readonly purge: LastPurge;
}

export function renewed(place: Place): Renewed | undefined {
  const { purge } = place;
  const now = shown(place);
  if (purge?.receipt.outcome !== 'accepted' || now === undefined || now.notKept === true || !isNew(place, now))
    return undefined;
  const { history } = place.track;
  const first = history[history.findLastIndex((s) => !isNew(place, s)) + 1];
  return first !== undefined && first.from.latest >= purge.first && history.length > 1 ? { place, purge } : undefined;
}

function keptVariant(facts: Facts, place: Place): Finding[] {
  const siblings = besides(facts, place).filter((p) => p.target === place.target);
  for (const sibling of siblings.flatMap((p) => renewed(p) ?? [])) {
    const purge = place.purge ?? sibling.purge;
    const kept = keptThrough(facts, place, purge);
    if (kept === undefined || originsReady(facts, place, purge.at.latest) !== 'yes') continue;
    const other = sibling.place.variant;
    const turned = shown(sibling.place)!;
    return [
      {
        id: 'variant-not-purged',
        ...placeOf(place),
        confidence: kept.confidence,
        summary: `${place.node} renewed variant ${other} and still serves variant ${place.variant} from before the purge.`,
        for: [
          purgeWords(purge),
          `Variant ${other} turned to the change ${when(turned.from)}.`,
          ...kept.because,
          ...madeWords(facts, place, kept.segment),
        ],
        against: [],
        refutedBy: `A log of ${place.node} that shows variant ${place.variant} being fetched after ${clock(purge.at.earliest)}.`,
        ...clearsOf(place, kept.segment),
        action: `Purge variant ${place.variant} by its own request fields, or by a tag or ban that takes every variant.`,
      },
    ];
  }
  return [];
}
