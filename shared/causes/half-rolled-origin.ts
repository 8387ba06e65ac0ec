// Do the origins themselves serve two versions?
import { isNew, isOld, samePage, shown, type Facts, type Place } from './facts.ts';
import type { Cause, Finding } from './finding.ts';
import { clock, ordinal } from './words.ts';

export const halfRolledOrigin: Cause = {
  id: 'half-rolled-origin',
  silences: ['premature-purge', 'purge-race', 'nodes-disagree'],
  find: (facts) =>
    facts.origins.flatMap((place) => [...swaying(place, facts), ...leftBehind(facts, place)].slice(0, 1)),
};

/** One address of an origin that turns back twice: instances of both versions answer behind it. */
function swaying(place: Place, { start }: Facts): Finding[] {
  const { history } = place.track;
  const since = history.filter((s) => s.from.latest >= start);
  const back = since.filter((s) => {
    const before = history[history.indexOf(s) - 1];
    return before !== undefined && isNew(place, before) && isOld(place, s);
  });
  if (back.length < 2) return [];
  return [
    findingFor(
      place,
      `Origin ${place.node} alternates between the new version and the old: instances of both answer behind it.`,
      [
        `It went back to the old version ${ordinal(back.length, 'time')}, last in an exchange sent at ${clock(back.at(-1)!.lastAsked ?? back.at(-1)!.lastSeen)}.`,
      ],
      'A second rollback, if there was one.',
    ),
  ];
}

/** An origin that is still old, long after another one was seen to be new. */
function leftBehind(facts: Facts, place: Place): Finding[] {
  const now = shown(place);
  if (now === undefined || !isOld(place, now)) return [];
  const turned = facts.origins
    .filter((o) => o.node !== place.node && samePage(o, place))
    .flatMap((o) => newest(o) ?? [])
    .toSorted((a, b) => a.latest - b.latest)[0];
  const lasts = turned === undefined ? 0 : (now.lastAsked ?? -Infinity) - turned.latest;
  if (turned === undefined || lasts <= facts.roll) return [];
  return [
    findingFor(
      place,
      `Origin ${place.node} still serves the old version, ${Math.round(lasts)} s after another origin turned to the new one.`,
      [
        `Another origin has served the new version since ${clock(turned.latest)} at the latest.`,
        `${place.node} answered with the old version in an exchange sent at ${clock(now.lastAsked ?? now.lastSeen)}.`,
      ],
      `A deploy that is still going on after ${Math.round(lasts)} s.`,
    ),
  ];
}

function newest(place: Place) {
  const now = shown(place);
  return now !== undefined && isNew(place, now) ? now.from : undefined;
}

function findingFor(place: Place, summary: string, evidence: readonly string[], refutedBy: string): Finding {
  const { layer, node, target, variant } = place;
  return {
    id: 'half-rolled-origin',
    layer,
    node,
    target,
    variant,
    confidence: 0.9,
    summary,
    for: evidence,
    against: [],
    refutedBy,
    action: `Finish the deploy at ${node} or take it out of service; then purge what was cached meanwhile.`,
  };
}
