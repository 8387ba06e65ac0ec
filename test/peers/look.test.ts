// Needs varnishd and nginx: does `look` say what real caches did, and do its intervals hold the instants at which they did it?
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LookDocument } from '../../shared/api.ts';
import type { Interval } from '../../shared/model/interval.ts';
import type { Topology } from '../../shared/topology.ts';
import { topologyYaml } from '../../probe/cli/topology-yaml.ts';
import { wallNow } from '../../probe/exchange/clock.ts';
import { startLab, type Lab, type LabOptions } from '../../probe/lab/lab.ts';
import { answerLook, type Wanted } from '../../probe/trace/answers.ts';
import { look, settle } from '../../probe/trace/look.ts';
import { placesOf } from '../../probe/trace/places.ts';
import { Session } from '../../probe/trace/session.ts';
import { strata } from '../probe/cli/strata.ts';
import { ask } from '../probe/lab/talk.ts';
import { needs } from './needs.ts';

type LookNode = LookDocument['nodes'][number];

/** Seconds that an answer may take from the origin to the caches, and documents are cut to milliseconds. */
const WAY_BACK = 0.025;

let lab: Lab;
const withLab = (options: LabOptions) => {
  beforeAll(async () => void (lab = await startLab({ edges: 1, apps: 1, ...options })));
  afterAll(() => lab.stop());
};

let pages = 0;
/** A page of its own, which nobody has asked for; its lifetime in seconds. */
const freshPage = (lifetime: number) => {
  const site = `look-${++pages}`;
  return { site, path: `/site/${site}/life/${lifetime}` };
};

function topologyOf(path: string, headers: Record<string, string> = {}): Topology {
  const target = lab.topology.targets[0]!;
  const variants = [{ id: 'default', headers }];
  return { ...lab.topology, targets: [{ ...target, url: new URL(path, target.url).href, variants, assets: false }] };
}

async function lookAt(path: string, wanted: Wanted = {}, headers: Record<string, string> = {}) {
  const session = new Session({ topology: topologyOf(path, headers) });
  try {
    return (await answerLook(session, wanted)).nodes;
  } finally {
    await session.close();
  }
}
const one = async (path: string, node: string, headers?: Record<string, string>): Promise<LookNode> =>
  (await lookAt(path, { node }, headers))[0]!;

const address = (node: string) => lab.topology.layers.flatMap((l) => l.nodes).find((n) => n.id === node)!.address;

/** Asks like a visitor; between these two instants whatever the caches did for it happened. */
async function visit(node: string, path: string): Promise<Interval> {
  const earliest = wallNow();
  await ask(address(node), path);
  return { earliest, latest: wallNow() };
}

/** The last instant at which an origin answered for this page. */
const madeAt = (path: string): number => lab.origin.requests.findLast((r) => r.path === path)!.at;

const seconds = (text: string | undefined, otherwise: number) =>
  text === undefined ? otherwise : Date.parse(text) / 1000;
function expectToHold(found: LookNode['storedAt'], truth: Interval | number): void {
  const { earliest, latest } = typeof truth === 'number' ? { earliest: truth, latest: truth } : truth;
  expect(found).toBeDefined();
  expect(seconds(found!.earliest, -Infinity)).toBeLessThanOrEqual(latest + WAY_BACK);
  expect(seconds(found!.latest, Infinity)).toBeGreaterThanOrEqual(earliest - WAY_BACK);
}
const widthOf = (found: LookNode['storedAt']) => seconds(found!.latest, Infinity) - seconds(found!.earliest, -Infinity);

