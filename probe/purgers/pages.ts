// As what may caches have kept a page? Each target and variant, and what is purged apart from it: HEAD, and content codings.
import type { Target, Topology } from '../../shared/topology.ts';
import type { Choice } from '../trace/places.ts';
import { chosenTarget } from '../trace/places.ts';
import type { Page } from './purger.ts';

/** What browsers ask for: a cache that compares Accept-Encoding as text keeps each of them apart. */
const ENCODINGS = ['gzip, deflate, br, zstd', 'gzip, deflate, br', 'gzip, deflate', 'gzip', 'identity'];

/** All pages of the chosen targets and variants. @param withHead whether the purger can name HEAD */
export function pagesOf(topology: Topology, choice: Choice, withHead: boolean): Page[] {
  return topology.targets
    .filter((target) => chosenTarget(target, choice.target))
    .flatMap((target) => pagesOfTarget(target, choice.variant, withHead));
}

function pagesOfTarget(target: Target, variant: string | undefined, withHead: boolean): Page[] {
  const chosen = target.variants.filter((v) => variant === undefined || v.id === variant);
  return chosen.flatMap((v): Page[] => {
    const page: Page = { target, variant: v, method: 'GET', headers: v.headers };
    const own = Object.keys(v.headers).some((name) => name.toLowerCase() === 'accept-encoding');
    const encoded =
      target.alsoPurge?.includes('encodings') === true && !own
        ? ENCODINGS.map((coding): Page => ({ ...page, headers: { ...v.headers, 'accept-encoding': coding } }))
        : [];
    const pages = [page, ...encoded];
    const head = withHead && target.alsoPurge?.includes('head') === true;
    return head ? [...pages, ...pages.map((p): Page => ({ ...p, method: 'HEAD' }))] : pages;
  });
}
