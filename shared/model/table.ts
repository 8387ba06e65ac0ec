// How is one of ten thousand entries replaced so that whoever holds the former map keeps it, and the others are not copied?

/** Entries copied together. */
const ROW = 64;

/** Up to here copying all is as cheap. */
const FEW = 32;

/** The map with one entry more, or another value for it; the one given stays as it is. */
export function withEntry<V extends object | number>(
  map: ReadonlyMap<string, V>,
  key: string,
  value: V,
): ReadonlyMap<string, V> {
  if (map instanceof Table) return (map as Table<V>).with(key, value);
  if (map.size < FEW) return new Map(map).set(key, value);
  let table = new Table<V>(new Map(), [], 0);
  for (const [k, v] of map) table = table.with(k, v);
  return table.with(key, value);
}

/**
 * A map of which every change makes another one. All that come from one share where each key stands, and the rows that
 * are the same in both.
 */
class Table<V extends object | number> implements ReadonlyMap<string, V> {
  /** By key, in the order in which they came; shared by all versions, so that a version may lack what stands here. */
  readonly #places: Map<string, number>;
  readonly #rows: readonly (readonly (V | undefined)[])[];
  readonly size: number;

  constructor(places: Map<string, number>, rows: readonly (readonly (V | undefined)[])[], size: number) {
    this.#places = places;
    this.#rows = rows;
    this.size = size;
  }

  with(key: string, value: V): Table<V> {
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(key, place);
    }
    const [nth, within] = [Math.floor(place / ROW), place % ROW];
    const rows = this.#rows.slice();
    // another version may have put keys in between
    while (rows.length <= nth) rows.push([]);
    const row = rows[nth]!.slice();
    while (row.length < within) row.push(undefined);
    const isNew = row[within] === undefined;
    row[within] = value;
    rows[nth] = row;
    return new Table(this.#places, rows, isNew ? this.size + 1 : this.size);
  }

  get(key: string): V | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#rows[Math.floor(place / ROW)]?.[place % ROW];
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  *entries(): Generator<[string, V], undefined> {
    for (const key of this.#places.keys()) {
      const value = this.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  *keys(): Generator<string, undefined> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): Generator<V, undefined> {
    for (const row of this.#rows) for (const value of row) if (value !== undefined) yield value;
  }

  [Symbol.iterator](): Generator<[string, V], undefined> {
    return this.entries();
  }

  forEach(each: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) each(value, key, this);
  }
}
