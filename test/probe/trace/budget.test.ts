import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../../probe/trace/budget.ts';

/** The most instants that any window of `span` seconds holds, the window open at its end. */
function densest(instants: readonly number[], span: number): number {
  const sorted = instants.toSorted((a, b) => a - b);
  // a nanosecond less: sums of floating point numbers do not meet exactly
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + span - 1e-9).length));
}

const wishes = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { maxLength: 120 });

describe('the budget of a node', () => {
  it('is never exceeded in any second, in whatever order its instants are asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), wishes, (budget, wanted) => {
        const keeper = new Budget();
        const given = wanted.map((at) => keeper.take('edge-1', budget, at));
        expect(densest(given, 1)).toBeLessThanOrEqual(budget);
      }),
    );
  });

  it('below one a second spreads them over as many seconds as it takes', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 0.95, noNaN: true }), wishes, (budget, wanted) => {
        const keeper = new Budget();
        const given = wanted.map((at) => keeper.take('edge-1', budget, at));
        expect(densest(given, 1 / budget)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('gives nobody an instant before the one that was wanted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), wishes, (budget, wanted) => {
        const keeper = new Budget();
        for (const at of wanted) expect(keeper.take('edge-1', budget, at)).toBeGreaterThanOrEqual(at);
      }),
    );
  });

  it('costs nothing where there is room', () => {
    const keeper = new Budget();
    expect([10, 10.1, 10.2, 10.3].map((at) => keeper.take('edge-1', 4, at))).toEqual([10, 10.1, 10.2, 10.3]);
    expect(keeper.take('edge-1', 4, 10.4)).toBe(11);
  });

  it('is nothing before the instant until which the node wants to be left alone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), wishes, (budget, wanted) => {
        const keeper = new Budget();
        keeper.leaveAlone('edge-1', 10);
        keeper.leaveAlone('edge-1', 4);
        const given = wanted.map((at) => keeper.take('edge-1', budget, at));
        for (const [i, at] of given.entries()) expect(at).toBeGreaterThanOrEqual(Math.max(10, wanted[i]!));
        expect(densest(given, 1)).toBeLessThanOrEqual(budget);
      }),
    );
  });

  it('is each node’s own', () => {
    const keeper = new Budget();
    expect(keeper.take('edge-1', 1, 10)).toBe(10);
    expect(keeper.take('edge-2', 1, 10)).toBe(10);
  });
});
