// Needs varnishd and nginx: does `explain` find out what real caches do, and does it say nothing wrong of them?
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainDocument } from '../../shared/api.ts';
import { explainedLive } from '../../probe/explain/live.ts';
import { startLab, type Lab } from '../../probe/lab/lab.ts';
import { strata } from '../probe/cli/strata.ts';
import { needs } from './needs.ts';

let lab: Lab;
const withLab = (...real: readonly string[]) => {
  beforeAll(async () => void (lab = await startLab({ real, edges: 1, apps: 1 })));
  afterAll(() => lab.stop());
};
const edge = () => lab.topology.layers[0]!.nodes[0]!.address;
/** As `explain` asks: by the address, whose name is then part of the key. */
const visit = async (address: string, path: string) => (await fetch(`${address}${path}`)).text();
const explained = async (...args: readonly string[]) => {
  const { code, stdout } = await strata(['explain', ...args, '--json']);
  expect(code).toBe(0);
  return explainDocument.parse(JSON.parse(stdout)).responses.at(-1)!;
};

describe.runIf(needs('varnishd', 'nginx'))('explain of Varnish before nginx', () => {
  withLab('varnish', 'nginx');

  it('names both on a miss, and that nginx’s word is history on a hit', async () => {
    const url = `${edge()}/life/61`;
    const first = await explained(url);
    expect(first.caches.map((c) => [c.dialect, c.cacheStatus.hit, c.replayed])).toEqual([
      ['varnish', undefined, undefined],
      ['nginx', undefined, undefined],
    ]);
    const second = await explained(url);
    expect(second.caches.map((c) => [c.dialect, c.cacheStatus.hit, c.replayed])).toEqual([
      ['varnish', true, undefined],
      ['nginx', undefined, true],
    ]);
    expect(second.notes.map((n) => n.id)).toEqual(expect.arrayContaining(['history', 'fresh', 'lifetimes-add']));
  });

  it('finds nothing wrong by asking some more', async () => {
    const { notes } = await explainedLive(`${edge()}/life/62`, {
      active: true,
      assets: true,
      bust: true,
      said: () => undefined,
    });
    expect(notes.filter(({ level }) => level === 'bad' || level === 'warning')).toEqual([]);
    expect(notes.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'age-forward',
        'validator-confirmed',
        'head-agrees',
        'cached-copy-current',
        'assets-agree',
      ]),
    );
  });

  it('finds the old copy behind which the origin has moved on', async () => {
    const path = '/life/600';
    await visit(edge(), path);
    await lab.origin.deploy();
    const { notes } = await explainedLive(`${edge()}${path}`, {
      active: true,
      bust: true,
      pause: 0,
      said: () => undefined,
    });
    expect(notes.map(({ id }) => id)).toContain('cached-copy-old');
  });
});

describe.runIf(needs('varnishd', 'nginx'))('explain of nginx before Varnish', () => {
  withLab('nginx', 'varnish');

  it('sees an Age that stands still, and lifetimes that add up', async () => {
    const path = '/life/63';
    // Varnish has to have a copy that is some seconds old when nginx stores it
    await fetch(`${lab.topology.layers[1]!.nodes[0]!.address}${path}`, { headers: { host: new URL(edge()).host } });
    await sleep(2100);
    await visit(edge(), path);
    const { responses, notes } = await explainedLive(`${edge()}${path}`, { active: true, said: () => undefined });
    expect(responses).toHaveLength(1);
    expect(notes.map(({ id }) => id)).toContain('age-stands');
    const again = await explained(`${edge()}${path}`);
    expect(again.notes.map((n) => n.id)).toEqual(expect.arrayContaining(['age-frozen', 'lifetimes-add']));
    expect(again.caches[0]).toMatchObject({ dialect: 'nginx', cacheStatus: { hit: true } });
  });
});
