import { afterEach, describe, expect, it } from 'vitest';
import { RequestProblem } from '../../../probe/server/engine.ts';
import { liveLab } from './scene.ts';

const { signal } = new AbortController();
let scene: Awaited<ReturnType<typeof liveLab>> | undefined;
afterEach(() => scene?.close());

describe('the service discovers', () => {
  it('every outermost node of a page that it watches, each at its own address', async () => {
    scene = await liveLab({ dialects: ['rfc9211', 'rfc9211'], edges: 2, apps: 1 });
    const { topology } = scene.lab;
    const found = await scene.live.discover({ url: topology.targets[0]!.url, connections: 4 }, signal);
    expect(found.topology.layers[0]?.nodes).toEqual(topology.layers[0]?.nodes);
    expect(found.topology.layers.map(({ nodes }) => nodes[0]?.id)).toEqual(['edge-ams', 'shield-1', 'origin-1']);
  });

  it('only what its topology names', async () => {
    scene = await liveLab({ dialects: ['varnish'], edges: 1, apps: 1 });
    for (const url of ['http://127.0.0.1:1/', 'http://elsewhere.test/']) {
      await expect(scene.live.discover({ url }, signal)).rejects.toBeInstanceOf(RequestProblem);
    }
  });
});
