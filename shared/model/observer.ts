// What did asking itself change? Our requests are traffic: one that meets an expired copy may be the one that refreshes it.
import type { Outcome } from './layer-state.ts';
import type { Reading } from './reading.ts';
import { withEntry } from './table.ts';

/** Of the requests to one cache: those that may have changed what it holds. */
export interface Touched {
  /** Answered with what the cache fetched or validated for them. */
  readonly refreshing: number;
  /** Answered with a stale copy, which products refresh behind the answer. */
  readonly stale: number;
  /** Nothing tells. */
  readonly untold: number;
}

export interface ObserverEffect extends Touched {
  readonly requests: number;
  /** Every node that was asked. */
  readonly nodes: readonly (Touched & { readonly layer: string; readonly node: string; readonly requests: number })[];
}

const NOTHING: Touched = { refreshing: 0, stale: 0, untold: 0 };

/** What was counted of each node, and one exchange more. A hit, a pass and a failure change nothing. */
export function withTouch(
  touched: ReadonlyMap<string, Touched>,
  node: string,
  outcome: Outcome,
): ReadonlyMap<string, Touched> {
  const kind = kindOf(outcome);
  if (kind === undefined) return touched;
  const before = touched.get(node) ?? NOTHING;
  return withEntry(touched, node, { ...before, [kind]: before[kind] + 1 });
}

function kindOf(outcome: Outcome): keyof Touched | undefined {
  switch (outcome) {
    case 'miss':
    case 'revalidated':
      return 'refreshing';
    case 'stale':
      return 'stale';
    case 'unknown':
      return 'untold';
    case 'hit':
    case 'pass':
    case 'origin':
    case 'failed':
      return undefined;
  }
}

/** What was asked until `after`, from `before` on where that is given. */
export function observerEffect(after: Reading, before?: Reading): ObserverEffect {
  const nodes = after.topology.layers.flatMap((layer) =>
    layer.nodes.flatMap(({ id: node }) => {
      const requests = (after.requests.get(node) ?? 0) - (before?.requests.get(node) ?? 0);
      if (requests === 0) return [];
      return [{ layer: layer.id, node, requests, ...less(after.touched.get(node), before?.touched.get(node)) }];
    }),
  );
  const sum = (of: (counts: (typeof nodes)[number]) => number) => nodes.reduce((all, counts) => all + of(counts), 0);
  return {
    requests: sum((n) => n.requests),
    refreshing: sum((n) => n.refreshing),
    stale: sum((n) => n.stale),
    untold: sum((n) => n.untold),
    nodes,
  };
}

const less = (all: Touched = NOTHING, former: Touched = NOTHING): Touched => ({
  refreshing: all.refreshing - former.refreshing,
  stale: all.stale - former.stale,
  untold: all.untold - former.untold,
});
