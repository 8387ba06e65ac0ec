import { describe, expect, it } from 'vitest';
import { expectations, picture } from '../../../web/derive.ts';
import type { CellView } from '../../../web/derive.ts';
import { laneOf, shareOverTime } from '../../../web/layout/lanes.ts';
import { readTrace } from '../../../shared/model/reading.ts';
import { Site, recorded, shop } from '../../fixtures/site.ts';

const START = 1_763_850_000;
const subject = { target: 'home', variant: 'default' };

function cellsAt(site: Site, now: number): CellView[] {
  const reading = readTrace(recorded(site, site.advanceTo(now)));
  const p = picture({ reading, forecasts: expectations(reading, subject, now), subject, latest: new Map(), now });
  return [...p.cells.values()];
}

describe('a lane of the time axis', () => {
  const site = new Site(shop(START, 30));
  site.deploy('4f2c', START + 40);
  const now = START + 50;
  const cells = cellsAt(site, now);
  const span = { from: START, until: START + 120 };

  it('holds one stretch after the other, none of them beyond now', () => {
    for (const { held } of cells.map((c) => laneOf(c, span, now))) {
      expect(held.length).toBeGreaterThan(0);
      expect(held.every((h) => h.maybe <= h.from && h.from <= h.until && h.until <= now)).toBe(true);
      expect(held.every((h, i) => i === 0 || held[i - 1]!.until <= h.from)).toBe(true);
    }
  });

  it('expects the old copy until the turn and not beyond', () => {
    const lane = laneOf(cells[0]!, span, now);
    expect(lane.turn).toBeDefined();
    expect(lane.fresh).toMatchObject({ version: 'old', until: lane.turn?.at });
    expect(lane.stale?.until ?? 0).toBeLessThanOrEqual(lane.turn?.at ?? 0);
  });

  it('keeps the likeliest instant of the turn inside its band, and the band inside its bounds', () => {
    for (const { turn } of cells.map((c) => laneOf(c, span, now))) {
      if (turn === undefined) continue;
      expect(turn.bounds[0]).toBeLessThanOrEqual(turn.band[0]);
      expect(turn.band[0]).toBeLessThanOrEqual(turn.at);
      expect(turn.at).toBeLessThanOrEqual(turn.band[1]);
      expect(turn.band[1]).toBeLessThanOrEqual(turn.bounds[1]);
    }
  });

  it('marks when bytes were generated and stored, for caches only', () => {
    expect(laneOf(cells[0]!, span, now).generated.length).toBeGreaterThan(0);
    expect(
      laneOf(
        cells.find((c) => c.role === 'origin')!,
        span,
        now,
      ).generated,
    ).toEqual([]);
  });
});

describe('the share of many nodes', () => {
  it('rises to all of them when the change has arrived everywhere', () => {
    const site = new Site(shop(START, 10));
    site.deploy('4f2c', START + 20);
    const shares = shareOverTime(cellsAt(site, START + 60), START + 60);
    expect(shares.at(-1)).toMatchObject({ share: 1, expected: false });
    expect(shares.every((s, i) => i === 0 || shares[i - 1]!.at <= s.at)).toBe(true);
  });
});
