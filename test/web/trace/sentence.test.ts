import { describe, expect, it } from 'vitest';
import { readTrace } from '../../../shared/model/reading.ts';
import { cacheLanes, lanesIn } from '../../../web/trace/lanes.ts';
import { silentLane } from '../../../web/trace/stretches.ts';
import { costSentences, sentenceFor } from '../../../web/trace/sentence.ts';
import { lastOf, percentilesIn, standingsOf } from '../../../web/trace/standing.ts';
import { startOf, startsIn } from '../../../web/trace/start.ts';
import type { Cause } from '../../../web/trace/causes.ts';
import { causesIn } from '../../../web/trace/causes.ts';
import { Site, crowd, recorded, shop } from '../../fixtures/site.ts';

const START = 1_763_850_000;

/** What is said `until` seconds after the beginning; the deploy is at 5 s. */
function said(
  play: (site: Site) => void,
  until: number,
  {
    running = true,
    causes = [],
    plan = shop(START, 300),
  }: { running?: boolean; causes?: Cause[]; plan?: ReturnType<typeof shop> } = {},
): string {
  const site = new Site({ ...plan, every: 0.1 });
  play(site);
  const reading = readTrace(recorded(site, site.advanceTo(START + until)));
  const start = startsIn(reading.events).at(-1)!;
  const groups = lanesIn(reading, start);
  const lanes = cacheLanes(groups);
  const parts = sentenceFor({
    start,
    standings: standingsOf(groups),
    percentiles: percentilesIn(lanes),
    last: lastOf(lanes),
    causes,
    now: until - 5,
    running,
  });
  return parts.map((p) => (p.kind === 'countdown' ? '' : p.text)).join('');
}
/** What is said of ten seconds of which nothing was told but the looks. */
function looked(play: (site: Site) => void, running = false): string {
  const site = new Site({ ...shop(START, 300), every: 0.1 });
  play(site);
  const trace = { ...recorded(site, site.advanceTo(START + 10)), events: [] };
  const start = startOf(trace);
  const groups = lanesIn(readTrace(trace), start);
  const lanes = cacheLanes(groups);
  const standings = standingsOf(groups);
  const percentiles = percentilesIn(lanes);
  return sentenceFor({ start, standings, percentiles, last: lastOf(lanes), causes: [], now: 10, running })
    .map((p) => (p.kind === 'countdown' ? '' : p.text))
    .join('');
}
const PLACE = { layer: 'edge', node: 'e', target: 'home', variant: 'default' };
const deploy = (site: Site): void => site.deploy('4f2c', START + 5);
const lost: Cause = {
  id: 'purge-lost',
  layer: 'edge',
  node: 'edge-nyc',
  confidence: 0.9,
  summary: '',
  evidence: { for: [], against: [] },
};

