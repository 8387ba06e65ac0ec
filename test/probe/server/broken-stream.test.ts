// What becomes of the service when something breaks under one who follows it?
import { afterEach, expect, it } from 'vitest';
import type { Store } from '../../../probe/store/store.ts';
import { NEW, page, served } from '../trace/bad-site.ts';
import { liveOn, until } from '../trace/scene.ts';
import { siteOf } from '../trace/site.ts';
import { ask, startBench, type Bench } from './bench.ts';
import { follow } from './event-reader.ts';

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const broken = (): Promise<never> => Promise.reject(new Error('the store cannot be read'));

it.each([
  ['be greeted', { droppedThrough: broken }],
  ['be told what was missed', { since: broken }],
])('sixty pages that cannot %s leave room for the next', async (_, fault: Partial<Store>) => {
  let isBroken = true;
  const pick = <K extends 'since' | 'droppedThrough'>(store: Store, name: K): Store[K] =>
    ((...given: never[]) =>
      (isBroken ? (fault[name] ?? store[name]) : store[name])(...(given as unknown as [never, never]))) as Store[K];
  bench = await startBench({
    wrap: (store) => ({ ...store, since: pick(store, 'since'), droppedThrough: pick(store, 'droppedThrough') }),
  });
  for (let i = 0; i < 60; i += 1) {
    const reader = await follow(bench.port, '/api/v1/events').catch(() => undefined);
    await reader?.ended;
  }
  expect(bench.log.join('')).toContain('the store cannot be read');
  isBroken = false;
  const reader = await follow(bench.port, '/api/v1/events');
  expect(reader.response.statusCode).toBe(200);
  await reader.until((events) => events.length > 0);
  expect(reader.events[0]?.type).toBe('hello');
  reader.close();
  expect((await ask(bench, 'GET', '/healthz')).status).toBe(200);
});

it('a listener that fails ends neither the watch nor what others hear', async () => {
  const server = await served((_, response) => page(response, NEW));
  const scene = await liveOn(siteOf({ 'edge-1': server.address, 'app-1': server.address }));
  const heard: string[] = [];
  scene.live.subscribe(() => {
    throw new Error('of one who listens');
  });
  scene.live.subscribe((_, message) => heard.push(message.type));
  try {
    await until('both asked again', () => scene.told.length >= 6);
    expect(heard.length).toBeGreaterThanOrEqual(5);
    expect(String(scene.errors[0])).toContain('of one who listens');
    const nodes = new Set(scene.told.map((m) => (m.type === 'observation' ? m.data.node : '')));
    expect(nodes).toEqual(new Set(['edge-1', 'app-1']));
  } finally {
    await scene.close();
    await server.close();
  }
});
