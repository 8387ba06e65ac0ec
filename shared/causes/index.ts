// Which causes are there, and which of them explain what a trace shows? To add one: a file, and a line here.
import type { Asked } from './facts.ts';
import type { Cause, CauseId, Finding } from './finding.ts';
import type { Instant } from '../model/interval.ts';
import { factsOf } from './gather.ts';
import { halfRolledOrigin } from './half-rolled-origin.ts';
import { nodesDisagree } from './nodes-disagree.ts';
import { prematurePurge } from './premature-purge.ts';
import { purgeLost } from './purge-lost.ts';
import { purgeRace } from './purge-race.ts';
import { staleWhileRevalidate } from './stale-while-revalidate.ts';
import { variantNotPurged } from './variant-not-purged.ts';
import { wrongKeyPurged } from './wrong-key-purged.ts';

/** More particular ones first. */
export const causes: readonly Cause[] = [
  halfRolledOrigin,
  prematurePurge,
  variantNotPurged,
  wrongKeyPurged,
  purgeRace,
  staleWhileRevalidate,
  purgeLost,
  nodesDisagree,
];

/**
 * What explains the places that do not show the change, or showed it late: each place by its most particular causes. What is
 * wrong at the origin of a page explains what its caches fetched.
 */
export function findCauses(asked: Asked, now: Instant): Finding[] {
  const facts = factsOf(asked, now);
  const found = causes.flatMap((cause) => cause.find(facts));
  const silent = new Set(found.flatMap((f) => silencedBy(f).map((id) => `${id} ${placeName(f)}`)));
  const origin = new Set(facts.origins.map((o) => o.layer));
  const behind = new Set(
    found.filter((f) => origin.has(f.layer)).flatMap((f) => silencedBy(f).map((id) => `${id} ${pageOf(f)}`)),
  );
  return found.filter((f) => !silent.has(`${f.id} ${placeName(f)}`) && !behind.has(`${f.id} ${pageOf(f)}`));
}

const silencedBy = (f: Finding): readonly CauseId[] => causes.find((c) => c.id === f.id)?.silences ?? [];

const pageOf = (f: Finding): string => `${f.target}/${f.variant}`;

const placeName = (f: Finding): string => `${f.layer}/${f.node}/${pageOf(f)}`;
