import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arrivalsOf,
  certainly,
  quantile,
  quantileBand,
  quantileBands,
  shareBy,
  type Arrival,
  type Arrivals,
} from '../../../shared/model/arrivals.ts';
import { contains, interval } from '../../../shared/model/interval.ts';

/** Numbers from 0 up to 1, the same for one seed. */
function chanceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * The same maximum, found slowly: plain expectation and maximisation over points and the gaps between them (whole and half
 * numbers, and one place for what never came). Returns how likely each arrival is then.
 */
function plainly(all: readonly Arrival[], last: number): number[] {
  const places = Array.from({ length: 2 * last + 2 }, (_, i) => i / 2);
  const allowed = all.map(({ after, by = Infinity }) =>
    places.map((place) => (after === by ? place === after : place > after && place <= by)),
  );
  let shares = places.map(() => 1 / places.length);
  let likely: number[] = [];
  for (let round = 0; round < 3000; round++) {
    likely = allowed.map((row) => row.reduce((sum, ok, j) => (ok ? sum + shares[j]! : sum), 0));
    shares = shares.map(
      (s, j) => s * allowed.reduce((sum, row, i) => (row[j] ? sum + 1 / likely[i]! / all.length : sum), 0),
    );
  }
  return likely;
}

/** How likely each arrival is by the shares that were found. */
function likelyIn({ steps, beyond }: Arrivals, all: readonly Arrival[]): number[] {
  return all.map(({ after, by = Infinity }) => {
    const inside = steps.filter((m) =>
      after === by ? m.from === after && m.to === after : m.from >= after && m.to <= by && m.to > after,
    );
    return inside.reduce((sum, m) => sum + m.share, by === Infinity ? beyond : 0);
  });
}

const logOf = (likely: readonly number[]) => likely.reduce((sum, l) => sum + Math.log(l), 0);

const instant = fc.integer({ min: 0, max: 30 });
const exact = instant.map((t): Arrival => ({ after: t, by: t }));
const between = fc
  .tuple(instant, fc.integer({ min: 1, max: 12 }))
  .map(([after, width]): Arrival => ({ after, by: after + width }));
const unseen = instant.map((after): Arrival => ({ after }));
const anyArrivals = fc.array(fc.oneof(exact, between, unseen), { minLength: 1, maxLength: 40 });

/** A node that was asked again and again: when it truly turned, and what was seen of it. */
const watched = fc
  .record({ truth: fc.double({ min: 0.01, max: 30, noNaN: true }), phase: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ truth, phase }) => {
    const gap = 2;
    const after = Math.max(0, (Math.ceil((truth - phase) / gap) - 1) * gap + phase);
    const by = after === 0 ? phase + (truth > phase ? gap : 0) : after + gap;
    const seen: Arrival = by > 25 ? { after: Math.min(after, 25) } : { after, by: Math.max(by, truth) };
    return { truth, seen };
  });

