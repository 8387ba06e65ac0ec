import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withEntry } from '../../../shared/model/table.ts';

const key = fc.integer({ min: 0, max: 300 }).map((n) => `edge/edge-${n}`);
const changes = fc.array(fc.tuple(key, fc.integer()), { minLength: 1, maxLength: 400 });
const many = (count: number): ReadonlyMap<string, number> =>
  new Map(Array.from({ length: count }, (_, i) => [`${i}`, i]));

describe('a map with one entry more', () => {
  it('holds what a copied one would hold, in the same order, from few entries to many', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const copied = new Map<string, number>();
        let shared: ReadonlyMap<string, number> = new Map();
        for (const [k, v] of all) {
          copied.set(k, v);
          shared = withEntry(shared, k, v);
        }
        expect([...shared]).toEqual([...copied]);
        expect([...shared.keys()]).toEqual([...copied.keys()]);
        expect([...shared.values()]).toEqual([...copied.values()]);
        expect(shared.size).toBe(copied.size);
        for (const [k, v] of copied) expect(shared.get(k)).toBe(v);
      }),
    );
  });

  it('leaves every former one as it was, also where two different ones were made of it', () => {
    const before = withEntry(many(100), 'both', 1);
    const one = withEntry(before, 'one', 2);
    const other = withEntry(withEntry(before, 'other', 3), 'both', 4);
    expect([before.size, one.size, other.size]).toEqual([101, 102, 102]);
    expect([before.has('one'), before.has('other'), before.get('both')]).toEqual([false, false, 1]);
    expect([one.has('other'), one.get('one'), one.get('both')]).toEqual([false, 2, 1]);
    expect([other.has('one'), other.get('other'), other.get('both')]).toEqual([false, 3, 4]);
    expect([...other.keys()].slice(-2)).toEqual(['both', 'other']);
    const told: string[] = [];
    one.forEach((value, name) => (value > 99 || name === 'one' ? told.push(name) : undefined));
    expect(told).toEqual(['one']);
  });
});
