import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Layer, Topology } from '../../../shared/topology.ts';
import { readPurge } from '../../../shared/purge/index.ts';
import { createExchanger } from '../../../probe/exchange/exchange.ts';
import { createGuard } from '../../../probe/exchange/guard.ts';
import { planPurge } from '../../../probe/purgers/plan.ts';
import type { PurgeStep } from '../../../probe/purgers/purger.ts';
import { runPurge } from '../../../probe/purgers/run.ts';

/** Purges a page of two variants at a node of this product that answers with these statuses in turn. */
async function purgedAt(dialect: string, statuses: readonly number[]) {
  const asked: string[] = [];
  let purges = 0;
  const server = createServer((request, response) => {
    const language = request.headers['accept-language'] ?? 'default';
    asked.push(language);
    response.writeHead(statuses[purges++] ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  const address = `http://127.0.0.1:${bound.port}`;
  const layer: Layer = {
    id: 'shield',
    role: 'cache',
    dialect,
    nodes: [{ id: 'shield-1', address }],
    parents: [],
    placement: 'any',
    policy: {},
    purge: readPurge({ by: 'http-purge' }),
    budget: 1000,
  };
  const variants = [
    { id: 'default', headers: {} },
    { id: 'german', headers: { 'accept-language': 'de' } },
  ];
  const target = {
    id: 'home',
    url: 'http://shop.example/',
    marker: { digest: true },
    ignore: [],
    assets: false,
  } as const;
  const topology: Topology = { layers: [layer], targets: [{ ...target, variants }] };
  const guard = createGuard({ named: [address] });
  const exchanger = createExchanger({ guard });
  let id = 0;
  try {
    const { steps } = planPurge(topology);
    const refill = async ({ pages: [page] }: PurgeStep) => void asked.push(`refill ${page.variant.id}`);
    const { receipts } = await runPurge(steps, { exchanger, guard, takeId: () => ++id, env: {}, refill });
    return { asked, receipts };
  } finally {
    await exchanger.close();
    server.close();
  }
}

describe('variants that a purge takes one at a time', () => {
  it('go one after the other, the usual one last: by it the others may be found', async () => {
    expect((await purgedAt('nginx', [200, 200])).asked).toEqual(['de', 'default']);
  });
});

describe('a variant that was not there while another one was purged', () => {
  it('is purged once more, when what hid it has been stored again', async () => {
    const { asked, receipts } = await purgedAt('squid', [200, 404, 200]);
    expect(asked).toEqual(['de', 'default', 'refill german', 'default']);
    expect(receipts.map((r) => [r.variant, r.outcome, r.rebound])).toEqual([
      ['german', 'accepted', undefined],
      ['default', 'was-not-there', undefined],
      ['default', 'accepted', true],
    ]);
  });

  it('is not asked for a third time', async () => {
    expect((await purgedAt('squid', [404, 200, 404])).asked).toEqual(['de', 'default', 'refill default', 'de']);
  });

  it('is believed where nothing of the page was there', async () => {
    expect((await purgedAt('squid', [404, 404])).asked).toHaveLength(2);
  });

  it('is believed of a product that forgets all variants at once', async () => {
    expect((await purgedAt('varnish', [200, 404])).asked).toHaveLength(2);
  });
});