describe.runIf(needs('varnishd', 'nginx'))('look at Varnish before nginx', () => {
  withLab({ real: ['varnish', 'nginx'], edges: 2 });

  it('names a miss, and dates both copies by the origin’s own answer', async () => {
    const { path } = freshPage(60);
    const edge = await one(path, 'edge-ams');
    expect(edge).toMatchObject({
      dialect: 'varnish',
      outcome: 'miss',
      status: 200,
      version: 'new',
      marker: '4f2c',
      age: 0,
      lifetime: 60,
      cacheStatus: { fwd: 'miss' },
      problems: [],
    });
    const truth = madeAt(path);
    expectToHold(edge.storedAt, truth);
    expectToHold(edge.generatedAt, truth);
    expectToHold(edge.freshUntil, truth + 60);
    expect(widthOf(edge.storedAt)).toBeLessThan(0.5);
    expect(edge.timings.total).toBeGreaterThan(0);
  });

  it('names a hit with its Age at Varnish, and one without any Age at nginx', async () => {
    const { path } = freshPage(60);
    await visit('edge-ams', path);
    const truth = madeAt(path);
    await sleep(1300);
    const nodes = await lookAt(path);
    const [edge, other, shield, app] = nodes;
    expect(nodes.map((n) => n.node)).toEqual(['edge-ams', 'edge-nyc', 'shield-1', 'app-1']);
    expect(edge).toMatchObject({ outcome: 'hit', age: 1, cacheStatus: { hit: true } });
    expect(other).toMatchObject({ outcome: 'miss', age: 0 });
    expect(shield).toMatchObject({ dialect: 'nginx', outcome: 'hit', cacheStatus: { hit: true } });
    expect(shield).not.toHaveProperty('age');
    expect(shield).not.toHaveProperty('generatedAt');
    expect(app).toMatchObject({ outcome: 'origin', version: 'new' });
    for (const clock of [edge!.storedAt, edge!.generatedAt, shield!.storedAt]) expectToHold(clock, truth);
    expectToHold(shield!.freshUntil, truth + 60.5);
  });

  it.each([0.13, 0.37, 0.61, 0.86])(
    'holds the true instants at phase %f of the second, ever more narrowly',
    async (phase) => {
      const { path } = freshPage(60);
      await sleep(((phase - (wallNow() % 1) + 1) % 1) * 1000);
      await visit('edge-ams', path);
      const truth = madeAt(path);
      await sleep(300 + phase * 1700);
      const taken = await visit('edge-nyc', path);
      const session = new Session({ topology: topologyOf(path) });
      const places = placesOf(session.topology);
      const first = (await answerLook(session, {})).nodes;
      await settle(session, places, 3);
      const last = (await answerLook(session, {})).nodes;
      await session.close();
      for (const [ams, nyc, shield] of [first, last]) {
        expectToHold(ams!.storedAt, truth);
        expectToHold(ams!.generatedAt, truth);
        expectToHold(ams!.freshUntil, truth + 60);
        // nginx drops Age: for the second edge the bytes begin to age when it fetched them
        expectToHold(nyc!.storedAt, taken);
        expectToHold(nyc!.generatedAt, taken);
        expectToHold(shield!.storedAt, truth);
      }
      expect(widthOf(last[0]!.generatedAt)).toBeLessThan(0.3);
      expect(widthOf(first[0]!.generatedAt)).toBeGreaterThan(0.9);
    },
  );

  it('tells the old version from the new one after a deploy, and from what nobody expects', async () => {
    const { path, site } = freshPage(60);
    await visit('edge-ams', path);
    const { build } = await lab.origin.deploy({ site });
    const versions = (nodes: LookNode[]) => nodes.map((n) => [n.node, n.version, n.marker]);
    expect(versions(await lookAt(path))).toEqual([
      ['edge-ams', 'old', '4f2c'],
      ['edge-nyc', 'old', '4f2c'],
      ['shield-1', 'old', '4f2c'],
      ['app-1', 'new', build],
    ]);
    const expecting = await lookAt(path, { expect: '4f2c', layer: 'edge' });
    expect(expecting.map((n) => n.version)).toEqual(['new', 'new']);
  });

  it('names a stale answer in Varnish’s grace, and the fresh copy that follows it', async () => {
    const { path } = freshPage(1);
    await visit('edge-ams', path);
    const before = madeAt(path);
    await sleep(1500);
    const stale = await one(path, 'edge-ams');
    expect(stale).toMatchObject({ outcome: 'stale', age: 1, cacheStatus: { hit: true } });
    expectToHold(stale.storedAt, before);
    expectToHold(stale.freshUntil, before + 1);
    expectToHold(stale.mayServeUntil, before + 11);
    await sleep(300);
    const next = await one(path, 'edge-ams');
    expect(next).toMatchObject({ outcome: 'hit', age: 0 });
    expect(seconds(next.generatedAt!.latest, 0)).toBeGreaterThan(before + 1);
  });

  it('names what nginx revalidated: the same bytes, stored anew', async () => {
    const { path } = freshPage(1);
    await visit('shield-1', path);
    const first = madeAt(path);
    await sleep(2300);
    const shield = await one(path, 'shield-1');
    const again = lab.origin.requests.findLast((r) => r.path === path && r.conditional)!;
    expect(again.status).toBe(304);
    expect(shield).toMatchObject({
      outcome: 'revalidated',
      status: 200,
      cacheStatus: { fwd: 'stale', fwdStatus: 304 },
    });
    expectToHold(shield.storedAt, again.at);
    expect(seconds(shield.storedAt!.earliest, 0)).toBeGreaterThan(first + 1);
  });

  it('names a request with a Cookie a pass: Varnish stores nothing of it', async () => {
    const { path } = freshPage(60);
    const member = { cookie: 'session=1' };
    expect(await one(path, 'edge-ams', member)).toMatchObject({ outcome: 'pass', cacheStatus: { fwd: 'miss' } });
    const again = await one(path, 'edge-ams', member);
    expect(again).toMatchObject({ outcome: 'pass', version: 'new' });
    for (const clock of ['storedAt', 'freshUntil', 'mayServeUntil']) expect(again).not.toHaveProperty(clock);
  });

  it('says of a node that cannot be reached that it failed, and why, beside the others', async () => {
    const { path } = freshPage(60);
    const topology = topologyOf(path);
    const [edge, ...inner] = topology.layers;
    const dead = { id: 'edge-dead', address: 'http://127.0.0.1:1' };
    const session = new Session({
      topology: { ...topology, layers: [{ ...edge!, nodes: [...edge!.nodes, dead] }, ...inner] },
    });
    const { nodes } = await answerLook(session, { layer: 'edge' });
    await session.close();
    expect(nodes.map((n) => n.outcome === 'failed')).toEqual([false, false, true]);
    expect(nodes[2]!.problems).toEqual([expect.stringMatching(/127\.0\.0\.1.*\w/)]);
    expect(nodes[2]).not.toHaveProperty('status');
    expect(nodes[2]).not.toHaveProperty('version');
  });

  it('prints the same document from the command line and a topology file', async () => {
    const { path } = freshPage(60);
    await visit('edge-ams', path);
    const truth = madeAt(path);
    const folder = await mkdtemp(join(tmpdir(), 'strata-look-'));
    await writeFile(join(folder, 'strata.yaml'), topologyYaml(topologyOf(path)));
    const { code, stdout, stderr } = await strata(['look', '--json', '--node', 'edge-ams'], { cwd: folder });
    await rm(folder, { recursive: true });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { nodes } = JSON.parse(stdout) as LookDocument;
    expect(nodes).toHaveLength(1);
    expect(nodes[0]).toMatchObject({ layer: 'edge', outcome: 'hit', dialect: 'varnish', version: 'new', lifetime: 60 });
    expectToHold(nodes[0]!.storedAt, truth);
    expectToHold(nodes[0]!.generatedAt, truth);
  });
});

