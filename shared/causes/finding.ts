// What is said about a place that does not show the change, and by whom?
import type { Interval } from '../model/interval.ts';
import type { Facts } from './facts.ts';

export type CauseId =
  | 'half-rolled-origin'
  | 'premature-purge'
  | 'variant-not-purged'
  | 'wrong-key-purged'
  | 'purge-race'
  | 'stale-while-revalidate'
  | 'purge-lost'
  | 'nodes-disagree';

/** One cause at one place. Sentences name what was measured; instants that were inferred are told as intervals. */
export interface Finding {
  readonly id: CauseId;
  readonly layer: string;
  readonly node?: string;
  readonly target?: string;
  readonly variant?: string;
  /** From 0 to 1: how much of the evidence that would settle it was seen. */
  readonly confidence: number;
  /** One sentence. */
  readonly summary: string;
  readonly for: readonly string[];
  readonly against: readonly string[];
  readonly refutedBy: string;
  /** When the old copy goes by itself, where that is known. */
  readonly clears?: Interval;
  readonly action: string;
}

export interface Cause {
  readonly id: CauseId;
  /** Causes that this one explains better, at the same place (or, of an origin, at every cache of the same page). */
  readonly silences: readonly CauseId[];
  find(facts: Facts): Finding[];
}
