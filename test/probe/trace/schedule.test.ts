import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interval } from '../../../shared/model/interval.ts';
import type { LayerState } from '../../../shared/model/layer-state.ts';
import { nextQuestion, pace, type Asked } from '../../../probe/trace/schedule.ts';

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
    for (let now = 1000; now < 1008;) {
      const next = nextQuestion(asked({ ...state, observedAt: interval(now - 0.002, now) }), pace, now);
      gaps.push(next - now);
      now = next;
    }
    expect(gaps[0]).toBeCloseTo(pace.close, 9);
    expect(gaps.at(-1)).toBeCloseTo(pace.calm, 9);
    for (const [i, gap] of gaps.entries()) expect(gap).toBeGreaterThanOrEqual((gaps[i - 1] ?? 0) - 1e-9);
    expect(gaps.length).toBeLessThan(45);
  });

  it('is calm again once the new version is there', () => {
    const expired = asked({ ...settled, freshUntil: interval(999.9, 999.95) }, { version: 'new' });
    expect(nextQuestion(expired, pace, 1000)).toBe(1001);
  });

  it('follows a stale answer at once, so that the refill behind it is dated well', () => {
    const stale = asked({ ...settled, outcome: 'stale', freshUntil: interval(999.99, 999.995) }, { version: 'new' });
    expect(nextQuestion(stale, pace, 1000)).toBeCloseTo(1000 + pace.close, 9);
  });

  it('comes sooner where nothing tells how long the old copy stays', () => {
    const { freshUntil: _freshUntil, generatedAt: _generatedAt, ...blind } = held;
    expect(nextQuestion({ state: blind, version: 'old', lead: 0.002 }, pace, 1000)).toBe(1000.25);
    expect(nextQuestion({ state: blind, version: 'new', lead: 0.002 }, pace, 1000)).toBe(1001);
  });

  it('to a node that does not answer is never more frequent than calm', () => {
    const state = fc.record({
      generatedAt: fc.constant(interval(990, 990.4)),
      freshUntil: fc.double({ min: 990, max: 1010, noNaN: true }).map((at) => interval(at - 0.2, at)),
    });
    fc.assert(
      fc.property(state, fc.constantFrom('old' as const, 'new' as const, 'other' as const), (more, version) => {
        const failed = asked({ ...more, outcome: 'failed' }, { version, offset: interval(-0.5, 0.5) });
        expect(nextQuestion(failed, pace, 1000)).toBe(held.observedAt.latest + pace.calm);
      }),
    );
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