describe.runIf(needs('varnishd'))('look at Varnish before Varnish', () => {
  withLab({ real: ['varnish', 'varnish'] });

  it.each([0.3, 0.75, 1.4])('keeps the two clocks apart: taken from the shield at age %f s', async (age) => {
    const { path } = freshPage(60);
    await visit('shield-1', path);
    const made = madeAt(path);
    await sleep((made + age - wallNow()) * 1000);
    const taken = await visit('edge-ams', path);
    await sleep(200);
    const session = new Session({ topology: topologyOf(path) });
    const first = (await answerLook(session, {})).nodes;
    await look(session, placesOf(session.topology));
    await settle(session, placesOf(session.topology), 3);
    const last = (await answerLook(session, {})).nodes;
    await session.close();
    for (const [edge, shield] of [first, last]) {
      expect(edge!.outcome).toBe('hit');
      expectToHold(edge!.generatedAt, made);
      expectToHold(edge!.storedAt, taken);
      expectToHold(shield!.generatedAt, made);
      expectToHold(shield!.storedAt, made);
      // Age was cut to whole seconds on its way out: the edge counts from up to a second later than the truth
      expectToHold(edge!.freshUntil, taken.earliest - Math.floor(taken.earliest - made) + 60);
    }
  });

  it('knows a copy that it saw taken: stored now, made when the shield’s was', async () => {
    const { path } = freshPage(60);
    await visit('shield-1', path);
    const made = madeAt(path);
    await sleep((made + 2.6 - wallNow()) * 1000);
    const edge = await one(path, 'edge-ams');
    expect(edge).toMatchObject({ outcome: 'miss', age: 2 });
    expectToHold(edge.generatedAt, made);
    expect(seconds(edge.storedAt!.earliest, 0)).toBeGreaterThan(made + 2.5);
  });
});

describe.runIf(needs('nginx'))('look at nginx with grace', () => {
  withLab({ real: ['nginx'], grace: 30 });

  it('names the stale answer that a background update follows', async () => {
    const { path, site } = freshPage(1);
    await visit('edge-ams', path);
    const first = madeAt(path);
    const { build } = await lab.origin.deploy({ site });
    await sleep(2300);
    const stale = await one(path, 'edge-ams');
    expect(stale).toMatchObject({ outcome: 'stale', version: 'old', marker: '4f2c', cacheStatus: { hit: true } });
    expectToHold(stale.storedAt, first);
    await sleep(200);
    const next = await one(path, 'edge-ams');
    expect(next).toMatchObject({ outcome: 'hit', version: 'new', marker: build });
    expectToHold(next.storedAt, madeAt(path));
  });
});

describe.runIf(needs('varnishd'))('look at Varnish alone', () => {
  withLab({ real: ['varnish'], edges: 3, grace: 0 });

  it('names a miss again when the lifetime is over and no grace is given', async () => {
    const { path } = freshPage(1);
    expect(await one(path, 'edge-gru')).toMatchObject({ outcome: 'miss' });
    expect(await one(path, 'edge-gru')).toMatchObject({ outcome: 'hit' });
    await sleep(1300);
    const again = await one(path, 'edge-gru');
    expect(again).toMatchObject({ outcome: 'miss' });
    expectToHold(again.storedAt, madeAt(path));
    expect(seconds(again.mayServeUntil!.latest, 0)).toBe(seconds(again.freshUntil!.latest, 1));
  });
});
