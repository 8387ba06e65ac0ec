// May this node be asked now? Nobody is asked more often than its layer's budget allows.
import type { Instant } from '../../shared/model/interval.ts';

/** Hands out instants at which a node may be asked: at most `budget` of them in any second. */
export class Budget {
  private readonly taken = new Map<string, Instant[]>();

  /** The first instant at or after `wanted` that the node's budget allows; it is taken. */
  take(node: string, budget: number, wanted: Instant): Instant {
    const most = Math.max(1, Math.floor(budget));
    const span = Math.max(1, 1 / budget);
    const recent = (this.taken.get(node) ?? []).filter((at) => at > wanted - span);
    const nth = recent.at(-most);
    const at = nth === undefined ? wanted : Math.max(wanted, nth + span);
    this.taken.set(node, [...recent, at].toSorted((a, b) => a - b).slice(-most));
    return at;
  }
}
