// May this node be asked now? Nobody is asked more often than its layer's budget allows.
import type { Instant } from '../../shared/model/interval.ts';

/** Hands out instants at which a node may be asked: at most `budget` of them in any second. */
export class Budget {
  private readonly taken = new Map<string, Instant[]>();

  /** The first instant at or after `wanted` that the node's budget allows; it is taken. */
  take(node: string, budget: number, wanted: Instant): Instant {
    const most = Math.max(1, Math.floor(budget));
    const span = Math.max(1, 1 / budget);
    // Wishes do not come in the order of their instants, so none of the last ones may be forgotten.
    const taken = this.taken.get(node) ?? [];
    const nth = taken.at(-most);
    const at = nth === undefined ? wanted : Math.max(wanted, nth + span);
    this.taken.set(node, [...taken, at].toSorted((a, b) => a - b).slice(-most));
    return at;
  }
}
