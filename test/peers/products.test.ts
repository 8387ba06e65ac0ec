// Needs squid, traffic_server, apache2 and haproxy, each its own tests: the product as the one cache before the lab's origin, seen by look.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LookDocument } from '../../shared/api.ts';
import type { Interval } from '../../shared/model/interval.ts';
import type { Topology } from '../../shared/topology.ts';
import { wallNow } from '../../probe/exchange/clock.ts';
import { startLab, type Lab } from '../../probe/lab/lab.ts';
import { answerLook } from '../../probe/trace/answers.ts';
import { answerPurge } from '../../probe/trace/purge.ts';
import { Session } from '../../probe/trace/session.ts';
import { ask } from '../probe/lab/talk.ts';
import { pollForFlip } from '../truth/flip-poller.ts';
import { needs } from './needs.ts';

type LookNode = LookDocument['nodes'][number];

interface Product {
  readonly id: string;
  readonly program: string;
  /** Seconds from the whole second in which the origin answered to the first new answer, beyond the lifetime. */
  readonly late: 0 | 1;
  readonly ageOnMiss: boolean;
  /** How look names the first answer after expiry where nothing has changed. */
  readonly onceExpired: LookNode['outcome'];
  readonly purges: boolean;
  /** What it sends where it held an expired copy and nobody listens at its parent's address any more. */
  readonly whenAlone: 'stale' | 503;
}

const squid: Product = {
  id: 'squid',
  program: 'squid',
  late: 0,
  ageOnMiss: false,
  // a 304 looks like a hit of Age 0
  onceExpired: 'unknown',
  purges: true,
  whenAlone: 'stale',
};
const trafficserver: Product = {
  id: 'trafficserver',
  program: 'traffic_server',
  late: 1,
  ageOnMiss: true,
  onceExpired: 'revalidated',
  purges: true,
  whenAlone: 'stale',
};
const httpd: Product = {
  id: 'httpd',
  program: 'apache2',
  late: 0,
  ageOnMiss: false,
  onceExpired: 'revalidated',
  purges: false,
  whenAlone: 'stale',
};
const haproxy: Product = {
  id: 'haproxy',
  program: 'haproxy',
  late: 0,
  ageOnMiss: false,
  onceExpired: 'miss',
  purges: false,
  whenAlone: 503,
};

/** Seconds that an answer may take from the origin to the cache, and documents are cut to milliseconds. */
const WAY_BACK = 0.025;
const HOST = 'shop.lab.test';

let lab: Lab;
let pages = 0;
/** A page of its own, which nobody has asked for; its lifetime in seconds. */
const freshPage = (lifetime: number) => {
  const site = `product-${++pages}`;
  return { site, path: `/site/${site}/life/${lifetime}` };
};

async function inSession<T>(path: string, use: (session: Session) => Promise<T>): Promise<T> {
  const target = lab.topology.targets[0]!;
  const topology: Topology = {
    ...lab.topology,
    targets: [{ ...target, url: new URL(path, target.url).href, assets: false }],
  };
  const session = new Session({ topology });
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}
const lookAt = (path: string): Promise<LookNode> =>
  inSession(path, async (session) => (await answerLook(session, { node: 'edge-ams' })).nodes[0]!);

const edge = () => lab.topology.layers[0]!.nodes[0]!.address;
/** The last instant at which the origin answered for this page; look asks it too. */
const madeAt = (path: string): number => lab.origin.requests.findLast((r) => r.path === path)!.at;

const seconds = (text: string | undefined, otherwise: number) =>
  text === undefined ? otherwise : Date.parse(text) / 1000;
function expectToHold(found: LookNode['storedAt'], truth: Interval | number): void {
  const { earliest, latest } = typeof truth === 'number' ? { earliest: truth, latest: truth } : truth;
  expect(found).toBeDefined();
  expect(seconds(found!.earliest, -Infinity)).toBeLessThanOrEqual(latest + WAY_BACK);
  expect(seconds(found!.latest, Infinity)).toBeGreaterThanOrEqual(earliest - WAY_BACK);
}

/** Waits until the clock stands at this part of a second, so that no second ends between the origin and the cache. */
const phase = (part: number) => sleep(((part - (wallNow() % 1) + 1) % 1) * 1000);

