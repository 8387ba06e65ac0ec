// Needs varnishd and nginx (with its cache-purge module for the purge): the lab with real daemons.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Lab, LabOptions } from '../../probe/lab/lab.ts';
import { startLab } from '../../probe/lab/lab.ts';
import { wallNow } from '../../probe/exchange/clock.ts';
import { recognise } from '../../shared/dialects/index.ts';
import { ask } from '../probe/lab/talk.ts';
import { needs } from './needs.ts';

let lab: Lab | undefined;
afterEach(() => lab?.stop());

async function labOf(options: LabOptions) {
  lab = await startLab(options);
  const [edge, shield] = lab.topology.layers.map((layer) => layer.nodes.map((node) => node.address));
  return { origin: lab.origin, topology: lab.topology, edges: edge!, shield: shield![0]! };
}

/** Asks until the build is seen, every 50 ms; the instant of the first answer that shows it. */
async function seenAt(address: string, path: string, build: string, within: number): Promise<number> {
  const end = wallNow() + within;
  while (wallNow() < end) {
    const said = await ask(address, path);
    if (said.build === build) return wallNow();
    await sleep(50);
  }
  return Infinity;
}

describe.runIf(needs('varnishd', 'nginx'))('three Varnish edges before one nginx', () => {
  it('start, and say MISS, then HIT, in their own words', async () => {
    const { edges, shield, topology } = await labOf({ real: ['varnish', 'nginx'] });
    expect(topology.layers.map(({ id, dialect, policy }) => [id, dialect, policy])).toEqual([
      ['edge', 'varnish', { grace: 10 }],
      ['shield', 'nginx', { grace: 0 }],
      ['origin', undefined, {}],
    ]);
    const [first, second] = [await ask(edges[0]!), await ask(edges[0]!)];
    expect(first.field('X-Varnish')).toMatch(/^\d+$/);
    expect(second.field('X-Varnish')).toMatch(/^\d+ \d+$/);
    expect(first.field('X-Cache-Status')).toBe('MISS');
    expect((await ask(edges[1]!)).field('X-Cache-Status')).toBe('HIT');
    expect((await ask(shield)).field('X-Cache-Status')).toBe('HIT');
    expect(recognise(second.fields).id).toBe('varnish');
    expect(recognise((await ask(shield)).fields).id).toBe('nginx');
    expect(second.field('Age')).toBeDefined();
    expect((await ask(shield)).field('Age')).toBeUndefined();
  });

  it('forget on PURGE; what was refilled from a shield not yet purged is old again', async () => {
    const { edges, shield, origin, topology } = await labOf({ real: ['varnish', 'nginx'], edges: 1, maxAge: 300 });
    const [edge = ''] = edges;
    await ask(edge);
    const { build } = await origin.deploy();
    expect((await ask(edge, '/', { method: 'PURGE' })).status).toBe(200);
    expect((await ask(edge)).build).toBe('4f2c');
    const canPurge = topology.layers[1]!.purge !== undefined;
    expect((await ask(shield, '/', { method: 'PURGE' })).status).toBe(canPurge ? 200 : 405);
    if (!canPurge) return;
    expect((await ask(shield, '/', { method: 'PURGE' })).status).toBe(404);
    expect((await ask(edge)).build).toBe('4f2c');
    await ask(edge, '/', { method: 'PURGE' });
    expect((await ask(edge)).build).toBe(build);
  });

  it('add their lifetimes up: the edge took the old copy just before nginx let go of it', async () => {
    const { edges, shield, origin } = await labOf({ real: ['varnish', 'nginx'], edges: 1, grace: 0 });
    const [edge = ''] = edges;
    const path = '/life/4';
    await ask(shield, path);
    const { build, readyAt } = await origin.deploy();
    await sleep(3_000);
    // nginx drops Age, so that the edge keeps what it takes now for a whole lifetime of its own
    expect((await ask(edge, path)).build).toBe('4f2c');
    const took = (await seenAt(edge, path, build, 12)) - readyAt.at(-1)!.at;
    expect(took).toBeGreaterThan(6.5);
    expect(took).toBeLessThan(8.5);
  });
});

describe.runIf(needs('varnishd'))('Varnish before Varnish', () => {
  it('passes Age on: the whole chain holds an old page for one lifetime and no longer', async () => {
    const { edges, shield, origin } = await labOf({ real: ['varnish', 'varnish'], edges: 1, grace: 0 });
    const [edge = ''] = edges;
    const path = '/life/4';
    await ask(shield, path);
    const { build, readyAt } = await origin.deploy();
    await sleep(3_000);
    const taken = await ask(edge, path);
    expect(taken.build).toBe('4f2c');
    expect(Number(taken.field('Age'))).toBeGreaterThanOrEqual(2);
    const took = (await seenAt(edge, path, build, 12)) - readyAt.at(-1)!.at;
    expect(took).toBeLessThan(5);
  });
});
