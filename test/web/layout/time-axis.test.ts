import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { spanFor, stagger, stepFor, stepTo, ticks, zoom } from '../../../web/layout/time-axis.ts';

const NOW = 1_763_850_000;

describe('the span of the time axis', () => {
  it('holds the deploy, now, and the last expected turn', () => {
    const span = spanFor(NOW, NOW - 40, NOW + 63, 60);
    expect(span.from).toBeLessThan(NOW - 40);
    expect(span.until).toBeGreaterThan(NOW + 63);
  });

  it('stands still while now wanders through it', () => {
    const spans = Array.from({ length: 20 }, (_, s) => spanFor(NOW + s, NOW - 40, NOW + 63, 60));
    expect(new Set(spans.map((s) => `${s.from} ${s.until}`)).size).toBeLessThanOrEqual(3);
  });

  it('lets a change of long ago go', () => {
    expect(spanFor(NOW, NOW - 86_400, undefined, 30).from).toBeGreaterThan(NOW - 300);
  });

  it('keeps the instant under the pointer in its place when zooming', () => {
    const span = { from: 100, until: 200 };
    const closer = zoom(span, 150, 0.5);
    expect(closer).toEqual({ from: 125, until: 175 });
  });
});

describe('ticks', () => {
  it('stand at whole clock units and are never more than asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200_000 }), fc.integer({ min: 2, max: 12 }), (length, most) => {
        const all = ticks({ from: NOW, until: NOW + length }, most);
        const step = stepFor(length, most);
        expect(all.every((t) => t % step === 0)).toBe(true);
        expect(all.length).toBeLessThanOrEqual(most + 1);
      }),
    );
  });
});

describe('labels of events', () => {
  it('never run into each other', () => {
    const label = fc.record({ x: fc.integer({ min: 0, max: 900 }), width: fc.integer({ min: 5, max: 120 }) });
    fc.assert(
      fc.property(fc.array(label, { maxLength: 12 }), (labels) => {
        const rows = stagger(labels);
        for (const [i, a] of labels.entries())
          for (const [j, b] of labels.entries())
            if (i < j && rows[i] === rows[j]) expect(a.x + a.width <= b.x || b.x + b.width <= a.x).toBe(true);
      }),
    );
  });

  it('stay in the first row while there is room', () => {
    expect(
      stagger([
        { x: 0, width: 40 },
        { x: 60, width: 40 },
        { x: 20, width: 30 },
      ]),
    ).toEqual([0, 0, 1]);
  });
});

describe('stepping', () => {
  it('goes from event to event and past the one it stands on', () => {
    expect(stepTo([10, 20, 30], 20, 1)).toBe(30);
    expect(stepTo([10, 20, 30], 20, -1)).toBe(10);
    expect(stepTo([10, 20, 30], 30, 1)).toBeUndefined();
  });
});
