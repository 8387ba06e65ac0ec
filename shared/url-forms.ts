// How else may the URL of a page be written, so that a cache keeps it as another page?
import { originOf, urlParts } from './url-parts.ts';

/**
 * The URL in its other form: with or without the slash at the end of its path (`slash`), or with its query in the order
 * of names (`query-order`; in reverse where it already stands so). The URL itself where it has no such form.
 */
export function otherForm(url: string, form: 'slash' | 'query-order'): string {
  const parts = urlParts(url);
  if (parts === undefined) return url;
  const at = parts.path.indexOf('?');
  const path = at < 0 ? parts.path : parts.path.slice(0, at);
  const query = at < 0 ? '' : parts.path.slice(at);
  const other = form === 'slash' ? `${slashed(path)}${query}` : `${path}${reordered(query)}`;
  return `${originOf(parts)}${other}`;
}

function slashed(path: string): string {
  if (path === '/') return path;
  return path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
}

function reordered(query: string): string {
  if (query.length <= 1) return query;
  const written = query.slice(1).split('&');
  const sorted = written.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const same = sorted.every((pair, i) => pair === written[i]);
  return `?${(same ? sorted.toReversed() : sorted).join('&')}`;
}
