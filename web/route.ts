// Which page does the part of the address after # name?

export type PageName = 'live' | 'trace' | 'explain';

/** `#/explain`, `#/trace` and what begins so; all else is the live page. */
export function pageIn(hash: string): PageName {
  const name = /^#\/(explain|trace)(?:[/?]|$)/.exec(hash)?.[1];
  return name === 'explain' || name === 'trace' ? name : 'live';
}

/** The recorded trace in `#/trace/ID`; undefined where the one that is going on is meant. */
export function traceIdIn(hash: string): string | undefined {
  const id = /^#\/trace\/([^?/]+)/.exec(hash)?.[1];
  try {
    return id === undefined ? undefined : decodeURIComponent(id);
  } catch {
    return id; // a stray percent sign is part of no id; the service will say that there is none
  }
}

export const traceAddress = (id: string): string => `#/trace/${encodeURIComponent(id)}`;

/** The URL in `#/explain?url=…`, for its field. It is asked only when somebody presses the button. */
export function urlIn(hash: string): string {
  const query = hash.indexOf('?');
  return query === -1 ? '' : (new URLSearchParams(hash.slice(query + 1)).get('url') ?? '');
}
