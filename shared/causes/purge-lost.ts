// Did a purge never reach the copy that is served?
import { clearsOf, madeWords, placeOf } from './at-place.ts';
import type { Segment } from '../model/copy.ts';
import { isNew, type Facts, type Place } from './facts.ts';
import type { Cause, Finding } from './finding.ts';
import { keptThrough } from './kept.ts';
import { purgeWords, type LastPurge } from './last-purge.ts';
import { clock } from './words.ts';

export const purgeLost: Cause = {
  id: 'purge-lost',
  silences: ['nodes-disagree'],
  find: (facts) => facts.caches.flatMap((place) => outlived(facts, place)),
};

function outlived(facts: Facts, place: Place): Finding[] {
  const { purge } = place;
  if (purge === undefined || purge.receipt.outcome === 'was-not-there') return [];
  const kept = keptThrough(facts, place, purge);
  if (kept === undefined || cameLate(place, kept.segment)) return [];
  return [
    {
      id: 'purge-lost',
      ...placeOf(place),
      confidence: kept.confidence,
      summary: summaryOf(place, purge),
      for: [purgeWords(purge), ...kept.because, ...madeWords(facts, place, kept.segment)],
      against: [],
      refutedBy: `A log of ${place.node} that shows this page being fetched after ${clock(purge.at.earliest)}.`,
      ...clearsOf(place, kept.segment),
      action: actionFor(place, purge),
    },
  ];
}

/** The copy went for the new one, and not because its time was certainly over: the purge may have come late, but come. */
function cameLate(place: Place, segment: Segment): boolean {
  const { history } = place.track;
  const next = history[history.indexOf(segment) + 1];
  return next !== undefined && isNew(place, next) && next.from.latest < (segment.freshUntil?.latest ?? Infinity);
}

function summaryOf({ node }: Place, { receipt: { outcome } }: LastPurge): string {
  switch (outcome) {
    case 'accepted':
      return `${node} accepted the purge and still serves the copy of before.`;
    case 'refused':
      return `${node} refused the purge and still serves the copy of before.`;
    case 'failed':
      return `The purge did not reach ${node}, which still serves the copy of before.`;
    case 'was-not-there':
    case 'unknown':
      return `What became of the purge is not known, and ${node} still serves the copy of before.`;
  }
}

function actionFor({ node }: Place, { receipt: { outcome } }: LastPurge): string {
  if (outcome === 'refused')
    return `Mend what ${node} admits to purge (address list, token, method), then purge it again.`;
  if (outcome === 'accepted')
    return `Ask ${node} itself, and check which key, scope and rule of its configuration that purge was for.`;
  return `Purge ${node} again.`;
}
