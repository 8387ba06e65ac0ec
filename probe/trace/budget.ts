// May this node be asked now? Never more often than its layer's budget allows, and not before it wants to be asked again.
import type { Instant } from '../../shared/model/interval.ts';

/** Hands out instants at which a node may be asked: at most `budget` of them in any second. */
export class Budget {
  private readonly taken = new Map<string, Instant[]>();
  private readonly quiet = new Map<string, Instant>();

  /** The first instant at or after `wanted` that the node's budget allows; it is taken. */
  take(node: string, budget: number, wanted: Instant): Instant {
    const most = Math.max(1, Math.floor(budget));
    const span = Math.max(1, 1 / budget);
    const taken = this.taken.get(node) ?? [];
    this.taken.set(node, taken);
    // Wishes do not come in the order of their instants, so none of the last ones may be forgotten.
    const nth = taken.at(-most);
    const at = Math.max(wanted, this.quietUntil(node), nth === undefined ? -Infinity : nth + span);
    let place = taken.length;
    while (place > 0 && taken[place - 1]! > at) place--;
    taken.splice(place, 0, at);
    if (taken.length > most) taken.shift();
    return at;
  }

  /** The node asked to be left alone until then: whatever its budget, it is asked nothing before. */
  leaveAlone(node: string, until: Instant): void {
    if (until > this.quietUntil(node)) this.quiet.set(node, until);
  }

  /** Until when the node wants to be left alone; -Infinity where it never said so. */
  quietUntil(node: string): Instant {
    return this.quiet.get(node) ?? -Infinity;
  }
}
