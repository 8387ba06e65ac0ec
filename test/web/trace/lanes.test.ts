import { describe, expect, it } from 'vitest';
import { readTrace } from '../../../shared/model/reading.ts';
import { flipsIn } from '../../../shared/model/flips.ts';
import { cacheLanes, lanesIn, namesFor } from '../../../web/trace/lanes.ts';
import type { LaneGroup } from '../../../web/trace/lanes.ts';
import { startsIn } from '../../../web/trace/start.ts';
import type { Start } from '../../../web/trace/start.ts';
import { shownOnly } from '../../../web/trace/shown-only.ts';
import { laneStory, laneWords } from '../../../web/trace/lane-words.ts';
import { Site, recorded, shop } from '../../fixtures/site.ts';

const START = 1_763_850_000;

interface Played {
  readonly groups: LaneGroup[];
  readonly start: Start;
  readonly site: Site;
  readonly reading: ReturnType<typeof readTrace>;
}

/** The shop, looked at ten times a second, until `until` seconds after a deploy at 5 s. */
function played(purges: (site: Site) => void, until = 15): Played {
  const site = new Site({ ...shop(START, 300), every: 0.1 });
  site.deploy('4f2c', START + 5);
  purges(site);
  const reading = readTrace(recorded(site, site.advanceTo(START + until)));
  const start = startsIn(reading.events).at(-1)!;
  return { groups: lanesIn(reading, start), start, site, reading };
}
const insideOut = (site: Site): void => {
  site.purge('shield', START + 6);
  site.purge('edge', START + 7);
};
const lane = ({ groups }: Played, node: string) => groups.flatMap((g) => g.lanes).find((l) => l.node === node)!;

describe('the lanes of a propagation', () => {
  it('hold the true instant of every turn between their two ends', () => {
    const all = played(insideOut);
    const truth = { 'shield-1': 1, 'edge-ams': 2, 'edge-nyc': 2.01, 'edge-gru': 2.02, 'app-1': 0.05, 'app-2': 0.35 };
    for (const [node, at] of Object.entries(truth)) {
      const { after, by } = lane(all, node).arrival;
      expect(after, node).toBeLessThanOrEqual(at);
      expect(by, node).toBeGreaterThanOrEqual(at);
      expect(by! - after, node).toBeLessThan(0.25);
    }
  });

  it('tell the same arrivals and turns as the model does', () => {
    const { groups, reading, start } = played(insideOut);
    const { flips } = flipsIn(reading, start.at, '4f2c', START + 15);
    const turns = groups
      .flatMap((g) => g.lanes)
      .flatMap((l) => l.stretches.slice(1).map((s) => `${l.node} ${(s.from.latest + start.at).toFixed(4)}`));
    expect(turns.toSorted()).toEqual(flips.map((f) => `${f.node} ${f.flippedAt.latest.toFixed(4)}`).toSorted());
  });

  it('stand layer by layer, outermost first, and in the order of arrival', () => {
    const { groups } = played(insideOut);
    expect(groups.map((g) => g.layer)).toEqual(['edge', 'shield', 'origin']);
    expect(groups.map((g) => g.outermost)).toEqual([true, false, false]);
    for (const { lanes } of groups) {
      const by = lanes.map((l) => l.arrival.by ?? Infinity);
      expect(by).toEqual(by.toSorted((a, b) => a - b));
    }
  });

  it('leave open what was not seen, and never call it failed', () => {
    const all = played((site) => {
      site.purge('shield', START + 6);
      site.purge('edge', START + 7, 'edge-ams');
    });
    const late = lane(all, 'edge-nyc');
    expect(late.shows).toBe('old');
    expect(late.arrival.by).toBeUndefined();
    expect(late.arrival.after).toBeGreaterThan(9.5);
    expect(laneWords(late, 10)).toBe('not seen within 10 s');
    expect(all.groups[0]!.lanes[0]!.node).toBe('edge-ams');
  });

  it('show the old version that comes back into a purged node', () => {
    const all = played((site) => site.purge('edge', START + 6));
    const { shows, again, stretches } = lane(all, 'edge-gru');
    expect([shows, again, stretches.at(-1)?.again]).toEqual(['old', 1, true]);
    expect(laneWords(lane(all, 'edge-gru'), 10)).toMatch(/^shows the old version again since /);
    expect(laneStory(lane(all, 'edge-gru')).join(' ')).toContain('the old version again');
  });

  it('count by the first turn, and settle by the last, where a node wavered', () => {
    const site = new Site({ ...shop(START, 300), every: 0.1 });
    site.deploy('4f2c', START + 5);
    insideOut(site);
    site.deploy('9a01', START + 9);
    site.purge('shield', START + 9.5);
    site.purge('edge', START + 10);
    const reading = readTrace(recorded(site, site.advanceTo(START + 14)));
    const [start] = startsIn(reading.events);
    const whole = { kind: 'deploy', at: start!.at, expect: '4f2c' } as const;
    const found = lanesIn(reading, whole)[0]!.lanes[0]!;
    expect(found.stretches.map((s) => s.version)).toEqual(['old', 'new', 'old']);
    expect(found.again).toBe(1);
    expect(found.arrival.by).toBeLessThan(2.5);
    expect(found.settled).toBeUndefined();
    // and what belongs to the next change is no part of this one
    expect(lanesIn(reading, start!)[0]!.lanes[0]!.stretches.map((s) => s.version)).toEqual(['old', 'new']);
  });

  it('are one for each node, target and variant, named by their page only where there are several', () => {
    const { site } = played(insideOut);
    const [home] = site.topology.targets;
    const topology = {
      ...site.topology,
      targets: [
        {
          ...home!,
          variants: [
            { id: 'desktop', headers: {} },
            { id: 'mobile', headers: {} },
          ],
        },
        { ...home!, id: 'about' },
      ],
    };
    const reading = { ...readTrace(site.empty), topology };
    const lanes = cacheLanes(lanesIn(reading, { kind: 'look', at: START }));
    expect(lanes).toHaveLength(4 * 3);
    expect(lanes.every((l) => l.shows === 'silent' && l.arrival.by === undefined)).toBe(true);
    expect(namesFor(topology)(lanes[0]!)).toBe('edge-ams · home · desktop');
    expect(namesFor(site.topology)(lanes[0]!)).toBe('edge-ams');
  });

  it('may be asked for fewer: by their names, by what they show', () => {
    const all = played((site) => {
      site.purge('shield', START + 6);
      site.purge('edge', START + 7, 'edge-ams');
    });
    const nodes = (search: string, shows: 'any' | 'late' | 'arrived') =>
      shownOnly(all.groups, { search, shows }).flatMap((g) => g.lanes.map((l) => l.node));
    expect(nodes('', 'any')).toHaveLength(6);
    expect(nodes('', 'late').toSorted()).toEqual(['edge-gru', 'edge-nyc']);
    expect(nodes('EDGE', 'arrived')).toEqual(['edge-ams']);
    expect(nodes('nobody', 'any')).toEqual([]);
  });
});

