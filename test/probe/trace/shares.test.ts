import { describe, expect, it } from 'vitest';
import { placesOf } from '../../../probe/trace/places.ts';
import { MOST_A_SECOND, Shares } from '../../../probe/trace/shares.ts';
import { pace } from '../../../probe/trace/schedule.ts';
import { siteOf } from './site.ts';

/** One page in `variants` variants at `nodes` edges, each with a budget of 20 a second. */
function placesAt(nodes: number, variants: number) {
  const site = siteOf(
    Object.fromEntries(Array.from({ length: nodes }, (_, i) => [`edge-${i}`, `http://127.0.0.1:${i + 1}`])),
  );
  const more = Array.from({ length: variants }, (_, i) => ({ id: `v${i}`, headers: {} }));
  return placesOf({ ...site, targets: site.targets.map((t) => ({ ...t, variants: more })) });
}

describe('the budget of a node', () => {
  it('is all for the one place at which a flip is expected, but for what the calm ones take', () => {
    const places = placesAt(1, 5);
    const shares = new Shares(places, pace);
    shares.mark(places[0]!, true);
    expect(shares.spacing(places[0]!)).toBeCloseTo(1 / (20 - 4), 9);
  });

  it('is shared evenly by all places at which one is', () => {
    const places = placesAt(2, 4);
    const shares = new Shares(places, pace);
    for (const place of places.slice(0, 4)) shares.mark(place, true);
    for (const place of places.slice(0, 4)) expect(shares.spacing(place)).toBeCloseTo(4 / 20, 9);
    // another node’s budget is its own
    expect(shares.spacing(places[4]!)).toBeCloseTo(1 / (20 - 4), 9);
    shares.mark(places[0]!, false);
    shares.mark(places[0]!, false);
    expect(shares.spacing(places[1]!)).toBeCloseTo(3 / (20 - 1), 9);
  });

  it('leaves half of itself to expected flips, however many calm places there are', () => {
    const places = placesAt(1, 100);
    const shares = new Shares(places, pace);
    shares.mark(places[0]!, true);
    expect(shares.spacing(places[0]!)).toBeCloseTo(1 / 10, 9);
  });
});

describe('the pace of one process', () => {
  it('is slower for all where there are more places than it can ask', () => {
    const places = placesAt(10_000, 1);
    const shares = new Shares(places, pace);
    expect(shares.pace.calm).toBeCloseTo((10_000 * 2) / MOST_A_SECOND, 9);
    for (const place of places) shares.mark(place, true);
    expect(shares.spacing(places[0]!)).toBeCloseTo(10_000 / MOST_A_SECOND, 9);
  });
});
