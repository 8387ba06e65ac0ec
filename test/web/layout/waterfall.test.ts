import { describe, expect, it } from 'vitest';
import { arrivalsOf, shareBy } from '../../../shared/model/arrivals.ts';
import { guess } from '../../../web/layout/fit.ts';
import { placeMoments } from '../../../web/layout/moments.ts';
import { roundStep, secondsAxis, spanOf, tickText, zoomed } from '../../../web/layout/seconds-axis.ts';
import { betweenText, rangeText, secondsText } from '../../../web/layout/seconds-text.ts';
import { curvePaths, percentilePoints } from '../../../web/layout/share-curve.ts';
import { placePicture } from '../../../web/layout/trace-picture.ts';
import { placeTrend } from '../../../web/layout/trend.ts';
import { barsOf, densityFor, denseRows, laneAt, lensAround, pathsOf } from '../../../web/layout/waterfall.ts';
import type { Lane, Stretch } from '../../../web/trace/stretches.ts';

const at = (earliest: number, latest = earliest) => ({ earliest, latest });
const x = (s: number): number => s * 10;

function lane(stretches: readonly Stretch[], rest: Partial<Lane> = {}): Lane {
  return {
    key: 'edge/a/home/default',
    layer: 'edge',
    node: 'a',
    target: 'home',
    variant: 'default',
    stretches,
    arrival: { after: 0 },
    shows: 'old',
    again: 0,
    failing: false,
    ...rest,
  };
}
const turned = lane([
  { version: 'old', from: at(-Infinity, -3), seen: 4 },
  { version: 'new', from: at(4, 6), seen: 9 },
]);

describe('the bars of a lane', () => {
  it('draw where it turned as an interval as wide as what is not known', () => {
    const bars = barsOf(turned, x, 10);
    expect(bars.find((b) => b.tone === 'to-new')).toEqual({ tone: 'to-new', from: 40, until: 60 });
  });

  it('follow each other from what was seen to what is open, and never overlap', () => {
    const bars = barsOf(turned, x, 10);
    expect(bars.map((b) => b.tone)).toEqual(['old', 'to-new', 'new', 'open-new']);
    bars.slice(1).forEach((b, i) => expect(b.from).toBeGreaterThanOrEqual(bars[i]!.until));
    expect(bars.at(-1)).toEqual({ tone: 'open-new', from: 90, until: 100 });
  });

  it('draw a line where the interval is narrower than one', () => {
    const sharp = lane([turned.stretches[0]!, { version: 'new', from: at(4, 4), seen: 9 }]);
    const bar = barsOf(sharp, x, 10).find((b) => b.tone === 'to-new')!;
    expect(bar.until - bar.from).toBeGreaterThan(1);
    expect((bar.from + bar.until) / 2).toBeCloseTo(40);
  });

  it('leave open what has not been seen, up to now', () => {
    const late = lane([{ version: 'old', from: at(-Infinity, -3), seen: 7 }]);
    expect(barsOf(late, x, 10).at(-1)).toEqual({ tone: 'open-old', from: 70, until: 100 });
    expect(barsOf(lane([]), x, 10)).toEqual([{ tone: 'open-unknown', from: 0, until: 100 }]);
  });

  it('mark where the old version came back', () => {
    const back = lane([turned.stretches[0]!, { version: 'old', from: at(4, 5), seen: 9, again: true }]);
    expect(barsOf(back, x, 10).map((b) => b.tone)).toContain('again');
  });
});

