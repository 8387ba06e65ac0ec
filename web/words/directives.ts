// What does Cache-Control ask of caches, one clause a directive?
import { parseCacheControl } from '../../shared/http/cache-control.ts';

/** One clause for each directive that matters to a cache; what is not here is passed over. */
const directives: Readonly<Record<string, (argument: string) => string>> = {
  'max-age': (s) => `fresh for ${s} s after it was generated`,
  's-maxage': (s) => `fresh for ${s} s in shared caches, whatever max-age says`,
  'no-store': () => 'may not be stored at all',
  'no-cache': () => 'may be stored, but must be checked with the origin before each use',
  private: () => 'only the visitor’s own browser may store it',
  public: () => 'any cache may store it',
  'must-revalidate': () => 'may not be served once it is stale',
  'proxy-revalidate': () => 'shared caches may not serve it once it is stale',
  'stale-while-revalidate': (s) => `may be served stale for ${s} s more while a new copy is fetched`,
  'stale-if-error': (s) => `may be served stale for ${s} s more when the origin fails`,
  immutable: () => 'will not change while it is fresh, so a reload need not ask',
  'no-transform': () => 'its content may not be altered on the way',
  'must-understand': () => 'may be stored only by caches that know its status code',
};

/** One directive as it stands, and what it asks. */
export interface Clause {
  readonly raw: string;
  /** Undefined for a directive that no cache knows. */
  readonly means?: string;
}

const WITH_SECONDS = new Set(['max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error']);

/** Each directive of a field line, in its order. */
export function clausesIn(value: string): Clause[] {
  return parseCacheControl([value]).map(({ name, value: argument, raw, malformed }) => {
    if (malformed === true)
      return { raw, means: 'cannot be read: a name, or a name, = and a value, stands between commas' };
    if (WITH_SECONDS.has(name) && !/^\d+$/.test(argument ?? ''))
      return { raw, means: 'has no number of seconds that can be read' };
    const means = Object.hasOwn(directives, name) ? directives[name]?.(argument ?? '') : undefined;
    return { raw, ...(means !== undefined && { means }) };
  });
}

/** The directives that matter to a cache, in one sentence. */
export function cacheControl(value: string): string {
  const clauses = clausesIn(value).flatMap(({ means }) => means ?? []);
  if (clauses.length === 0) return 'Nothing in it concerns caches.';
  const joined = clauses.join('; ');
  return `${joined.charAt(0).toUpperCase()}${joined.slice(1)}.`;
}
