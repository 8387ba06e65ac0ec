import { describe, expect, it } from 'vitest';
import { traceFileText } from '../../../shared/trace-file.ts';
import { Fold, messagesOf } from '../../../web/trace/fold.ts';
import { Propagation } from '../../../web/trace/propagation.svelte.ts';
import { Site, recorded, shop } from '../../fixtures/site.ts';

const START = 1_763_850_000;

function trace() {
  const site = new Site({ ...shop(START, 300), every: 0.5 });
  site.deploy('4f2c', START + 5);
  site.purge('shield', START + 6);
  site.purge('edge', START + 7);
  site.deploy('77aa', START + 12);
  return recorded(site, site.advanceTo(START + 20));
}

describe('a trace file', () => {
  const given = (text: string, name = 'a.json'): File => new File([text], name);

  it('is shown by its newest change, and by an earlier one where that is chosen', async () => {
    const view = new Propagation();
    await view.openFile(given(traceFileText(trace())), 1e9);
    expect(view.problem).toBeUndefined();
    expect(view.starts.map((s) => s.expect)).toEqual(['4f2c', '77aa']);
    expect(view.start?.expect).toBe('77aa');
    expect(view.running).toBe(false);
    view.choose(0);
    expect(view.start?.expect).toBe('4f2c');
    expect(view.groups.flatMap((g) => g.lanes).every((l) => l.shows === 'new')).toBe(true);
    expect(view.now).toBeCloseTo(7, 1);
  });

  it('that is too large is refused before it is read', async () => {
    const view = new Propagation();
    const file = given('x'.repeat(3 * 2 ** 20), 'big.json');
    await view.openFile(file, 2 ** 20);
    expect(view.problem).toBe('big.json has 3 MB, and the most is 1 MB.');
    expect(view.reading).toBeUndefined();
  });

  it('takes the place of the one before, also where it cannot be read', async () => {
    const view = new Propagation();
    await view.openFile(given(traceFileText(trace())), 1e9);
    await view.openFile(given('nonsense'), 1e9);
    expect(view.start).toBeUndefined();
    expect(view.problem).toMatch(/no trace/);
  });

  it('may be of nodes that nobody asked', async () => {
    const view = new Propagation();
    await view.openFile(given(traceFileText(new Site(shop(START)).empty)), 1e9);
    expect(view.start).toEqual({ kind: 'look', at: START });
    expect(view.groups.flatMap((g) => g.lanes).map((l) => l.shows)).toEqual(Array(6).fill('silent'));
  });
});

describe('what asking cost', () => {
  it('is counted from the start of a change to that of the next', () => {
    const given = trace();
    const fold = new Fold(given.topology);
    for (const message of messagesOf(given)) fold.take(message);
    const between = (from: number, until: number) =>
      given.observations.filter((o) => o.responseTime >= from && o.responseTime < until).length;
    const whole = fold.askedBetween(undefined, undefined);
    expect(whole.requests).toBe(given.observations.length);
    const first = fold.askedBetween(START + 5, START + 12);
    expect(Math.abs(first.requests - between(START + 5, START + 12))).toBeLessThanOrEqual(1);
    expect(first.refreshing).toBeGreaterThanOrEqual(1);
    expect(first.refreshing).toBeLessThanOrEqual(8);
    expect(fold.askedBetween(START + 12, undefined).requests + first.requests).toBeLessThan(whole.requests);
  });
});