for (const product of [squid, trafficserver, httpd, haproxy]) {
  const { id, program } = product;
  const isThere = needs(program);

  describe.runIf(isThere)(`look at ${id} alone`, () => {
    beforeAll(async () => void (lab = await startLab({ real: [id], edges: 1, apps: 1 })));
    afterAll(() => lab.stop());

    it('names a miss, and dates the copy by the origin’s own answer', async () => {
      const { path } = freshPage(60);
      const node = await lookAt(path);
      expect(node).toMatchObject({ dialect: id, outcome: 'miss', status: 200, version: 'new', lifetime: 60 });
      expect(node).toMatchObject({ problems: [] });
      expect(node.age).toBe(product.ageOnMiss ? 0 : undefined);
      expectToHold(node.storedAt, madeAt(path));
      expectToHold(node.freshUntil, Math.floor(madeAt(path)) + 60 + product.late);
    });

    it('names a hit with the Age that it worked out, and dates it by its whole seconds', async () => {
      const { path } = freshPage(60);
      await phase(0.4);
      await ask(edge(), path);
      const made = madeAt(path);
      await sleep(1300);
      const node = await lookAt(path);
      expect(node).toMatchObject({ outcome: 'hit', cacheStatus: { hit: true }, lifetime: 60 });
      expect(node.age).toBeGreaterThanOrEqual(1);
      for (const clock of [node.storedAt, node.generatedAt]) expectToHold(clock, made);
      expectToHold(node.freshUntil, Math.floor(made) + 60 + product.late);
    });

    it.each([0.3, 0.6])(
      'lets go at a whole second of its clock, wherever in one the copy was made: at %f',
      async (part) => {
        const { path, site } = freshPage(2);
        await phase(part);
        await ask(edge(), path);
        const made = madeAt(path);
        const node = await lookAt(path);
        const { build } = await lab.origin.deploy({ site });
        const { earliest, latest } = await pollForFlip(edge(), HOST, path, build, 0.02).flipped;
        const truth = Math.floor(made) + 2 + product.late;
        expect(earliest).toBeLessThanOrEqual(truth + WAY_BACK);
        expect(latest).toBeGreaterThanOrEqual(truth);
        expectToHold(node.freshUntil, { earliest, latest });
      },
    );

    it('names what it did once the copy had expired and nothing had changed', async () => {
      const { path } = freshPage(1);
      await ask(edge(), path);
      await sleep(2300);
      const node = await lookAt(path);
      expect(node).toMatchObject({ outcome: product.onceExpired, version: 'new', status: 200 });
      expectToHold(node.storedAt, madeAt(path));
    });

    it(product.purges ? 'forgets when it is purged' : 'has no purge that the lab could name', async () => {
      const { path, site } = freshPage(60);
      await ask(edge(), path);
      const { build } = await lab.origin.deploy({ site });
      expect(lab.topology.layers[0]!.purge === undefined).toBe(!product.purges);
      if (!product.purges) return;
      const { receipts } = await inSession(path, (session) => answerPurge(session, { layer: 'edge' }));
      expect(receipts.map((r) => r.outcome)).toEqual(['accepted']);
      expect(await lookAt(path)).toMatchObject({ outcome: 'miss', version: 'new', marker: build });
      const again = await ask(edge(), '/site/nobody-asked/life/60', { method: 'PURGE' });
      expect(again.status).toBe(404);
    });
  });

  describe.runIf(isThere)(`${id} whose origin is gone`, () => {
    beforeAll(async () => void (lab = await startLab({ real: [id], edges: 1, apps: 1 })));
    afterAll(() => lab.stop());

    it(product.whenAlone === 'stale' ? 'serves the old copy, and look says so' : 'serves no old copy', async () => {
      const { path } = freshPage(1);
      await ask(edge(), path);
      await lab.origin.stop();
      await sleep(2300);
      const node = await lookAt(path);
      if (product.whenAlone === 'stale') expect(node).toMatchObject({ outcome: 'stale', status: 200, marker: '4f2c' });
      else expect([node.status, node.marker]).toEqual([product.whenAlone, undefined]);
    });
  });
}

for (const { id, program } of [squid, trafficserver, httpd, haproxy]) {
  describe.runIf(needs(program, 'varnishd'))(`look at ${id} before Varnish`, () => {
    beforeAll(async () => void (lab = await startLab({ real: [id, 'varnish'], edges: 1, apps: 1, grace: 0 })));
    afterAll(() => lab.stop());

    it('keeps the two clocks apart: made when the shield took it, stored a second and more later', async () => {
      const { path } = freshPage(60);
      await ask(lab.topology.layers[1]!.nodes[0]!.address, path);
      const made = madeAt(path);
      await sleep((made + 1.4 - wallNow()) * 1000);
      const earliest = wallNow();
      await ask(edge(), path);
      const taken = { earliest, latest: wallNow() };
      const node = await lookAt(path);
      expect(node).toMatchObject({ outcome: 'hit', lifetime: 60 });
      expectToHold(node.generatedAt, made);
      expectToHold(node.storedAt, taken);
    });

    if (id !== 'haproxy') return;
    it('knows that HAProxy keeps nothing that comes with an Age of 0, and keeps it once Age is 1', async () => {
      const { path } = freshPage(60);
      await phase(0.1);
      expect(await lookAt(path)).toMatchObject({ outcome: 'pass', age: 0, cacheStatus: { stored: false } });
      await sleep(1200);
      expect(await lookAt(path)).toMatchObject({ outcome: 'miss' });
      expect(await lookAt(path)).toMatchObject({ outcome: 'hit' });
    });
  });
}
