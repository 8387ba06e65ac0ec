// What does a decoded answer say in one word, and which words does the origin's own account allow?
import type { Decoded } from '../../../shared/dialects/dialect.ts';
import type { Captured, Served } from './captured.ts';

export type Verdict = 'hit' | 'stale' | 'revalidated' | 'forward' | 'error' | 'answer' | 'cannot tell';

export function verdictOf(said: Decoded | undefined): Verdict {
  if (said === undefined) return 'cannot tell';
  if (said.made !== undefined) return said.made;
  if (said.cacheStatus.hit === true) return said.stale === true ? 'stale' : 'hit';
  if (said.revalidated === true) return 'revalidated';
  return said.cacheStatus.fwd === undefined ? 'cannot tell' : 'forward';
}

const TRUE: Readonly<Record<Served, Verdict>> = {
  fetched: 'forward',
  hit: 'hit',
  revalidated: 'revalidated',
  'validated-and-replaced': 'forward',
  stale: 'stale',
  'stale-on-error': 'stale',
  'stale-while-background-refresh': 'stale',
  'cache-generated-error': 'error',
  'cache-command': 'answer',
  'forwarded-to-origin': 'forward',
};

/** The word that the origin knows to be right. */
export const trueVerdict = ({ truth }: Captured): Verdict => TRUE[truth.served];

/**
 * `told`: the right word. `not separable`: none, or one that is said to hide the right one. `silent`: no field of any cache.
 * `wrong`: another word.
 */
export function graded(record: Captured, said: Decoded | undefined): 'told' | 'not separable' | 'silent' | 'wrong' {
  if (said === undefined) return 'silent';
  const verdict = verdictOf(said);
  if (verdict === trueVerdict(record)) return 'told';
  return said.notSeparable === undefined ? 'wrong' : 'not separable';
}
