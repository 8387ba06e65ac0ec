// What is a program or a service of the operator's told about one purge? Names, addresses and URLs; never a secret.
import type { PurgeStep } from './purger.ts';

/** One JSON document a purge; `"strata": 1` as in every document. */
export function stepDocument({ layer, node, pages, purge, rebound }: PurgeStep): object {
  const { scope, soft, tags, prefix } = purge;
  return {
    strata: 1,
    verb: 'purge',
    layer: layer.id,
    nodes: (node === undefined ? layer.nodes : [node]).map(({ id, address }) => ({ id, address })),
    scope,
    soft,
    ...(scope === 'tag' && { tags }),
    ...(scope === 'prefix' && { prefix }),
    urls: [...new Set(pages.map((page) => page.target.url))],
    pages: pages.map(({ target, variant, method }) => ({
      target: target.id,
      variant: variant.id,
      method,
      url: target.url,
    })),
    ...(rebound && { rebound }),
  };
}