describe('the start that is counted from', () => {
  const event = (id: number, type: 'deploy' | 'origin-ready', at: number, marker?: string) => ({
    id,
    type,
    at: { earliest: at, latest: at },
    ...(marker === undefined ? {} : { marker }),
  });
  const sent = (id: number, at: number) => ({
    id,
    type: 'purge-sent' as const,
    at: { earliest: at, latest: at },
    layer: 'edge',
    node: 'edge-1',
  });

  it('is the deploy; the origin that turns after it is no start of its own', () => {
    expect(startsIn([event(1, 'deploy', 10, 'a'), event(2, 'origin-ready', 11, 'a')])).toEqual([
      { kind: 'deploy', at: 10, expect: 'a' },
    ]);
  });
  it('knows what a deploy brought that did not say it', () => {
    expect(startsIn([event(1, 'deploy', 10), event(2, 'origin-ready', 11, 'b')])[0]?.expect).toBe('b');
  });
  it('is the origin that turned where nobody told of a deploy', () => {
    expect(startsIn([event(1, 'origin-ready', 11, 'b')])).toEqual([{ kind: 'origin-ready', at: 11, expect: 'b' }]);
  });
  it('is a purge that belongs to no deploy; many purges at once are one', () => {
    expect(startsIn([sent(1, 10), sent(2, 10.5), sent(3, 11)])).toEqual([{ kind: 'purge', at: 10 }]);
    expect(startsIn([event(1, 'deploy', 5, 'a'), sent(2, 10)])).toHaveLength(1);
  });
  it('ends where the next change begins', () => {
    expect(startsIn([event(1, 'deploy', 10, 'a'), event(2, 'deploy', 20, 'b')]).map((s) => s.until)).toEqual([
      20,
      undefined,
    ]);
  });
  it('is none where nothing happened', () => {
    expect(startsIn([])).toEqual([]);
  });
});
