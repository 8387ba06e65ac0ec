// What do findings at one place have in common: its name, when its copy was made, and when it goes by itself?
import type { Segment } from '../model/copy.ts';
import { interval, type Interval } from '../model/interval.ts';
import { isOld, shown, type Facts, type Place } from './facts.ts';
import { ageCountsFromOrigin, madeAt } from './sources.ts';
import { when } from './words.ts';

export const placeOf = ({ layer, node, target, variant }: Place) => ({ layer, node, target, variant });

/** While the place still shows the old version: when the copy that it holds ends. */
export function clearsOf(place: Place, segment: Segment): { readonly clears?: Interval } {
  const now = shown(place);
  if (now === undefined || !isOld(place, now)) return goneBy(place, segment);
  const { freshUntil, mayServeUntil = freshUntil } = now;
  if (freshUntil === undefined || mayServeUntil === undefined) return {};
  return { clears: interval(freshUntil.earliest, mayServeUntil.latest) };
}

/** A sentence on when the bytes of a copy were made; none where nothing tells. */
export function madeWords(facts: Facts, place: Place, segment: Segment): string[] {
  const made = madeAt(facts, place, segment);
  if (made === undefined) return [];
  const { age } = segment;
  const by = age === undefined ? 'Its Age' : `Its Age, ${age} s when it was first seen,`;
  const from = ageCountsFromOrigin(facts, place)
    ? 'the copy was made'
    : 'a cache behind it, which passes no Age on, sent it';
  return [`${by} says that ${from} ${when(made)}.`];
}

/** It has cleared already: when the first copy after it came. */
function goneBy({ track: { history } }: Place, segment: Segment): { readonly clears?: Interval } {
  const next = history.slice(history.indexOf(segment) + 1).find((s) => s.content !== segment.content);
  return next === undefined ? {} : { clears: next.from };
}
