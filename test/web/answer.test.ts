import { describe, expect, it } from 'vitest';
import { answerFor, plain } from '../../web/answer.ts';
import { expectations, picture } from '../../web/derive.ts';
import type { Picture } from '../../web/derive.ts';
import { keyOf, readTrace } from '../../shared/model/reading.ts';
import { Site, crowd, recorded, shop } from '../fixtures/site.ts';

const START = 1_763_850_000;
const subject = { target: 'home', variant: 'default' };

function pictureOf(site: Site, now: number): Picture {
  const trace = recorded(site, site.advanceTo(now));
  const reading = readTrace(trace);
  const latest = new Map(trace.observations.map((o) => [keyOf(o), o]));
  return picture({ reading, forecasts: expectations(reading, subject, now), subject, latest, now });
}

const said = (p: Picture): string => plain(answerFor(p), p.at);

describe('the answer', () => {
  it('says that nothing has answered before anything has', () => {
    expect(answerFor(pictureOf(new Site(shop(START)), START)).kind).toBe('nothing-seen');
  });

  it('names the one build while everything serves it', () => {
    const p = pictureOf(new Site(shop(START)), START + 20);
    expect(said(p)).toMatch(/^Everything serves build 9a01\./);
  });

  it('waits for the origin while only some of it serves the change', () => {
    const site = new Site(shop(START, 600));
    site.deploy('4f2c', START + 20, 600);
    const p = pictureOf(site, START + 25);
    expect(answerFor(p).kind).toBe('half-rolled');
    expect(said(p)).toMatch(/^1 of 2 origin nodes serves build 4f2c; app-2 still serves 9a01\..*do not purge yet/);
  });

  it('counts who still serves the old build and when the last lets go', () => {
    const site = new Site(shop(START, 60));
    site.deploy('4f2c', START + 20);
    const p = pictureOf(site, START + 30);
    expect(answerFor(p).kind).toBe('rising');
    expect(said(p)).toMatch(
      /^Build 4f2c is live at the origin\. All 3 edge nodes and shield-1 still serve 9a01; the last lets go (at|between) \d\d:/,
    );
  });

  it('counts down to an instant that comes true', () => {
    const site = new Site(shop(START, 60));
    site.deploy('4f2c', START + 20);
    const p = pictureOf(site, START + 65);
    const until = answerFor(p).parts.find((part) => part.kind === 'countdown')?.until;
    const after = pictureOf(new SiteAgain().site, (until ?? 0) + 2);
    expect(answerFor(after).kind).toBe('visible');
  });

  it('tells how long it took once it is visible everywhere', () => {
    const site = new Site(shop(START, 10));
    site.deploy('4f2c', START + 20);
    expect(said(pictureOf(site, START + 60))).toMatch(/^Build 4f2c is visible everywhere since .*after the deploy\./);
  });

  it('names a purge race and the way out of it', () => {
    const site = new Site(shop(START, 60));
    site.deploy('4f2c', START + 20);
    site.purge('edge', START + 25);
    const p = pictureOf(site, START + 28);
    expect([...p.cells.values()].filter((c) => c.relapse?.from === 'shield-1').map((c) => c.node)).toEqual([
      'edge-ams',
      'edge-nyc',
      'edge-gru',
    ]);
    expect(said(p)).toContain('took the old page again from shield-1');
  });

  it('goes on counting for those that answer when one does not', () => {
    const site = new Site(shop(START, 60));
    site.deploy('4f2c', START + 20);
    site.fail('edge-nyc', START + 24);
    const p = pictureOf(site, START + 30);
    expect(said(p)).toMatch(/the last that answers lets go/);
    expect(said(p)).toContain('edge-nyc does not answer (The connection was refused)');
  });

  it('says so when nothing answers at all', () => {
    const site = new Site(shop(START, 60));
    for (const l of site.topology.layers) for (const n of l.nodes) site.fail(n.id, START);
    expect(answerFor(pictureOf(site, START + 5)).kind).toBe('unreachable');
  });

  it('counts nodes and layers instead of naming ten of them', () => {
    const site = new Site(crowd(START, 8, 9, 60));
    site.deploy('4f2c', START + 20);
    expect(said(pictureOf(site, START + 30))).toContain('17 nodes in 9 layers still serve 9a01');
  });
});

/** The same site once more: a site can only be played forward. */
class SiteAgain {
  readonly site = new Site(shop(START, 60));
  constructor() {
    this.site.deploy('4f2c', START + 20);
  }
}

describe('a picture', () => {
  it('takes over the views of cells to which nothing happened', () => {
    const site = new Site(shop(START));
    const trace = recorded(site, site.advanceTo(START + 20));
    const reading = readTrace(trace);
    const latest = new Map(trace.observations.map((o) => [keyOf(o), o]));
    const first = picture({ reading, forecasts: [], subject, latest, now: START + 20 });
    const second = picture({ reading, forecasts: [], subject, latest, now: START + 21, before: first });
    expect([...second.cells.values()].every((c) => c === first.cells.get(c.key))).toBe(true);
  });

  it('names the application that the shield last asked', () => {
    const p = pictureOf(new Site(shop(START)), START + 20);
    expect(p.cells.get('shield/shield-1')?.parent).toMatch(/^origin\/app-[12]$/);
  });

  it('shows as expected, not as seen, what lies ahead of now', () => {
    const site = new Site(shop(START, 60));
    site.deploy('4f2c', START + 20);
    const trace = recorded(site, site.advanceTo(START + 30));
    const reading = readTrace(trace);
    const forecasts = expectations(reading, subject, START + 30);
    const p = picture({ reading, forecasts, subject, latest: new Map(), now: START + 400 });
    expect(
      [...p.cells.values()].filter((c) => c.role === 'cache').every((c) => c.expected && c.version === 'new'),
    ).toBe(true);
    expect(said(p)).toMatch(/^By .* build 4f2c is expected everywhere\..*a forecast/);
  });
});
