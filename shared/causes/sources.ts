// What could a cache have fetched at one instant: had everything behind it the new version already, or not yet?
import type { Segment } from '../model/copy.ts';
import { interval, type Instant, type Interval } from '../model/interval.ts';
import { inLayer, isNew, isOld, type Facts, type Place } from './facts.ts';

/** Whether every origin served the new version at `at`; `unknown` where an origin turned about then, or was not asked. */
export function originsReady(facts: Facts, place: Place, at: Instant): 'yes' | 'no' | 'unknown' {
  const layers = facts.topology.layers.filter((l) => l.role === 'origin');
  const origins = layers.flatMap((l) => inLayer(facts, l.id, place));
  if (origins.some((o) => heldOld(o, at))) return 'no';
  const nodes = layers.reduce((count, l) => count + l.nodes.length, 0);
  return origins.length === nodes && nodes > 0 && origins.every((o) => newFrom(o, at)) ? 'yes' : 'unknown';
}

/** The old version was there before `at` and still after it. */
export function heldOld(place: Place, at: Instant): boolean {
  return place.track.history.some((s) => isOld(place, s) && s.from.earliest <= at && (s.lastAsked ?? -Infinity) >= at);
}

/** It held the new version at `at`, and nothing else was seen of it since. */
export function newFrom(place: Place, at: Instant): boolean {
  const { history } = place.track;
  const i = history.findLastIndex((s) => !isNew(place, s)) + 1;
  const first = history[i];
  return first !== undefined && heldSince(place, first) <= at;
}

/** By when it held this copy at the latest: seen, or because the one before was purged and this is what came. */
function heldSince({ purge }: Place, { from }: Segment): Instant {
  const removed = purge?.receipt.outcome === 'accepted' && purge.receipt.effect?.soft !== true ? purge.at : undefined;
  if (removed === undefined || removed.latest < from.earliest || removed.latest > from.latest) return from.latest;
  return removed.latest;
}

/** The nodes that it asks; undefined where one of them was never seen to answer. */
export function parentsOf(facts: Facts, place: Place): Place[] | undefined {
  const layer = facts.topology.layers.find((l) => l.id === place.layer);
  const layers = facts.topology.layers.filter((l) => layer?.parents.includes(l.id));
  const parents = layers.flatMap((l) => inLayer(facts, l.id, place));
  const nodes = layers.reduce((count, l) => count + l.nodes.length, 0);
  return parents.length === nodes && parents.length > 0 ? parents : undefined;
}

/** Whatever this place fetched from `at` on can only have been the new version. */
export function onlyNewBehind(facts: Facts, place: Place, at: Instant): boolean {
  const parents = parentsOf(facts, place);
  if (parents === undefined) return false;
  return parents.every((p) => newFrom(p, at) && (!passes(p) || onlyNewBehind(facts, p, at)));
}

const passes = ({ track }: Place): boolean => track.history.at(-1)?.notKept === true;

/** Whether Age, as this node shows it, counts from the origin: every cache on the way was seen to send an Age of its own. */
export function ageCountsFromOrigin(facts: Facts, place: Place): boolean {
  const parents = parentsOf(facts, place);
  const origin = (p: Place) => facts.origins.includes(p);
  return parents !== undefined && parents.every((p) => origin(p) || (sendsAge(p) && ageCountsFromOrigin(facts, p)));
}

/**
 * When the bytes of a copy were made, as far as its Age tells, or undefined. Each cache on the way cuts what is left of a
 * second off the Age that it sends, so they may be older by that much than this node counts.
 */
export function madeAt(facts: Facts, place: Place, { generatedAt }: Segment): Interval | undefined {
  if (generatedAt === undefined || generatedAt.earliest === -Infinity) return undefined;
  return interval(generatedAt.earliest - cachesBehind(facts, place.layer), generatedAt.latest);
}

/** The most caches between a layer and an origin. */
function cachesBehind({ topology }: Pick<Facts, 'topology'>, id: string): number {
  const parents = topology.layers.find((l) => l.id === id)?.parents ?? [];
  const caches = topology.layers.filter((l) => parents.includes(l.id) && l.role === 'cache');
  return Math.max(0, ...caches.map((l) => 1 + cachesBehind({ topology }, l.id)));
}

const sendsAge = ({ track }: Place): boolean => track.history.some((s) => s.age !== undefined);

/** A node behind it that still held the old version after `at`. */
export function oldBehind(facts: Facts, place: Place, at: Instant): Place | undefined {
  return parentsOf(facts, place)?.find((p) => heldOld(p, at));
}
