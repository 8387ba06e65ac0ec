// Where does one step of a purge belong, and which pages does it name? As receipts and plans tell it.
import type { PurgeStep } from './purger.ts';

/** By ids; a single page by its target and variant, several as a list. */
export function stepNames({ layer, node, pages, rebound }: PurgeStep) {
  const [page, ...more] = pages;
  const named = pages.map(({ target, variant }) => ({ target: target.id, variant: variant.id }));
  return {
    layer: layer.id,
    ...(node === undefined ? {} : { node: node.id }),
    ...(more.length === 0 ? { target: page.target.id, variant: page.variant.id } : { pages: named }),
    ...(rebound ? { rebound } : {}),
  };
}
