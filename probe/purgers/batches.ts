// For which pages is one message? For as many as its vendor takes at once, and for all that its scope covers.
import type { PurgeKind } from '../../shared/purge/kind.ts';
import type { PurgeConfig } from '../../shared/topology.ts';
import type { Page, PurgeStep } from './purger.ts';

export type Batch = PurgeStep['pages'];

/**
 * @param chosen the pages that are meant; each stands in one of the batches, unless the scope does not cover it
 * @param all every page of the topology: what names a prefix, a host or everything lets go of these too
 */
export function batchesOf(chosen: readonly Page[], all: readonly Page[], purge: PurgeConfig, kind: PurgeKind): Batch[] {
  switch (purge.scope) {
    case 'url':
      return inBatches(kind.variants === 'all' ? oncePerUrl(chosen) : chosen, kind.atOnce ?? 1, kind.atOnceBytes);
    case 'tag':
      return inBatches(chosen);
    case 'all':
      return chosen.length === 0 ? [] : inBatches(all);
    default: {
      const covered = (pages: readonly Page[]) => pages.filter((page) => liesUnder(page, purge.prefix ?? '/'));
      const hosts = new Set(covered(chosen).map(hostOf));
      return [...hosts].flatMap((host) => inBatches(covered(all).filter((page) => hostOf(page) === host)));
    }
  }
}

const liesUnder = ({ target }: Page, prefix: string): boolean => {
  const { pathname, search } = new URL(target.url);
  return `${pathname}${search}`.startsWith(prefix);
};

const hostOf = ({ target }: Page): string => new URL(target.url).host;

function oncePerUrl(pages: readonly Page[]): Page[] {
  const first = new Map<string, Page>();
  for (const page of pages) {
    const key = `${page.method} ${page.target.url}`;
    if (!first.has(key)) first.set(key, page);
  }
  return [...first.values()];
}

/** @param bytes the most that the batch's URLs may take as a JSON list */
function inBatches(pages: readonly Page[], size = Infinity, bytes = Infinity): Batch[] {
  const batches: [Page, ...Page[]][] = [];
  let taken = 0;
  for (const page of pages) {
    const own = Buffer.byteLength(JSON.stringify(new URL(page.target.url).href)) + 1;
    const batch = batches.at(-1);
    if (batch !== undefined && batch.length < size && taken + own <= bytes) {
      batch.push(page);
      taken += own;
    } else {
      batches.push([page]);
      taken = own + 1;
    }
  }
  return batches;
}
