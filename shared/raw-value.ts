// How does one look into a value of unknown shape, such as parsed JSON, without trusting it?

/** The own property `key` of an object or array; undefined for anything else. */
export function fieldOf(raw: unknown, key: PropertyKey): unknown {
  return typeof raw === 'object' && raw !== null && Object.hasOwn(raw, key) ? Reflect.get(raw, key) : undefined;
}

/** The value that `path` leads to; undefined where it leads nowhere. */
export function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const step of path) value = fieldOf(value, step);
  return value;
}

export const listOf = (raw: unknown): readonly unknown[] => (Array.isArray(raw) ? raw : []);

export const textOf = (raw: unknown): string | undefined => (typeof raw === 'string' ? raw : undefined);