describe('a thousand lanes', () => {
  const thousand = Array.from({ length: 1000 }, () => turned);
  it('are four paths', () => {
    const rows = denseRows(thousand, densityFor(1000), 0, x, 10);
    const paths = pathsOf(rows);
    expect([...paths.keys()].toSorted()).toEqual(['new', 'old', 'open-new', 'to-new']);
    expect(paths.get('old')!.match(/M/g)).toHaveLength(1000);
  });

  it('take a line of one unit each; ten thousand share lines, and none is left out', () => {
    expect(densityFor(1000)).toMatchObject({ dense: true, pitch: 1, lanesPerRow: 1, height: 1000 });
    const many = densityFor(10_000);
    expect(many.height).toBeLessThanOrEqual(1200);
    expect((many.height / many.pitch) * many.lanesPerRow).toBeGreaterThanOrEqual(10_000);
  });

  it('are found by where they stand', () => {
    const d = densityFor(1000);
    expect(laneAt(512.5, 1000, d)).toBe(512);
    expect(laneAt(-1, 1000, d)).toBeUndefined();
    expect(laneAt(1000.5, 1000, d)).toBeUndefined();
  });

  it('are named nine at a time, the chosen one among them', () => {
    for (const index of [0, 4, 500, 999]) {
      const [first, end] = lensAround(index, 1000, 9);
      expect(end - first).toBe(9);
      expect(first).toBeLessThanOrEqual(index);
      expect(end).toBeGreaterThan(index);
    }
  });

  it('take the same room in any order, so that nothing moves while they arrive', () => {
    const group = { layer: 'edge', role: 'cache', outermost: true, lanes: thousand } as const;
    const before = placePicture([group], 1200, 60);
    const after = placePicture([{ ...group, lanes: thousand.toReversed() }], 1200, 60);
    expect(after.height).toBe(before.height);
    expect(after.groups[0]!.bottom).toBe(before.groups[0]!.bottom);
  });
});

describe('the room for names', () => {
  const gutter = (width: number, longest: number): number => placePicture([], width, longest).gutter;
  it('grows with the longest one, up to a third of the picture, and is small where there is little', () => {
    expect(gutter(1200, 40)).toBeLessThan(gutter(1200, 200));
    expect(gutter(1200, 5000)).toBeLessThan(1200 * 0.35);
    expect(gutter(360, 5000)).toBeLessThan(100);
  });
});

describe('the axis of seconds', () => {
  it('has round ticks that do not run into each other', () => {
    for (const until of [0.05, 0.7, 3, 42, 600, 7200]) {
      for (const log of [false, true]) {
        const axis = secondsAxis(spanOf(until, true), 200, 1200, log);
        expect(axis.ticks.length).toBeGreaterThan(1);
        axis.ticks.slice(1).forEach((t, i) => expect(axis.x(t) - axis.x(axis.ticks[i]!)).toBeGreaterThan(40));
      }
    }
  });
  it('stands still while now wanders through it, and grows in steps', () => {
    const spans = new Set(Array.from({ length: 200 }, (_, i) => spanOf(10 + i / 10, true).until));
    expect(spans.size).toBeLessThan(8);
    for (const last of [0.1, 1, 33, 500]) expect(spanOf(last, true).until).toBeGreaterThan(last);
  });
  it('keeps the second around which it is zoomed', () => {
    const before = { from: 0, until: 100 };
    const after = zoomed(before, 20, 0.5);
    expect(secondsAxis(after, 0, 1000, false).x(20)).toBeCloseTo(secondsAxis(before, 0, 1000, false).x(20));
    expect(zoomed({ from: 0, until: 0.003 }, 0, 0.5)).toEqual({ from: 0, until: 0.003 });
  });
  it('gives the first second as much room as the last hour where it is logarithmic', () => {
    const axis = secondsAxis({ from: 0, until: 3600 }, 0, 1000, true);
    expect(axis.x(60)).toBeGreaterThan(400);
  });
  it('writes its ticks plainly', () => {
    expect([0, 0.25, 90, 300, 7200, -1].map(tickText)).toEqual(['0', '0.25 s', '90 s', '5 min', '2 h', '−1 s']);
    expect(roundStep(42, 8)).toBe(10);
  });
});

