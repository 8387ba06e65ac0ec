// What does a purge do, once it is accepted? Which copies it reaches, and whether they go or only become stale.
import type { PurgeScope } from '../../topology.ts';
import type { PurgeReceipt } from '../../trace.ts';

export interface PurgeEffect {
  readonly scope: PurgeScope;
  /** What is held becomes stale and may be served once more, instead of going. */
  readonly soft: boolean;
  /** Whether all variants of a URL are meant, or only the one that was named. */
  readonly variants: 'all' | 'one';
  /** Seconds after acceptance until it holds everywhere, as its vendor stated when it was sent; absent where nobody says. */
  readonly settles?: number;
}

/** One copy's place; `variant` by the topology's names. */
export interface PurgedPlace {
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly variant: string;
}

/** Whether what is held at this place is meant by the purge that the receipt tells of. */
export function reaches(receipt: PurgeReceipt, place: PurgedPlace): boolean {
  if (receipt.layer !== place.layer) return false;
  if (receipt.node !== undefined && receipt.node !== place.node) return false;
  if (receipt.effect?.scope === 'all') return true;
  const pages = receipt.pages ?? [{ target: receipt.target, variant: receipt.variant }];
  const all = receipt.effect?.variants === 'all';
  return pages.some(
    (page) =>
      (page.target ?? place.target) === place.target && (all || (page.variant ?? place.variant) === place.variant),
  );
}
