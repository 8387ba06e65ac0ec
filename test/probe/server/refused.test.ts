// What does the service say to what it cannot do: a purge that nothing can carry out, a deploy that cannot be true?
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../../../probe/server/start-server.ts';
import type { Layer, PurgeConfig } from '../../../shared/topology.ts';
import { page, purgeable, served, NEW, OLD, type Served } from '../trace/bad-site.ts';
import { liveOn, type Scene } from '../trace/scene.ts';
import { siteOf } from '../trace/site.ts';
import { bearer, post, TOKEN } from './bench.ts';

interface Service {
  readonly edge: Served;
  readonly scene: Scene;
  readonly server: RunningServer;
  readonly port: number;
}

/** The service before one edge and one origin; the edge is purged in this way. */
async function serve(purge?: PurgeConfig): Promise<Service> {
  const edge = await served(purgeable(OLD));
  const origin = await served((_, response) => page(response, NEW));
  const site = siteOf({ 'edge-1': edge.address, 'app-1': origin.address });
  const layers = site.layers.map((l): Layer => (l.id === 'edge' && purge !== undefined ? { ...l, purge } : l));
  const scene = await liveOn({ ...site, layers });
  const { live: engine, store, data } = scene;
  const parts = { engine, store, data, pageFolder: data, version: '1', token: TOKEN, port: 0 };
  const server = await startServer({ ...parts, logLevel: 'fatal' });
  const { port } = new URL(server.url);
  services.push({ edge, scene, server, port: Number(port) });
  origins.push(origin);
  return services.at(-1)!;
}

const services: Service[] = [];
const origins: Served[] = [];
afterAll(async () => {
  for (const { server, scene, edge } of services) {
    await server.close();
    await scene.close();
    await edge.close();
    expect(scene.errors).toEqual([]);
  }
  for (const origin of origins) await origin.close();
});

const purgeBy = (headers: PurgeConfig['settings']['headers'] = {}): PurgeConfig => ({
  by: 'http-purge',
  scope: 'url',
  soft: false,
  tags: [],
  settings: { method: 'PURGE', path: '{path}', headers },
});

async function expectNothingSent(service: Service, path: string, body: object, sentence: RegExp): Promise<void> {
  const reply = await post(service, path, body, bearer);
  expect(reply.json).toMatchObject({ status: 409, type: 'about:blank' });
  expect(reply.json['detail']).toMatch(sentence);
  // what its origin serves may be told meanwhile
  const told = service.scene.told.map((m) => (m.type === 'event' ? m.data.type : m.type));
  expect(told.filter((type) => type === 'receipt' || type.startsWith('purge'))).toEqual([]);
  expect(service.edge.asked['PURGE']).toBeUndefined();
}

const bodies: [string, object][] = [
  ['/api/v1/purge', {}],
  ['/api/v1/trace', { purge: true, budget: 5 }],
];

describe('a purge that', () => {
  let without: Service;
  let unset: Service;
  beforeAll(async () => {
    without = await serve();
    unset = await serve(purgeBy({ 'X-Key': '${STRATA_TEST_UNSET}' }));
  });

  it.each(bodies)('no layer can take is refused, with what is missing in the topology: %s', (path, body) =>
    expectNothingSent(without, path, body, /^Nothing that was chosen can be purged: .*purge: \{ by: http-purge \}/),
  );

  it.each(bodies)('lacks its credential is refused before anything begins, with the variable: %s', (path, body) =>
    expectNothingSent(unset, path, body, /the purge of layer edge needs the environment variable STRATA_TEST_UNSET/),
  );

  it('is only planned shows what there is, be it nothing', async () => {
    const { status, json } = await post(without, '/api/v1/purge', { dryRun: true }, bearer);
    expect([status, json['steps']]).toEqual([200, []]);
  });
});

describe('a deploy that', () => {
  let service: Service;
  beforeAll(async () => {
    service = await serve();
  });
  const SECOND = 1000;
  const from = (ms: number) => new Date(Date.now() + ms).toISOString();
  const DAY = 86_400 * SECOND;

  it.each([
    ['is still to come', () => '2130-01-01T00:00:00Z', /is still to come by the clock of this service; tell/],
    ['comes within the minute', () => from(60 * SECOND), /is still to come/],
    ['was in 1970', () => '1970-01-01T00:00:00Z', /is more than a day ago.*; tell a later deploy/],
    ['was two days ago', () => from(-2 * DAY), /is more than a day ago/],
  ])('%s is refused, and nothing is counted from it', async (_, when, sentence) => {
    const at = when();
    for (const [path, body, place] of [
      ['/api/v1/deploys', { at }, 'at'],
      ['/api/v1/trace', { deployed: [from(0), at], budget: 1 }, 'deployed[1]'],
    ] as const) {
      const { json } = await post(service, path, body, bearer);
      expect(json).toMatchObject({
        status: 400,
        errors: [{ place, message: expect.stringMatching(sentence) as string }],
      });
    }
    expect(service.scene.told.filter((m) => m.type === 'event')).toEqual([]);
  });

  it('was an hour ago, or is ahead by what clocks differ, is taken', async () => {
    for (const ms of [-3600 * SECOND, 2 * SECOND]) {
      expect((await post(service, '/api/v1/deploys', { at: from(ms) }, bearer)).status).toBe(200);
    }
  });
});