describe('the curve', () => {
  const arrivals = arrivalsOf([{ after: 1, by: 2 }, { after: 3, by: 3 }, { after: 4, by: 6 }, { after: 9 }]);
  const y = (share: number): number => 100 - share * 100;
  /** The height of a path of H and V at some x. */
  function heightAt(path: string, where: number): number {
    let height = 100;
    for (const [, h, v] of path.matchAll(/H([\d.]+)V([\d.]+)/g)) if (Number(h) <= where) height = Number(v);
    return height;
  }
  it('says at every second what the estimate says, lowest and highest', () => {
    const { lowest, highest } = curvePaths(arrivals, 10, x, y);
    for (const t of [0.5, 1.5, 2.5, 3.5, 5, 7]) {
      const share = shareBy(arrivals, t);
      expect(heightAt(lowest, t * 10), `lowest at ${t}`).toBeCloseTo(y(share.lowest));
      expect(heightAt(highest, t * 10), `highest at ${t}`).toBeCloseTo(y(share.highest));
    }
  });
  it('draws nothing beyond what is known', () => {
    const { lowest } = curvePaths(arrivals, 5, x, y);
    for (const [, h] of lowest.matchAll(/H([\d.]+)/g)) expect(Number(h)).toBeLessThanOrEqual(50);
  });
  it('draws of an earlier change only the percentiles that are known', () => {
    expect(percentilePoints({ p50: at(1, 3), p99: at(50) }, 10, x, y)).toEqual([{ x: 20, y: 50 }]);
    expect(percentilePoints({}, 10, x, y)).toEqual([]);
  });
});

describe('the trend', () => {
  const box = { left: 0, right: 100, top: 10, bottom: 90 };
  it('stands inside its box, on a logarithmic scale where deploys differ much', () => {
    for (const points of [[{ p50: at(1), p90: at(2), p99: at(3) }], [{ p50: at(0.01) }, { p50: at(3600) }], [{}]]) {
      const { lines } = placeTrend(points, box);
      for (const m of lines.flatMap((l) => l.marks)) {
        expect(m.latest).toBeGreaterThanOrEqual(10);
        expect(m.earliest).toBeLessThanOrEqual(90);
        expect(m.latest).toBeLessThanOrEqual(m.earliest);
      }
    }
  });
  it('keeps the names of its lines apart', () => {
    const { lines } = placeTrend([{ p50: at(1), p90: at(1), p99: at(1) }], box);
    const labels = lines.map((l) => l.label).toSorted((a, b) => a - b);
    labels.slice(1).forEach((l, i) => expect(l - labels[i]!).toBeGreaterThanOrEqual(12));
    expect(labels[0]).toBeGreaterThanOrEqual(10);
  });
});

describe('the names of events', () => {
  it('do not run into each other; what accepted a purge has none of its own', () => {
    const moment = (type: 'deploy' | 'purge-sent' | 'purge-accepted', from: number, layer?: string) => ({
      type,
      at: at(from),
      count: 1,
      label: layer === undefined ? type : `purge ${layer}`,
      ...(layer === undefined ? {} : { layer }),
    });
    const placed = placeMoments(
      [moment('deploy', 0), moment('purge-sent', 1, 'edge'), moment('purge-accepted', 1.1, 'edge')],
      x,
      500,
      guess,
    );
    expect(placed.map((m) => m.label)).toEqual(['deploy', 'purge edge', '']);
    expect(placed[0]!.row).not.toBe(placed[1]!.row);
  });
});

describe('seconds in words', () => {
  it('have no more digits than were measured', () => {
    expect([secondsText(0.2123, 0.004), secondsText(0.2123, 0.05), secondsText(12.34, 2), secondsText(252)]).toEqual([
      '0.212 s',
      '0.21 s',
      '12 s',
      '4 min 12 s',
    ]);
  });
  it('are one number where both ends read alike, else both', () => {
    expect(betweenText(at(0.21, 0.212))).toBe('0.211 s');
    expect(betweenText(at(0.2, 1.4))).toBe('between 0.2 s and 1.4 s');
    expect(betweenText(at(0, 0.05))).toBe('between 0 s and 0.050 s');
    expect(rangeText(at(0.2, 1.4))).toBe('0.2–1.4 s');
    expect(rangeText(at(100, 400))).toBe('1 min 40 s – 6 min 40 s');
  });
});
