import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interval } from '../../../shared/model/interval.ts';
import type { LayerState } from '../../../shared/model/layer-state.ts';
import { isClose, nextQuestion, pace, type Asked } from '../../../probe/trace/schedule.ts';

/** A Varnish copy that was hit a moment before second 1000, known to have been made inside [990, 990.4]. */
const held: LayerState = {
  layer: 'edge',
  node: 'edge-1',
  target: 'home',
  variant: 'default',
  observedAt: interval(999.998, 1000),
  observation: 1,
  outcome: 'hit',
  dialect: 'varnish',
  generatedAt: interval(990, 990.4),
  freshUntil: interval(1050, 1050.4),
  because: [],
};
const asked = (state: Partial<LayerState> = {}, more: Partial<Asked> = {}): Asked => ({
  state: { ...held, ...state },
  version: 'old',
  lead: 0.002,
  spacing: 0.005,
  failures: 0,
  ...more,
});
const settled = { generatedAt: interval(990.2, 990.203) };

describe('the next question', () => {
  it('is asked when the Age steps if the truth lies in the middle of what is unknown', () => {
    // 990.2 is the middle; half of the lead before 1000.2 the request leaves
    expect(nextQuestion(asked(), pace, 1000)).toBeCloseTo(1000.2 - 0.001, 9);
    expect(nextQuestion(asked(), { ...pace, calm: 5 }, 1000.3)).toBeCloseTo(1001.2 - 0.001, 9);
  });

  it('waits for the calm interval where the clock is known', () => {
    expect(nextQuestion(asked(settled), pace, 1000)).toBe(1001);
  });

  it('is asked just after the copy expires', () => {
    const next = nextQuestion(asked({ ...settled, freshUntil: interval(1000.397, 1000.4) }), pace, 1000);
    expect(next).toBeGreaterThan(1000.4);
    expect(next).toBeLessThan(1000.41);
  });

  it('follows closely after an expiry, then ever more sparsely, and at last calmly', () => {
    const state = { ...settled, freshUntil: interval(999.99, 999.993) };
    const gaps = [];
    for (let now = 1000; now < 1012;) {
      const next = nextQuestion(asked({ ...state, observedAt: interval(now, now) }), pace, now);
      gaps.push(next - now);
      now = next;
    }
    expect(gaps[0]).toBeCloseTo(0.005, 9);
    expect(gaps.at(-1)).toBeCloseTo(pace.calm, 9);
    for (const [i, gap] of gaps.entries()) expect(gap).toBeGreaterThanOrEqual((gaps[i - 1] ?? 0) - 1e-9);
    expect(gaps.length).toBeLessThan(200);
  });

  it('is calm again once the new version is there', () => {
    const expired = asked({ ...settled, freshUntil: interval(999.9, 999.95) }, { version: 'new' });
    expect(nextQuestion(expired, pace, 1000)).toBe(1001);
  });

  it('follows a stale answer at once, so that the refill behind it is dated well', () => {
    const stale = asked({ ...settled, outcome: 'stale', freshUntil: interval(999.99, 999.995) }, { version: 'new' });
    expect(nextQuestion(stale, pace, 1000)).toBeCloseTo(999.998 + pace.close, 9);
  });

  it('comes sooner where nothing tells how long the old copy stays', () => {
    const { freshUntil: _freshUntil, generatedAt: _generatedAt, ...blind } = held;
    expect(nextQuestion({ ...asked(), state: blind }, pace, 1000)).toBe(1000.25);
    expect(nextQuestion({ ...asked(), state: blind, version: 'new' }, pace, 1000)).toBe(1001);
  });

  it('to a node that does not answer is never more frequent than calm', () => {
    const state = fc.record({
      generatedAt: fc.constant(interval(990, 990.4)),
      freshUntil: fc.double({ min: 990, max: 1010, noNaN: true }).map((at) => interval(at - 0.2, at)),
    });
    fc.assert(
      fc.property(state, fc.constantFrom('old' as const, 'new' as const, 'other' as const), (more, version) => {
        const failed = asked(
          { ...more, outcome: 'failed' },
          { version, offset: interval(-0.5, 0.5), failures: 1, purged: { sentAt: 999 } },
        );
        expect(nextQuestion(failed, pace, 1000)).toBe(held.observedAt.latest + pace.calm);
        expect(isClose(failed, pace, 1000)).toBe(false);
      }),
    );
  });

  it('to a node that is down comes after ever longer times, up to eight times the calm one', () => {
    const gaps = [1, 2, 3, 4, 5, 50].map(
      (failures) => nextQuestion(asked({ outcome: 'failed' }, { failures }), pace, 1000) - held.observedAt.latest,
    );
    expect(gaps).toEqual([1, 2, 4, 8, 8, 8]);
  });

  describe('where a purge was sent', () => {
    const at = (now: number, purged: Asked['purged'], more: Partial<Asked> = {}) =>
      asked({ ...settled, observedAt: interval(now, now) }, { ...(purged === undefined ? {} : { purged }), ...more });
    const gap = (now: number, purged: Asked['purged'], more: Partial<Asked> = {}) =>
      nextQuestion(at(now, purged, more), pace, now) - now;

    it('is as soon as the budget allows from the sending on, and for some seconds from the answer', () => {
      expect(gap(1001, { sentAt: 1000.9 })).toBeCloseTo(0.005, 9);
      expect(gap(1010, { sentAt: 1000, answeredAt: 1009 })).toBeCloseTo(0.005, 9);
      expect(isClose(at(1001, { sentAt: 1000.9 }), pace, 1001)).toBe(true);
    });

    it('is calm where the change has come, or nothing was purged', () => {
      expect(gap(1001, { sentAt: 1000.9 }, { version: 'new' })).toBeCloseTo(1, 9);
      expect(gap(1001, undefined)).toBeCloseTo(1, 9);
    });

    it('is geometrically later at a node that goes on answering old', () => {
      const gaps: number[] = [];
      for (let now = 1000; now < 1012; now += gaps.at(-1)!) gaps.push(gap(now, { sentAt: 1000, answeredAt: 1000 }));
      expect(gaps.at(-1)).toBeCloseTo(1, 9);
      for (const [i, g] of gaps.entries()) expect(g).toBeGreaterThanOrEqual((gaps[i - 1] ?? 0) - 1e-9);
      const sparser = gaps.filter((g) => g > 0.006);
      expect(sparser.length).toBeLessThan(60);
    });

    it('is closer around the end that a soft purge gave the copy', () => {
      const soft = asked({
        ...settled,
        freshUntil: interval(1000.1, 1000.102),
        observedAt: interval(1000.11, 1000.11),
      });
      expect(nextQuestion(soft, pace, 1000.11) - 1000.11).toBeCloseTo(0.005, 9);
    });
  });

  it('comes soon where every origin serves the change, for somebody else may purge; then ever later', () => {
    const gap = (now: number) =>
      nextQuestion(asked({ ...settled, observedAt: interval(now, now) }, { readyAt: 1000 }), pace, now) - now;
    expect(gap(1000.1)).toBeCloseTo(pace.close, 9);
    expect(gap(1004)).toBeCloseTo(0.5, 9);
    expect(gap(1020)).toBeCloseTo(1, 9);
  });

  it('is spread over a predicted flip that is only known as an interval', () => {
    const wide = asked({ ...settled, freshUntil: interval(1000, 1002), observedAt: interval(1001, 1001) });
    expect(nextQuestion(wide, pace, 1001) - 1001).toBeCloseTo(0.05, 9);
  });

  it('never lies in the past and never later than the calm interval from now', () => {
    const at = fc.double({ min: 980, max: 1020, noNaN: true });
    const span = fc.tuple(at, at).map(([a, b]) => interval(Math.min(a, b), Math.max(a, b)));
    const outcome = fc.constantFrom<LayerState['outcome']>('hit', 'stale', 'miss', 'pass', 'unknown', 'revalidated');
    const dialect = fc.constantFrom('varnish', 'nginx', 'generic');
    fc.assert(
      fc.property(span, span, outcome, dialect, at, (generatedAt, freshUntil, outcome, dialect, now) => {
        fc.pre(now >= 1000);
        const next = nextQuestion(asked({ generatedAt, freshUntil, outcome, dialect }), pace, now);
        expect(next).toBeGreaterThanOrEqual(now);
        expect(next).toBeLessThanOrEqual(now + pace.calm);
      }),
    );
  });
});
