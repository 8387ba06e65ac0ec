// What did a cache do, in a word, and how is that drawn? The same borders as on the live page.
import { spokenDuration } from '../../shared/duration.ts';
import type { Cache } from './explained.ts';

/** How its border is drawn; `made`: it wrote the answer itself. */
export type Outcome = 'hit' | 'stale' | 'revalidated' | 'miss' | 'pass' | 'made' | 'unknown';

/** What colour it has, beside pattern and word. */
export type Tone = 'fresh' | 'stale' | 'failed' | 'through' | 'unknown';

export function outcomeOf({ cacheStatus: { hit, fwd, fwdStatus }, stale, made }: Cache): Outcome {
  if (made !== undefined) return 'made';
  if (hit === true) return stale === true ? 'stale' : 'hit';
  if (fwd === undefined) return 'unknown';
  if (fwd === 'stale' && fwdStatus === 304) return 'revalidated';
  return fwd === 'bypass' || fwd === 'method' ? 'pass' : 'miss';
}

const WORDS: Readonly<Record<Outcome, string>> = {
  hit: 'hit',
  stale: 'stale hit',
  revalidated: 'revalidated',
  miss: 'miss',
  pass: 'pass',
  made: 'its own answer',
  unknown: 'says nothing',
};

export const verdictOf = (cache: Cache): string => (cache.made === 'error' ? 'its own error' : WORDS[outcomeOf(cache)]);

export function toneOf(cache: Cache): Tone {
  const outcome = outcomeOf(cache);
  if (outcome === 'made') return cache.made === 'error' ? 'failed' : 'through';
  if (outcome === 'unknown') return 'unknown';
  if (outcome === 'stale' || (outcome === 'hit' && (cache.freshFor ?? 1) <= 0)) return 'stale';
  return outcome === 'hit' || outcome === 'revalidated' ? 'fresh' : 'through';
}

/** The share of its lifetime that is left, 0 to 1; undefined where it holds nothing that is known to run out. */
export function leftOf(cache: Cache): number | undefined {
  const { age, freshFor } = cache;
  if (cache.cacheStatus.hit !== true || freshFor === undefined) return undefined;
  if (freshFor <= 0) return 0;
  return freshFor / (freshFor + Math.max(0, age ?? 0));
}

/** `fresh for 18 s`, `stale for 3 s`; undefined where it is not known. */
export function timeLeft(freshFor: number | undefined): string | undefined {
  if (freshFor === undefined) return undefined;
  return freshFor > 0
    ? `fresh for ${spokenDuration(freshFor)}`
    : freshFor === 0
      ? 'just stale'
      : `stale for ${spokenDuration(-freshFor)}`;
}

/** `Amsterdam (AMS)`, or the code alone. */
export function placeWords(place: string | undefined, city: string | undefined): string | undefined {
  return place === undefined || city === undefined ? place : `${city} (${place})`;
}
