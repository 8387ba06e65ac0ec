import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Lab, LabOptions } from '../../../probe/lab/lab.ts';
import { startLab } from '../../../probe/lab/lab.ts';
import { layerOf } from '../../../shared/topology.ts';
import { ask } from './talk.ts';

let lab: Lab | undefined;
afterEach(() => lab?.stop());

async function labOf(options: LabOptions) {
  lab = await startLab(options);
  const { topology, origin } = lab;
  const nodes = (layer: string) => layerOf(topology, layer)?.nodes.map((node) => node.address) ?? [];
  return { origin, edges: nodes('edge'), shield: nodes('shield')[0] ?? '', topology };
}

describe('the lab', () => {
  it('is three edges, one shield and an origin of two, and its topology says so', async () => {
    const { topology } = await labOf({});
    expect(
      topology.layers.map(({ id, dialect, parents, nodes }) => [id, dialect, parents, nodes.map((n) => n.id)]),
    ).toEqual([
      ['edge', 'varnish', ['shield'], ['edge-ams', 'edge-nyc', 'edge-gru']],
      ['shield', 'nginx', ['origin'], ['shield-1']],
      ['origin', undefined, [], ['app-1', 'app-2']],
    ]);
    expect(topology.targets[0]).toMatchObject({ id: 'home', url: 'http://shop.lab.test/' });
  });

  it('shows a deploy at an edge only after the copies before it have expired', async () => {
    const { origin, edges } = await labOf({ maxAge: 1, grace: 0 });
    expect((await ask(edges[0]!)).build).toBe('4f2c');
    const { build } = await origin.deploy();
    expect((await ask(edges[0]!)).build).toBe('4f2c');
    await sleep(3_200);
    // the shield's copy first: the edge may have renewed itself from it a moment before
    await ask(edges[0]!);
    await sleep(2_100);
    expect((await ask(edges[0]!)).build).toBe(build);
  });

  it('shows the old page again at an edge that was purged before the shield', async () => {
    const { origin, edges, shield } = await labOf({ maxAge: 60 });
    const [edge = ''] = edges;
    await ask(edge);
    const { build } = await origin.deploy();
    await ask(edge, '/', { method: 'PURGE' });
    expect((await ask(edge)).build).toBe('4f2c');
    await ask(shield, '/', { method: 'PURGE' });
    expect((await ask(edge)).build).toBe('4f2c');
    await ask(edge, '/', { method: 'PURGE' });
    expect((await ask(edge)).build).toBe(build);
  });

  it('can be built of other dialects, without a shield, with more edges', async () => {
    const { topology, edges } = await labOf({ dialects: ['rfc9211'], edges: 10 });
    expect(topology.layers.map((layer) => layer.id)).toEqual(['edge', 'origin']);
    expect(new Set(edges).size).toBe(10);
    expect((await ask(edges[9]!)).field('Cache-Status')).toContain('edge-10');
  });

  it('refuses a product or a dialect that it does not know', async () => {
    await expect(startLab({ real: ['oracle'] })).rejects.toThrow("the lab cannot start 'oracle'");
    await expect(startLab({ dialects: ['klingon'] })).rejects.toThrow("there is no dialect 'klingon'");
    await expect(startLab({ dialects: [] })).rejects.toThrow('at least one cache');
  });

  it('closes every port when it stops', async () => {
    const { edges, shield, origin } = await labOf({});
    await lab!.stop();
    for (const address of [...edges, shield, origin.nodes[0]!.address]) {
      await expect(ask(address)).rejects.toThrow('ECONNREFUSED');
    }
  });
});
