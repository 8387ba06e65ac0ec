import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { RequestProblem } from '../../../probe/server/engine.ts';
import { outermost, type Topology } from '../../../shared/topology.ts';
import type { LiveMessage } from '../../../shared/trace.ts';
import { pollForFlip } from '../../truth/flip-poller.ts';
import { liveLab, until, type Scene } from './scene.ts';

let scene: Scene | undefined;
afterEach(async () => {
  await scene?.close();
  expect(scene?.errors).toEqual([]);
  scene = undefined;
});
async function open(options: Parameters<typeof liveLab>[0]) {
  const opened = await liveLab(options);
  scene = opened;
  return opened;
}

type Of<T extends LiveMessage['type']> = Extract<LiveMessage, { type: T }>['data'];
const all = <T extends LiveMessage['type']>(told: readonly LiveMessage[], type: T): Of<T>[] =>
  told.flatMap((m) => (m.type === type ? [m.data as Of<T>] : []));
const nodesIn = (topology: Topology) => topology.layers.flatMap((l) => l.nodes.map((n) => n.id)).toSorted();
const signal = new AbortController().signal;

describe('the live engine', () => {
  it('keeps every node in sight, records what it tells and tells what it records', async () => {
    const { live, store, told, stop, lab } = await open({ edges: 2 });
    const seen = () => new Set(all(told, 'observation').map((o) => o.node));
    await until('every node seen', () => seen().size === nodesIn(lab.topology).length);
    await until('seen again', () => all(told, 'observation').length >= 2 * seen().size);
    await stop();
    const kept = (await store.readTrace(live.traceId))!;
    expect(kept.observations).toEqual(all(told, 'observation'));
    expect(kept.endedAt).toBeDefined();
    expect(live.snapshot().observations).toEqual(kept.observations);
    const ids = kept.observations.map((o) => o.id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  it('announces that the origins are ready once for each change, when all of them are', async () => {
    const { live, told } = await open({ edges: 1, apps: 2 });
    await until('first answers', () => new Set(all(told, 'observation').map((o) => o.node)).size === 4);
    const builds = [];
    for (let i = 0; i < 2; i++) {
      const { build } = await live.labDeploy!({ rollSeconds: 0.6 });
      builds.push(build);
      const ready = () => all(told, 'event').filter((e) => e.type === 'origin-ready' && e.marker === build);
      await until(`${build} announced`, () => ready().length > 0);
      await sleep(600);
      expect(ready()).toHaveLength(1);
    }
    const events = all(told, 'event');
    expect(events.map((e) => [e.type, 'marker' in e && e.marker])).toEqual(
      builds.flatMap((b) => [
        ['deploy', b],
        ['origin-ready', b],
      ]),
    );
  });

  it('dates the readiness around the instant at which the last origin truly switched', async () => {
    const { told, lab } = await open({ edges: 1, apps: 3 });
    await until('first answers', () => new Set(all(told, 'observation').map((o) => o.node)).size === 5);
    const { readyAt } = await lab.origin.deploy({ rollSeconds: 1 });
    const truth = Math.max(...readyAt.map((r) => r.at));
    await until('announced', () => all(told, 'event').some((e) => e.type === 'origin-ready'));
    const { at } = all(told, 'event').find((e) => e.type === 'origin-ready')!;
    expect(at.earliest).toBeLessThanOrEqual(truth);
    expect(at.latest).toBeGreaterThanOrEqual(truth);
  });

  it('forecasts every flip before it happens, and grades the forecasts: the bounds held', async () => {
    const { live, told, lab } = await open({ edges: 2, maxAge: 3, grace: 0 });
    await sleep(3500);
    const { build } = await live.labDeploy!({});
    const edges = outermost(lab.topology).flatMap((l) => l.nodes);
    const pollers = edges.map((n) => pollForFlip(n.address, 'shop.lab.test', '/', build, 0.02));
    const flips = await Promise.all(pollers.map((p) => p.flipped));
    const scored = () =>
      all(told, 'forecast').flatMap((f) => (f.score === undefined ? [] : [{ ...f, score: f.score }]));
    await until('graded', () => edges.every((e) => scored().some((f) => f.forecast.node === e.id)));
    for (const [i, edge] of edges.entries()) {
      const own = scored().filter((f) => f.forecast.node === edge.id);
      const truth = flips[i]!;
      for (const { forecast, score } of own) {
        expect(score.boundsHeld).toBe(true);
        expect(forecast.earliest).toBeLessThanOrEqual(truth.latest);
        expect(forecast.latest ?? Infinity).toBeGreaterThanOrEqual(truth.earliest);
        expect(score.flippedAt.latest).toBeGreaterThanOrEqual(truth.earliest);
        expect(score.flippedAt.earliest).toBeLessThanOrEqual(truth.latest);
      }
    }
    const kept = live.snapshot().forecasts.map((f) => f.id);
    expect(new Set(kept).size).toBe(kept.length);
  });

  it('takes a deploy that somebody tells, and looks at once', async () => {
    const { live, told } = await open({ edges: 1 });
    await until('first answers', () => new Set(all(told, 'observation').map((o) => o.node)).size === 4);
    const at = new Date(Date.now() - 3_600_000).toISOString();
    const document = await live.deploy({ marker: '9a01', at });
    expect(document).toEqual({
      strata: 1,
      verb: 'deploy',
      // a trace of its own, beside what is watched all the time
      trace: expect.not.stringMatching(live.traceId),
      marker: '9a01',
      at: { earliest: at, latest: at },
    });
    expect(all(told, 'event')).toMatchObject([{ type: 'deploy', marker: '9a01' }]);
    const before = all(told, 'observation').length;
    await until('looked', () => all(told, 'observation').length >= before + 3, 0.5);
  });

  it('purges inside out: every node shows the change, and no node is accused of a race', async () => {
    const { live, told, lab } = await open({ edges: 2, maxAge: 300 });
    const caches = lab.topology.layers.filter((l) => l.role === 'cache').flatMap((l) => l.nodes.map((n) => n.id));
    await until('first answers', () => new Set(all(told, 'observation').map((o) => o.node)).size === 5);
    const { build } = await live.labDeploy!({});
    await until('origins seen', () => all(told, 'event').some((e) => e.type === 'origin-ready'));
    const done = await live.purge({});
    expect(done.receipts.map((r) => [r.node, r.outcome])).toEqual(
      expect.arrayContaining(caches.map((node) => [node, 'accepted'])),
    );
    const { nodes } = await live.look({}, signal);
    for (const node of nodes) expect(node).toMatchObject({ marker: build, version: 'new', problems: [] });
    expect(live.snapshot().receipts.map((r) => r.outcome)).toEqual(caches.map(() => 'accepted'));
    const sent = all(told, 'event').filter((e) => e.type === 'purge-sent');
    expect(sent[0]).toMatchObject({ layer: 'shield' });
    expect(all(told, 'event').filter((e) => e.type === 'purge-accepted')).toHaveLength(caches.length);
  });

  it('accuses nobody where the page had not changed when it was purged', async () => {
    const { live, told } = await open({ edges: 2, maxAge: 300 });
    await until('first answers', () => new Set(all(told, 'observation').map((o) => o.node)).size === 5);
    await live.purge({});
    const { nodes } = await live.look({}, signal);
    for (const node of nodes) expect(node).toMatchObject({ marker: '4f2c', version: 'new', problems: [] });
    expect(nodes.flatMap((n) => n.because).filter((b) => b.includes('came back'))).toEqual([]);
    expect((await live.trace({ expect: '4f2c', budget: 5 }, signal)).causes).toEqual([]);
  });

  it('does not purge before every origin serves what is expected', async () => {
    const { live, told } = await open({ edges: 1 });
    await until('first answers', () => new Set(all(told, 'observation').map((o) => o.node)).size === 4);
    await expect(live.purge({ expect: 'beef' })).rejects.toBeInstanceOf(RequestProblem);
    expect(all(told, 'receipt')).toEqual([]);
  });

  it('plans a purge without sending anything', async () => {
    const { live, told } = await open({ edges: 2 });
    const plan = await live.purge({ dryRun: true });
    expect(plan).toMatchObject({ dryRun: true, receipts: [] });
    expect(plan.steps.map((s) => [s.layer, s.wave])).toEqual([
      ['shield', 0],
      ['edge', 1],
      ['edge', 1],
    ]);
    expect(all(told, 'receipt')).toEqual([]);
  });

  it('answers look, when, trace and explain of the page it watches', async () => {
    const { live, lab } = await open({ edges: 1, maxAge: 3, grace: 0 });
    await live.look({}, signal);
    const { build } = await live.labDeploy!({});
    const looked = await live.look({ layer: 'edge' }, signal);
    expect(looked.nodes).toMatchObject([{ layer: 'edge', node: 'edge-ams', version: 'old', dialect: 'varnish' }]);
    const when = await live.when({}, signal);
    expect(when.changes).toEqual([{ target: 'home', variant: 'default', expect: build, originReady: true }]);
    expect(when.everywhere).toMatchObject({ visible: false });
    const explained = await live.explain({ url: lab.topology.targets[0]!.url }, signal);
    expect(explained.responses[0]!.caches.map((c) => c.dialect)).toContain('varnish');
    const traced = await live.trace({ expect: build, budget: 20 }, signal);
    expect(traced.notSeen).toEqual([]);
    expect(traced.flips.filter((f) => f.layer === 'edge')).toHaveLength(1);
    expect(traced.events.filter((e) => e.type === 'origin-ready' && e.marker === build)).toHaveLength(1);
  });

  it('traces only what was asked for, and knows of the origins all the same', async () => {
    const { live, told } = await open({ edges: 2, maxAge: 2, grace: 0 });
    await until('first answers', () => new Set(all(told, 'observation').map((o) => o.node)).size === 5);
    const { build } = await live.labDeploy!({});
    const traced = await live.trace({ node: 'edge-ams', expect: build, budget: 20 }, signal);
    expect(traced.flips.map((f) => f.node)).toEqual(['edge-ams']);
    expect(traced.notSeen).toEqual([]);
  });

  it.each([
    [{ target: 'hoem' }, 'There is no target "hoem"; there is: home.'],
    [{ layer: 'edg' }, 'There is no layer "edg"; there is: edge, shield, origin.'],
    [{ node: 'edge-xxx' }, 'There is no node "edge-xxx"; there is: edge-ams, shield-1, app-1, app-2.'],
    [{ variant: 'mobile' }, 'There is no variant "mobile"; there is: default.'],
  ])('refuses %o by name', async (request, sentence) => {
    const { live } = await open({ edges: 1 });
    const verbs = [
      () => live.look(request, signal),
      () => live.when(request, signal),
      () => live.trace(request, signal),
      () => live.purge(request),
    ];
    for (const verb of verbs) {
      const refusal: unknown = await verb().catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(RequestProblem);
      expect(refusal).toMatchObject({ place: Object.keys(request)[0], message: sentence });
    }
  });

  it('explains only what its topology names', async () => {
    const { live } = await open({ edges: 1 });
    await expect(live.explain({ url: 'http://127.0.0.1:1/' }, signal)).rejects.toBeInstanceOf(RequestProblem);
    await expect(live.explain({ url: 'http://elsewhere.test/' }, signal)).rejects.toBeInstanceOf(RequestProblem);
  });
});
