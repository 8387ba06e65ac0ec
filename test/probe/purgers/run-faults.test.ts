import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { reaches } from '../../../shared/model/purge/effect.ts';
import type { Topology } from '../../../shared/topology.ts';
import type { PurgeReceipt } from '../../../shared/trace.ts';
import { createExchanger } from '../../../probe/exchange/exchange.ts';
import { createGuard } from '../../../probe/exchange/guard.ts';
import { planPurge } from '../../../probe/purgers/plan.ts';
import { runPurge, type PurgeRun } from '../../../probe/purgers/run.ts';
import { placesOf } from '../../../probe/trace/places.ts';
import { site } from './topology-of.ts';
import { type Seen, standIn } from './vendors/contract.ts';

const ONE = '  - { id: home, url: "https://shop.example/" }'.replace('https', 'http');

async function purge(topology: Topology, more: Partial<PurgeRun> = {}) {
  const guard = createGuard({ named: ['127.0.0.1'] });
  const exchanger = createExchanger({ guard });
  let id = 0;
  try {
    const { steps } = planPurge(topology, {}, { betweenWaves: 0 });
    return await runPurge(steps, { exchanger, guard, takeId: () => ++id, env: {}, timeout: 1, ...more });
  } finally {
    await exchanger.close();
  }
}

const broken: [string, (response: ServerResponse) => void][] = [
  ['is never answered', () => undefined],
  ['breaks off before its answer', (response) => response.socket?.destroy()],
  [
    'breaks off in the middle of its answer',
    (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('Purged', () => response.socket?.destroy());
    },
  ],
];

describe('a purge that', () => {
  it.each(broken)('%s is unknown, is not sent again, and stops the layers outside it', async (_, fault) => {
    await using node = await standIn((_seen, response) => fault(response));
    const written = { targets: ONE, address: node.url };
    const result = await purge(site({ ...written, edge: 'by: http-purge', shield: 'by: http-purge' }));
    expect(result.receipts.map((r) => [r.node, r.outcome])).toEqual([['shield-1', 'unknown']]);
    expect(result.receipts[0]?.summary).toMatch(/^It was sent, but .* it is not sent again by itself\.$/);
    expect(result.stopped).toContain('shield-1 did not say whether it took its purge');
    expect(node.seen).toHaveLength(1);
  });

  it('no server can be sent has failed, and says so without the secret that is to blame', async () => {
    await using node = await standIn((_, response) => response.end());
    const edge = 'by: http-purge, headers: { x-purge-token: "${TOKEN}" }';
    const { receipts } = await purge(site({ targets: ONE, address: node.url, edge }), {
      env: { TOKEN: 'hunter2\nhunter3' },
    });
    expect(receipts.map((r) => r.outcome)).toEqual(['failed', 'failed']);
    expect(receipts[0]?.summary).toMatch(/^It was not sent: the request cannot be sent/);
    expect(JSON.stringify(receipts)).not.toMatch(/hunter/);
    expect(node.seen).toEqual([]);
  });
});

describe('a run that is ended', () => {
  it('before its first message sends none, and says so', async () => {
    await using node = await standIn((_, response) => response.end());
    const topology = site({ targets: ONE, address: node.url, edge: 'by: http-purge' });
    const result = await purge(topology, { signal: AbortSignal.abort() });
    expect([result.receipts, node.seen]).toEqual([[], []]);
    expect(result.stopped).toBe('It was ended; the messages after this were not sent.');
  });

  it('within its only wave says that messages were left', async () => {
    await using node = await standIn((_, response) => response.end());
    const targets = Array.from({ length: 100 }, (_, i) => `  - { id: p${i}, url: "http://shop.example/${i}" }`).join(
      '\n',
    );
    const ending = new AbortController();
    const onReceipt = (r: PurgeReceipt) => void (r.outcome === 'accepted' && ending.abort());
    const topology = site({ targets, address: node.url, edge: 'by: http-purge' });
    const result = await purge(topology, { signal: ending.signal, onReceipt });
    expect(result.receipts.length).toBeLessThan(200);
    expect(node.seen).toHaveLength(result.receipts.length);
    expect(result.stopped).toBe('It was ended; the messages after this were not sent.');
  });

  it('between two waves leaves the outer one alone', async () => {
    await using node = await standIn((_, response) => response.end());
    const ending = new AbortController();
    const onReceipt = (r: PurgeReceipt) => void (r.outcome === 'accepted' && ending.abort());
    const shield = 'by: http-purge, wait: 1h';
    const topology = site({ targets: ONE, address: node.url, edge: 'by: http-purge', shield });
    const result = await purge(topology, { signal: ending.signal, onReceipt });
    expect(result.receipts.map((r) => [r.node, r.outcome])).toEqual([['shield-1', 'accepted']]);
    expect([result.stopped === undefined, node.seen.length]).toEqual([false, 1]);
  });
});