describe('the sentence on top', () => {
  it('says on how many nodes it is, how soon half had it, who is left and why', () => {
    const play = (site: Site): void => {
      deploy(site);
      site.purge('shield', START + 6);
      for (const node of ['edge-ams', 'edge-gru']) site.purge('edge', START + 7, node);
    };
    expect(said(play, 47, { causes: [lost] })).toMatch(
      /^Build 4f2c is on 2 of 3 edge nodes; half had it between 1\.9\d s and 2\.\d+ s after the deploy; edge-nyc has not shown it for 42 s: the purge was lost there\.$/,
    );
    expect(said(play, 47, { running: false })).toMatch(
      /^Build 4f2c was on 2 .*; edge-nyc had not shown it after 42 s\.$/,
    );
  });

  it('says when the last one had it, once all have', () => {
    const play = (site: Site): void => {
      deploy(site);
      site.purge('shield', START + 6);
      site.purge('edge', START + 7);
    };
    expect(said(play, 9)).toMatch(
      /^Build 4f2c is on all 4 nodes of 2 cache layers; half had it .* after the deploy, the last (between .* and )?\d\.\d+ s after\.$/,
    );
  });

  it('says that nothing changed where nothing was told and nothing turned, without times that would mean nothing', () => {
    expect(looked(() => undefined)).toBe(
      'No change was seen: what the origins serve was on all 4 nodes of 2 cache layers.',
    );
    expect(looked(() => undefined, true)).toMatch(/^No change was seen: what the origins serve is on all 4 /);
  });

  it('says how soon it was everywhere where something turned though nothing was told', () => {
    const turning = (site: Site): void => {
      deploy(site);
      site.purge('shield', START + 6);
      site.purge('edge', START + 7);
    };
    expect(looked(turning)).toMatch(/^What the origins serve was on all 4 .*; half had it .* after the first look/);
    expect(looked(deploy)).toMatch(/^What the origins serve was on none of the 3 edge nodes/);
  });

  it('never lets the last one have it before half, nine in ten or nearly all had', () => {
    const lanes = (arrivals: readonly (readonly [number, number])[]) =>
      arrivals.map(([after, by], i) => ({ ...silentLane(`edge/e${i}`, PLACE), arrival: { after, by } }));
    const seen = [
      lanes([
        [0, 0.073],
        [0, 0.065],
        [0, 0.07],
        [0, 0.068],
      ]),
      lanes([
        [0.1, 0.9],
        [0.2, 0.4],
        [0.3, 0.35],
      ]),
      lanes([[0.1, 0.2]]),
    ];
    for (const all of seen) {
      const last = lastOf(all)!;
      for (const p of Object.values(percentilesIn(all))) {
        expect(last.latest).toBeGreaterThanOrEqual(p.latest);
        expect(last.earliest).toBeGreaterThanOrEqual(p.earliest);
      }
    }
    expect(lastOf([...seen[0]!, silentLane('edge/e9', PLACE)])).toBeUndefined();
  });

  it('says that no cache has it yet, and for how long', () => {
    expect(said(deploy, 8)).toBe(
      'Build 4f2c is on none of the 3 edge nodes and not on the shield node, 3.0 s after the deploy.',
    );
  });

  it('says that the origins are not all there', () => {
    expect(said((site) => site.deploy('4f2c', START + 5, 60), 8)).toMatch(
      /^Build 4f2c is on 1 of 2 origin nodes, 3\.0 s after/,
    );
  });

  it('says that the old version came back, and to whom', () => {
    const play = (site: Site): void => {
      deploy(site);
      site.purge('edge', START + 6, 'edge-ams');
    };
    expect(said(play, 10)).toContain('edge-ams shows the old version again');
  });

  it('names two of many', () => {
    const play = (site: Site): void => {
      deploy(site);
      site.purge('tier-1', START + 6);
      for (let n = 1; n <= 30; n++) site.purge('edge', START + 7, `edge-${n}`);
    };
    expect(said(play, 10, { plan: crowd(START, 40, 2, 300) })).toMatch(
      /30 of 40 edge nodes; .*edge-3\d, edge-\d\d and 8 more have not shown it/,
    );
  });
});

describe('what asking cost', () => {
  it('is counted, with what it may have changed', () => {
    expect(costSentences({ requests: 412, refreshing: 9, stale: 2, untold: 0 }, true).join(' ')).toMatch(
      /^Strata sent 412 requests so far\. At 9 of them a cache fetched or validated its copy because Strata asked.* 2 met a stale copy/,
    );
    expect(costSentences({ requests: 1, refreshing: 0, stale: 0, untold: 0 }, false)).toEqual([
      'Strata sent 1 request in all.',
      'No cache said that it fetched anything because Strata asked.',
    ]);
    expect(costSentences({ requests: 7, refreshing: 0, stale: 0, untold: 5 }, false)).toEqual([
      'Strata sent 7 requests in all.',
      'At 5 nothing tells whether a cache did.',
    ]);
  });
});

describe('the causes that the page finds', () => {
  it('are the model’s: a purge race is named with its evidence', () => {
    const site = new Site({ ...crowd(START, 4, 2, 300), every: 0.1 });
    deploy(site);
    site.purge('edge', START + 6);
    const reading = readTrace(recorded(site, site.advanceTo(START + 12)));
    const found = causesIn(reading, startsIn(reading.events).at(-1)!, START + 12);
    expect(new Set(found.map((c) => c.id))).toEqual(new Set(['purge-race']));
    expect(found.every((c) => c.evidence.for.length > 0 && c.action !== undefined)).toBe(true);
  });
});