describe('arrivals known only as intervals', () => {
  it('of exact instants are the empirical quantiles', () => {
    fc.assert(
      fc.property(
        fc.array(exact, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 100 }),
        (all, percent) => {
          const sorted = all.map((a) => a.after).toSorted((a, b) => a - b);
          const kth = sorted[Math.ceil((percent / 100) * all.length - 1e-9) - 1]!;
          expect(quantile(arrivalsOf(all), percent / 100)).toEqual(interval(kth, kth));
          expect(certainly(all, percent / 100)).toEqual(interval(kth, kth));
        },
      ),
    );
  });

  it('have shares that sum to 1 with what has not arrived, in steps that do not overlap', () => {
    fc.assert(
      fc.property(anyArrivals, (all) => {
        const { count, steps, beyond } = arrivalsOf(all);
        expect(count).toBe(all.length);
        expect(steps.reduce((sum, s) => sum + s.share, beyond)).toBeCloseTo(1, 9);
        for (const [i, s] of steps.entries()) {
          expect(s.share).toBeGreaterThan(0);
          expect(s.from).toBeLessThanOrEqual(s.to);
          if (i > 0) expect(steps[i - 1]!.to).toBeLessThanOrEqual(s.from);
        }
      }),
    );
  });

  it('make what was seen as likely as the plain iteration does', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(exact, between, unseen), { minLength: 1, maxLength: 25 }), (all) => {
        const fast = likelyIn(arrivalsOf(all), all);
        const slow = plainly(all, 43);
        expect(logOf(fast)).toBeGreaterThanOrEqual(logOf(slow) - 1e-3);
        for (const [i, l] of slow.entries()) expect(Math.abs(fast[i]! - l)).toBeLessThan(0.02);
      }),
      { numRuns: 60 },
    );
  });

  it('are the same in whatever order they are told', () => {
    fc.assert(
      fc.property(anyArrivals, fc.integer(), (all, seed) => {
        const chance = chanceFrom(seed);
        const shuffled = all.map((a) => ({ a, at: chance() })).toSorted((x, y) => x.at - y.at);
        const [one, other] = [arrivalsOf(all), arrivalsOf(shuffled.map((s) => s.a))];
        for (let t = 0; t <= 45; t += 1.5) {
          expect(shareBy(other, t).lowest).toBeCloseTo(shareBy(one, t).lowest, 3);
          expect(shareBy(other, t).highest).toBeCloseTo(shareBy(one, t).highest, 3);
        }
      }),
    );
  });

  it('hold the true instant of the node that completes a share', () => {
    fc.assert(
      fc.property(
        fc.array(watched, { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 100 }),
        (nodes, percent) => {
          const truths = nodes.map((n) => n.truth).toSorted((a, b) => a - b);
          const kth = truths[Math.ceil((percent / 100) * nodes.length - 1e-9) - 1]!;
          const seen = nodes.map((n) => n.seen);
          const held = certainly(seen, percent / 100);
          if (held !== undefined) expect(contains(held, kth)).toBe(true);
        },
      ),
    );
  });

  it('are estimated between those ends, never outside of them', () => {
    fc.assert(
      fc.property(anyArrivals, fc.integer({ min: 1, max: 100 }), (all, percent) => {
        const held = certainly(all, percent / 100);
        const likely = quantile(arrivalsOf(all), percent / 100);
        if (held === undefined) return;
        expect(likely).toBeDefined();
        expect(likely!.earliest).toBeGreaterThanOrEqual(held.earliest);
        expect(likely!.latest).toBeLessThanOrEqual(held.latest);
      }),
    );
  });

  it('come out near the truth where many nodes are asked at times of their own', () => {
    const chance = chanceFrom(7);
    const nodes = Array.from({ length: 4000 }, () => {
      const truth = -Math.log(1 - chance()) * 10;
      const phase = chance() * 5;
      const after = Math.max(0, phase + Math.floor((truth - phase) / 5) * 5);
      const by = truth < phase ? phase : after + 5;
      return { truth, seen: by > 60 ? { after } : { after, by } };
    });
    const all = arrivalsOf(nodes.map((n) => n.seen));
    for (const t of [3, 8, 15, 30]) {
      const truly = nodes.filter((n) => n.truth <= t).length / nodes.length;
      expect(shareBy(all, t).lowest).toBeGreaterThan(truly - 0.05);
      expect(shareBy(all, t).highest).toBeLessThan(truly + 0.05);
    }
  });

  it('are fewer, at every instant, where a node stops being watched before it arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(exact, unseen), { minLength: 1, maxLength: 40 }), fc.nat(), (all, which) => {
        const i = which % all.length;
        const fewer = arrivalsOf(all.with(i, { after: all[i]!.after }));
        const before = arrivalsOf(all);
        for (let t = 0; t <= 31; t += 0.5) {
          expect(shareBy(fewer, t).lowest).toBeLessThanOrEqual(shareBy(before, t).lowest + 1e-3);
        }
      }),
    );
  });

  it('are never certain earlier for not having been seen', () => {
    fc.assert(
      fc.property(anyArrivals, fc.nat(), fc.integer({ min: 1, max: 100 }), (all, which, percent) => {
        const i = which % all.length;
        const [before, after] = [all, all.with(i, { after: all[i]!.after })].map((a) => certainly(a, percent / 100));
        if (after === undefined) return;
        expect(after.latest).toBeGreaterThanOrEqual(before!.latest);
      }),
    );
  });

  it('may lie anywhere within a step: the share by then is two numbers', () => {
    const all = arrivalsOf([
      { after: 0, by: 4 },
      { after: 6, by: 8 },
    ]);
    expect(shareBy(all, 0)).toEqual({ lowest: 0, highest: 0 });
    expect(shareBy(all, 2)).toEqual({ lowest: 0, highest: 0.5 });
    expect(shareBy(all, 4)).toEqual({ lowest: 0.5, highest: 0.5 });
    expect(shareBy(all, 7)).toEqual({ lowest: 0.5, highest: 1 });
  });
});

