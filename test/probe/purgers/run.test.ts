import { createSocket } from 'node:dgram';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../shared/config-problem.ts';
import { readPurge } from '../../../shared/purge/index.ts';
import type { Layer, PurgeConfig, Topology } from '../../../shared/topology.ts';
import type { PurgeReceipt } from '../../../shared/trace.ts';
import { createExchanger } from '../../../probe/exchange/exchange.ts';
import { createGuard } from '../../../probe/exchange/guard.ts';
import { planPurge } from '../../../probe/purgers/plan.ts';
import { runPurge, type PurgeRun } from '../../../probe/purgers/run.ts';
import { namedBy } from '../../../probe/trace/session.ts';

interface Seen {
  readonly node: string;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A node that answers every request with `status`, and where it stands. */
async function node(id: string, status: number, seen: Seen[]): Promise<{ id: string; address: string }> {
  const server = createServer((request, response) => {
    seen.push({ node: id, method: request.method, path: request.url, headers: request.headers });
    response.writeHead(status, { 'x-echo': String(request.headers['x-purge-token']) }).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  return { id, address: `http://127.0.0.1:${bound.port}` };
}

const PURGE = readPurge({ by: 'http-purge' });

function layer(id: string, parents: readonly string[], nodes: Layer['nodes'], purge: PurgeConfig = PURGE): Layer {
  return { id, role: 'cache', nodes, parents, placement: 'any', policy: {}, purge, budget: 100 };
}

function shop(layers: readonly Layer[], headers: Record<string, string> = {}): Topology {
  const variants = [{ id: 'default', headers }];
  const target = {
    id: 'home',
    url: 'http://shop.example/a?b=1',
    marker: { digest: true },
    ignore: [],
    assets: false,
    variants,
  } as const;
  return { layers, targets: [target] };
}

async function purge(topology: Topology, more: Partial<PurgeRun> = {}) {
  const guard = createGuard({ named: namedBy(topology) });
  const exchanger = createExchanger({ guard });
  let id = 0;
  try {
    return await runPurge(planPurge(topology, {}, { betweenWaves: 0 }).steps, {
      exchanger,
      guard,
      takeId: () => ++id,
      env: {},
      ...more,
    });
  } finally {
    await exchanger.close();
  }
}

describe('a purge', () => {
  it('asks each node by the target’s Host and path, inside out', async () => {
    const seen: Seen[] = [];
    const topology = shop([
      layer('edge', ['shield'], [await node('edge-1', 200, seen)]),
      layer(
        'shield',
        [],
        [await node('shield-1', 204, seen)],
        readPurge({ by: 'http-purge', method: 'GET', path: '/purge{path}' }),
      ),
    ]);
    const { receipts } = await purge(topology);
    expect(seen.map((s) => [s.node, s.method, s.path, s.headers.host])).toEqual([
      ['shield-1', 'GET', '/purge/a?b=1', 'shop.example'],
      ['edge-1', 'PURGE', '/a?b=1', 'shop.example'],
    ]);
    expect(receipts.map((r) => [r.node, r.outcome, r.status])).toEqual([
      ['shield-1', 'accepted', 204],
      ['edge-1', 'accepted', 200],
    ]);
  });

  it('goes on outward past a layer that was asked for no reply', async () => {
    const deaf = createSocket('udp4');
    await new Promise<void>((resolve) => deaf.bind(0, '127.0.0.1', resolve));
    try {
      const { port } = deaf.address();
      const heard = new Promise<Buffer>((resolve) => deaf.once('message', resolve));
      const seen: Seen[] = [];
      const shield = { id: 'shield-1', address: 'http://127.0.0.1:9' };
      const silent = readPurge({ by: 'htcp', minor: 0, reply: false, port });
      const topology = shop([
        layer('edge', ['shield'], [await node('edge-1', 200, seen)]),
        layer('shield', [], [shield], silent),
      ]);
      const { receipts, stopped } = await purge(topology);
      expect(receipts.map((r) => [r.node, r.outcome])).toEqual([
        ['shield-1', 'unknown'],
        ['edge-1', 'accepted'],
      ]);
      expect([stopped, seen.length, (await heard).includes('/a?b=1')]).toEqual([undefined, 1, true]);
    } finally {
      deaf.close();
    }
  });

  it('carries the variant’s fields, because a cache may forget one variant only', async () => {
    const seen: Seen[] = [];
    await purge(shop([layer('edge', [], [await node('edge-1', 200, seen)])], { 'accept-language': 'en' }));
    expect(seen[0]?.headers['accept-language']).toBe('en');
  });

  it('may name the Host under which the cache knows the page', async () => {
    const seen: Seen[] = [];
    await purge(
      shop([
        layer(
          'edge',
          [],
          [await node('edge-1', 200, seen)],
          readPurge({ by: 'http-purge', headers: { Host: 'inner.example' } }),
        ),
      ]),
    );
    expect(seen[0]?.headers.host).toBe('inner.example');
  });

  it.each([
    [200, 'accepted'],
    [201, 'accepted'],
    [202, 'accepted'],
    [204, 'accepted'],
    [404, 'was-not-there'],
    [412, 'was-not-there'],
    [401, 'refused'],
    [403, 'refused'],
    [405, 'refused'],
    [501, 'refused'],
    [302, 'failed'],
    [500, 'failed'],
  ])('answered with %d is %s', async (status, outcome) => {
    const { receipts } = await purge(shop([layer('edge', [], [await node('edge-1', status, [])])]));
    expect(receipts[0]?.outcome).toBe(outcome);
  });

  it('that a node does not take leaves the layers outside it alone', async () => {
    const seen: Seen[] = [];
    const topology = shop([
      layer('edge', ['shield'], [await node('edge-1', 200, seen)]),
      layer('shield', [], [await node('shield-1', 403, seen)]),
    ]);
    const result = await purge(topology);
    expect(seen.map((s) => s.node)).toEqual(['shield-1']);
    expect(result.stopped).toContain('shield-1 did not take its purge');
  });

  it('of a node that is not there fails without an exception', async () => {
    const { receipts } = await purge(shop([layer('edge', [], [{ id: 'edge-1', address: 'http://127.0.0.1:1' }])]));
    expect(receipts[0]).toMatchObject({ outcome: 'failed' });
  });

  it('is written down as unknown before it is sent', async () => {
    const seen: Seen[] = [];
    const written: [string, number][] = [];
    const onReceipt = (r: PurgeReceipt) => void written.push([r.outcome, seen.length]);
    await purge(shop([layer('edge', [], [await node('edge-1', 200, seen)])]), { onReceipt });
    expect(written).toEqual([
      ['unknown', 0],
      ['accepted', 1],
    ]);
  });
});

describe('a secret', () => {
  const secured = readPurge({ by: 'http-purge', headers: { 'x-purge-token': '${PURGE_TOKEN}' } });

  it('is filled in where the purge is sent and stands in no receipt', async () => {
    const seen: Seen[] = [];
    const topology = shop([layer('edge', [], [await node('edge-1', 200, seen)], secured)]);
    const result = await purge(topology, { env: { PURGE_TOKEN: 'hunter2' } });
    expect(seen[0]?.headers['x-purge-token']).toBe('hunter2');
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it('that is missing stops the whole purge before anything is sent', async () => {
    const seen: Seen[] = [];
    const topology = shop([
      layer('edge', ['shield'], [await node('edge-1', 200, seen)], secured),
      layer('shield', [], [await node('shield-1', 200, seen)]),
    ]);
    await expect(purge(topology)).rejects.toThrow(ConfigError);
    await expect(purge(topology)).rejects.toThrow('needs the environment variable PURGE_TOKEN');
    expect(seen).toEqual([]);
  });
});