it('secrets of variants, of header templates and of bodies are sent, and stand in nothing that is told', async () => {
  const env = { MEMBER: 'canary-member', TOKEN: 'canary-token', KEY: 'canary-key' };
  const parrot = ({ headers, body }: Seen, response: ServerResponse) =>
    response.writeHead(500, { 'x-said': JSON.stringify(headers) }).end(body);
  await using node = await standIn(parrot);
  const told: PurgeReceipt[] = [];
  const targets = `  - { id: home, url: "http://shop.example/a", variants: [{ id: member, headers: { authorization: "Bearer \${MEMBER}" } }] }`;
  const edge = `by: http-purge, method: POST, path: /purge, headers: { x-token: "\${TOKEN} {path}" }, body: '{"key":"\${KEY}","url":"{url}"}'`;
  const topology = site({ targets, address: node.url, edge });
  const result = await purge(topology, { env, onReceipt: (r) => void told.push(r) });
  expect(node.seen[0]?.headers).toMatchObject({ authorization: 'Bearer canary-member', 'x-token': 'canary-token /a' });
  expect(node.seen[0]?.body).toBe('{"key":"canary-key","url":"http://shop.example/a"}');
  expect(JSON.stringify([told, await result.claims])).not.toContain('canary');
});

describe('what a receipt says it reaches is what its message covers:', () => {
  type Covers = (page: URL, variant: string) => boolean;
  const shop = (url: URL) => url.host === 'shop.example';
  const chosen: Covers = (url, variant) => shop(url) && url.pathname === '/' && variant === 'mobile';

  it.each<[string, Covers]>([
    ['by: nginx-purge', chosen],
    ['by: varnish-ban', (url) => shop(url) && url.pathname === '/'],
    ['by: nginx-purge, scope: host', shop],
    ['by: varnish-ban, scope: host', shop],
    ['by: varnish-ban, scope: prefix, prefix: "/"', shop],
    ['by: varnish-ban, scope: all', () => true],
    // which pages have a tag nobody knows: those that were chosen are expected to
    ['by: varnish-ban, scope: tag, tags: [a]', (url) => shop(url) && url.pathname === '/'],
  ])('%s', async (edge, covers) => {
    await using node = await standIn((_, response) => response.end('key'));
    const topology = site({ address: node.url, edge, shield: edge });
    const { steps } = planPurge(topology, { node: 'edge-1', target: 'home', variant: 'mobile' });
    const guard = createGuard({ named: ['127.0.0.1'] });
    const exchanger = createExchanger({ guard });
    let id = 0;
    const { receipts } = await runPurge(steps, { exchanger, guard, takeId: () => ++id, env: {} });
    await exchanger.close();
    for (const place of placesOf(topology)) {
      const at = { layer: place.layer.id, node: place.node.id, target: place.target.id, variant: place.variant.id };
      const meant = place.node.id === 'edge-1' && covers(new URL(place.target.url), place.variant.id);
      expect([at, receipts.some((r) => reaches(r, at))]).toEqual([at, meant]);
    }
  });
});