describe('odd sets of arrivals', () => {
  it('of nobody have not arrived', () => {
    const none = arrivalsOf([]);
    expect(none).toEqual({ count: 0, steps: [], beyond: 1 });
    expect(quantile(none, 0.5)).toBeUndefined();
    expect(certainly([], 0.5)).toBeUndefined();
    expect(quantileBand([], 0.5, chanceFrom(1))).toBeUndefined();
  });

  it('of which none was seen have no quantile', () => {
    const all = [{ after: 1 }, { after: 5 }, { after: 9 }];
    expect(arrivalsOf(all)).toEqual({ count: 3, steps: [], beyond: 1 });
    expect(quantile(arrivalsOf(all), 0.01)).toBeUndefined();
    expect(quantileBand(all, 0.5, chanceFrom(1))).toBeUndefined();
  });

  it('that are all alike are one step', () => {
    const all = arrivalsOf(Array.from({ length: 50 }, () => ({ after: 2, by: 3 })));
    expect(all.steps).toEqual([{ from: 2, to: 3, share: 1 }]);
    expect(quantile(all, 0.99)).toEqual(interval(2, 3));
  });

  it('that touch at one instant stay two steps, and an exact one at the end of another is its own', () => {
    expect(
      arrivalsOf([
        { after: 1, by: 2 },
        { after: 2, by: 3 },
      ]).steps.map((s) => [s.from, s.to]),
    ).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(
      arrivalsOf([
        { after: 1, by: 2 },
        { after: 2, by: 2 },
      ]).steps,
    ).toEqual([{ from: 2, to: 2, share: 1 }]);
  });

  it('whose ends contradict each other lie between them', () => {
    expect(arrivalsOf([{ after: 5, by: 3 }]).steps).toEqual([{ from: 3, to: 5, share: 1 }]);
  });

  it('that were there before the first look have no earlier end', () => {
    const all = [{ after: -Infinity, by: 1 }, { after: 2 }];
    expect(quantile(arrivalsOf(all), 0.5)).toEqual(interval(-Infinity, 1));
    expect(quantile(arrivalsOf(all), 0.6)).toBeUndefined();
  });
});

describe('the band of a quantile', () => {
  it('holds the quantile of the nodes that these were drawn from about nine times in ten', () => {
    const chance = chanceFrom(11);
    let held = 0;
    for (let set = 0; set < 100; set++) {
      const all = Array.from({ length: 60 }, () => {
        const truth = -Math.log(1 - chance()) * 10;
        const after = Math.floor(truth);
        return after > 40 ? { after: 40 } : { after, by: after + 1 };
      });
      const band = quantileBand(all, 0.5, chance);
      if (band !== undefined && contains(band, 10 * Math.LN2)) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(84);
  });

  it('is the same for the same chance, and wider for fewer nodes', () => {
    const nodes = (n: number) => Array.from({ length: n }, (_, i) => ({ after: (i * 17) % n, by: ((i * 17) % n) + 1 }));
    const one = quantileBand(nodes(50), 0.5, chanceFrom(3))!;
    expect(quantileBand(nodes(50), 0.5, chanceFrom(3))).toEqual(one);
    const many = quantileBand(nodes(1000), 0.5, chanceFrom(3))!;
    expect((many.latest - many.earliest) / 1000).toBeLessThan((one.latest - one.earliest) / 50);
  });

  it('is not told where too many draws do not get that far', () => {
    const all = [...Array.from({ length: 9 }, (_, i) => ({ after: i, by: i + 1 })), { after: 20 }];
    const [p50, p99] = quantileBands(all, [0.5, 0.99], chanceFrom(5));
    expect(p50).toBeDefined();
    expect(p99).toBeUndefined();
  });
});
