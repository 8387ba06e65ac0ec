// What of the session stands in the page's address, so that a colleague opens the same view?

export type Theme = 'system' | 'light' | 'dark';

export interface Address {
  /** `layer/node`. */
  readonly cell?: string;
  readonly table: boolean;
  readonly theme: Theme;
  /** Seconds since the epoch; absent: now. */
  readonly at?: number;
  readonly target?: string;
  readonly variant?: string;
}

/** Reads a query string; what it cannot read it leaves out. */
export function readAddress(query: string): Address {
  const q = new URLSearchParams(query);
  const cell = q.get('cell');
  const target = q.get('target');
  const variant = q.get('variant');
  const theme = q.get('theme');
  const at = Number(q.get('at') ?? Number.NaN);
  return {
    table: q.get('view') === 'table',
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    ...(cell === null ? {} : { cell }),
    ...(Number.isFinite(at) && at > 0 ? { at } : {}),
    ...(target === null ? {} : { target }),
    ...(variant === null ? {} : { variant }),
  };
}

/** The query string of an address; empty where everything is as at first. */
export function writeAddress(a: Address): string {
  const parts: [string, string | undefined][] = [
    ['target', a.target],
    ['variant', a.variant],
    ['cell', a.cell],
    ['view', a.table ? 'table' : undefined],
    ['theme', a.theme === 'system' ? undefined : a.theme],
    ['at', a.at?.toFixed(3)],
  ];
  const said = parts.filter((p): p is [string, string] => p[1] !== undefined);
  // a slash is legal in a query (RFC 3986 section 3.4), and people read these
  return said.length === 0
    ? ''
    : `?${said.map(([k, v]) => `${k}=${encodeURIComponent(v).replaceAll('%2F', '/')}`).join('&')}`;
}
