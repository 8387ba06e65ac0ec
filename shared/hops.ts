// Which caches speak in one response, and which of them tell of this request?
import { dialects, recognise } from './dialects/index.ts';
import type { Decoded, Dialect } from './dialects/dialect.ts';
import type { FieldLines } from './http/fields.ts';

/** What one cache on the way says. */
export interface Hop extends Decoded {
  readonly dialect: string;
  /**
   * What it says came out of the store of a cache nearer to the client: it tells of the request that filled that store, not
   * of this one.
   */
  readonly replayed?: true;
}

/**
 * Every cache that left a sign, the nearest to the client first. A cache adds its lines below those it received, so of two
 * signs the lower is the nearer cache's; Cache-Status lists its members the same way (RFC 9211 section 2).
 */
export function hopsIn(fields: FieldLines, status: number): Hop[] {
  const signed = dialects.flatMap((dialect) => {
    const at = dialect.signature(fields);
    return at === undefined ? [] : [{ dialect, at }];
  });
  const found = signed.toSorted((a, b) => b.at - a.at).flatMap(({ dialect }) => saidBy(dialect, fields, status));
  return replayedFrom(found.length > 0 ? found : saidBy(recognise(fields), fields, status));
}

function saidBy(dialect: Dialect, fields: FieldLines, status: number): Hop[] {
  const nearest = dialect.decodeAll?.(fields, status) ?? [dialect.decode(fields, status)];
  return nearest.flatMap((said) => (said === undefined ? [] : [{ ...said, dialect: dialect.id }]));
}

/** Behind the first hit everything was stored with the copy; only the nearest cache's Age is this response's. */
function replayedFrom(hops: readonly Hop[]): Hop[] {
  const hit = hops.findIndex(({ cacheStatus }) => cacheStatus.hit === true);
  return hops.map(({ age, ...hop }, i) => ({
    ...hop,
    ...(i === 0 && age !== undefined && { age }),
    ...(hit !== -1 && i > hit && { replayed: true as const }),
  }));
}
