// Which page does the part of the address after # name?

export type PageName = 'live' | 'explain';

/** `#/explain` and what begins so; all else is the live page. */
export const pageIn = (hash: string): PageName => (/^#\/explain(?:[/?]|$)/.test(hash) ? 'explain' : 'live');

/** The URL in `#/explain?url=…`, for its field. It is asked only when somebody presses the button. */
export function urlIn(hash: string): string {
  const query = hash.indexOf('?');
  return query === -1 ? '' : (new URLSearchParams(hash.slice(query + 1)).get('url') ?? '');
}
