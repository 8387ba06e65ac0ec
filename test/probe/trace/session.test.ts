import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../shared/config-problem.ts';
import type { Topology } from '../../../shared/topology.ts';
import { placesOf } from '../../../probe/trace/places.ts';
import { Session } from '../../../probe/trace/session.ts';
import { watch } from '../../../probe/trace/watch.ts';
import { answer, rawServer, type RawServer } from '../hostile/raw-server.ts';
import { liveOn, until } from './scene.ts';
import { siteOf } from './site.ts';

const SECRET = 'k9-very-secret-42';
let server: RawServer;
let topology: Topology;
beforeEach(async () => {
  process.env['STRATA_TEST_KEY'] = SECRET;
  // what it was sent, the server says back: in its head, its page and what the page links to
  server = await rawServer((socket, head) => {
    const key = /x-key: (.*)/i.exec(head)?.[1] ?? '';
    const page = `<meta name="build" content="${key}"><script src="/a.js?key=${key}"></script>`;
    socket.write(answer(page, [`X-Echo: ${key}`, 'Content-Type: text/html', 'Cache-Control: max-age=5']));
  });
  topology = siteOf({ 'app-1': server.address }, { 'x-key': 'Bearer ${STRATA_TEST_KEY}', cookie: 'member=1' });
});
afterEach(async () => {
  delete process.env['STRATA_TEST_KEY'];
  await server.close();
});

describe('the secrets of a variant', () => {
  it('are sent to the server, and are in nothing that is kept or told', async () => {
    const scene = await liveOn(topology);
    try {
      await until('asked', () => scene.told.some((m) => m.type === 'observation'));
      expect(server.heads[0]).toContain(`x-key: Bearer ${SECRET}`);
      expect(server.heads[0]).toContain('cookie: member=1');
      const document = await scene.live.look({}, new AbortController().signal);
      expect(document.nodes[0]).toMatchObject({ marker: 'Bearer [redacted]' });
      const kept = await scene.store.readTrace(scene.live.traceId);
      for (const shown of [kept, scene.told, document, scene.live.snapshot(), scene.live.topology]) {
        expect(JSON.stringify(shown)).not.toContain(SECRET);
        expect(JSON.stringify(shown)).not.toContain('member=1"]');
      }
      expect(JSON.stringify(kept)).toContain('${STRATA_TEST_KEY}');
    } finally {
      await scene.close();
    }
  });

  it('that the environment does not hold are the operator’s mistake, and nothing is sent', async () => {
    delete process.env['STRATA_TEST_KEY'];
    const session = new Session({ topology });
    const asking = session.ask(placesOf(topology)[0]!);
    await expect(asking).rejects.toBeInstanceOf(ConfigError);
    await expect(asking).rejects.toThrow('STRATA_TEST_KEY');
    expect(server.accepted).toBe(0);
    await session.close();
  });

  it('that are missing end the watch of that place alone, and are told once', async () => {
    delete process.env['STRATA_TEST_KEY'];
    const plain = siteOf({ 'app-1': server.address }, {}).targets[0]!.variants[0]!;
    const target = topology.targets[0]!;
    const both = { ...topology, targets: [{ ...target, variants: [...target.variants, { ...plain, id: 'plain' }] }] };
    const scene = await liveOn(both);
    try {
      await until('the other asked twice', () => scene.told.filter((m) => m.type === 'observation').length >= 2);
      expect(scene.errors).toHaveLength(1);
      expect(scene.errors[0]).toBeInstanceOf(ConfigError);
    } finally {
      await scene.close();
    }
  });
});

describe('a watch', () => {
  const openWatch = (calm: number) => {
    const session = new Session({ topology });
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    return { session, errors, watching: watch(session, placesOf(topology), { pace: { calm, close: 0.05 }, onError }) };
  };

  it('asks at once when it is woken, and not when nobody wakes it', async () => {
    const { session, watching } = openWatch(400);
    await until('first', () => server.accepted === 1);
    await until('kept', () => session.observations().size === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.accepted).toBe(1);
    watching.wake();
    await until('again', () => server.accepted === 2, 2);
    await watching.stop();
    await session.close();
  });

  it('that is woken ever again keeps to the budget of the node', async () => {
    const slow = { ...topology, layers: topology.layers.map((l) => ({ ...l, budget: 4 })) };
    const session = new Session({ topology: slow });
    const watching = watch(session, placesOf(slow), { pace: { calm: 400, close: 0.05 } });
    // the first page starts the thread that reads pages
    await until('kept', () => session.observations().size === 1);
    const started = Date.now();
    while (Date.now() - started < 2300) {
      watching.wake();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await watching.stop();
    await session.close();
    expect(server.accepted).toBeGreaterThanOrEqual(8);
    expect(server.accepted).toBeLessThanOrEqual(13);
  });

  it('ends at once, keeps nothing of what it broke off, and says nothing more', async () => {
    const silent = await rawServer(() => undefined);
    const quiet = siteOf({ 'app-1': silent.address });
    const session = new Session({ topology: quiet });
    const errors: unknown[] = [];
    const watching = watch(session, placesOf(quiet), { onError: (error) => errors.push(error) });
    await until('asked', () => silent.heads.length === 1);
    const began = Date.now();
    await watching.stop();
    expect(Date.now() - began).toBeLessThan(2000);
    expect(session.observations().size).toBe(0);
    expect(errors).toEqual([]);
    await silent.drained();
    await session.close();
    await silent.close();
  });
});
