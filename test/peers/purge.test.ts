// Needs varnishd and nginx with its purge module: what purges do to real caches, in which order, and how that is told.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TraceDocument } from '../../shared/api.ts';
import type { LiveMessage } from '../../shared/trace.ts';
import { startLab, type Lab } from '../../probe/lab/lab.ts';
import { nginx } from '../../probe/lab/real/nginx.ts';
import { answerLook } from '../../probe/trace/answers.ts';
import { placesOf } from '../../probe/trace/places.ts';
import { answerTrace } from '../../probe/trace/propagation.ts';
import { answerPurge } from '../../probe/trace/purge.ts';
import { Session } from '../../probe/trace/session.ts';
import { watch } from '../../probe/trace/watch.ts';
import { ask } from '../probe/lab/talk.ts';
import { pollForFlip } from '../truth/flip-poller.ts';
import { needs } from './needs.ts';

/** nginx can be there without the module that lets it forget. */
function needsPurgeModule(): boolean {
  if (nginx.purge() !== undefined) return true;
  const sentence = 'not installed: the purge module of nginx (apt-get install libnginx-mod-http-cache-purge)';
  if (process.env['STRATA_REQUIRE_PEERS'] === '1') throw new Error(sentence);
  process.stderr.write(`skipped, ${sentence}\n`);
  return false;
}
const canPurge = needs('varnishd', 'nginx') && needsPurgeModule();

const HOST = 'shop.lab.test';
const never = new AbortController().signal;
const seconds = (text: string | undefined, otherwise: number) =>
  text === undefined ? otherwise : Date.parse(text) / 1000;

let lab: Lab;
let session: Session;
afterEach(async () => {
  await session.close();
  await lab.stop();
});

async function open(options: Parameters<typeof startLab>[0]): Promise<void> {
  lab = await startLab(options);
  const [target] = lab.topology.targets;
  session = new Session({ topology: { ...lab.topology, targets: [{ ...target!, assets: false }] } });
}
const nodesOf = (layer: string) => lab.topology.layers.find((l) => l.id === layer)!.nodes;
const pollAll = (build: string) =>
  new Map(
    ['edge', 'shield'].flatMap(nodesOf).map((n) => [n.id, pollForFlip(n.address, HOST, '/', build, 0.02).flipped]),
  );

/** Every flip that was traced lies around the one that somebody else saw. */
async function expectTrue(document: TraceDocument, truth: ReturnType<typeof pollAll>): Promise<void> {
  for (const [node, flipped] of truth) {
    const { earliest, latest } = await flipped;
    const traced = document.flips.filter((f) => f.node === node && !f.back);
    expect(traced.map((f) => f.node)).toEqual([node]);
    const { flippedAt } = traced[0]!;
    // both are brackets around one instant; documents are cut to milliseconds
    expect(seconds(flippedAt.earliest, -Infinity)).toBeLessThanOrEqual(latest + 0.001);
    expect(seconds(flippedAt.latest, Infinity)).toBeGreaterThanOrEqual(earliest - 0.001);
  }
}

describe.runIf(canPurge)('a purge of the edges while the shield holds the old page', () => {
  beforeEach(() => open({ real: ['varnish', 'nginx'], edges: 2, maxAge: 300 }));

  it('brings the old page back: look says so at every edge, and goes on saying so', async () => {
    await answerLook(session, {});
    const { build } = await lab.origin.deploy();
    const done = await answerPurge(session, { layer: 'edge' });
    expect(done.receipts.map((r) => [r.node, r.outcome])).toEqual([
      ['edge-ams', 'accepted'],
      ['edge-nyc', 'accepted'],
    ]);
    for (let i = 0; i < 2; i++) {
      const { nodes } = await answerLook(session, {});
      const at = (id: string) => nodes.find((n) => n.node === id)!;
      for (const edge of ['edge-ams', 'edge-nyc']) {
        expect(at(edge)).toMatchObject({ version: 'old', marker: '4f2c' });
        expect(at(edge).problems).toEqual([expect.stringMatching(/came back.*parent.*old/)]);
      }
      expect(at('shield-1')).toMatchObject({ version: 'old', problems: [] });
      expect(at('app-1')).toMatchObject({ version: 'new', marker: build });
    }
  });

  it('is named as the cause by a trace: purge-race, at the edges only, and nothing flips', async () => {
    await answerLook(session, {});
    const { build } = await lab.origin.deploy();
    const tracing = answerTrace(session, { expect: build, budget: 4 }, {}, never);
    await sleep(1500);
    await answerPurge(session, { layer: 'edge' });
    const document = await tracing;
    expect(document.causes.map((c) => [c.id, c.layer, c.node])).toEqual([
      ['purge-race', 'edge', 'edge-ams'],
      ['purge-race', 'edge', 'edge-nyc'],
    ]);
    expect(document.flips.filter((f) => f.layer === 'edge')).toEqual([]);
    expect(document.notSeen.map((n) => n.node).toSorted()).toEqual(['edge-ams', 'edge-nyc', 'shield-1']);
    expect(document.events.map((e) => e.type)).toEqual([
      'origin-ready',
      'purge-sent',
      'purge-sent',
      'purge-accepted',
      'purge-accepted',
    ]);
  });

  it('is not accused of anything where the shield had been purged before', async () => {
    await answerLook(session, {});
    const { build } = await lab.origin.deploy();
    await answerPurge(session, { layer: 'shield' });
    await answerPurge(session, { layer: 'edge' });
    const { nodes } = await answerLook(session, {});
    for (const node of nodes) expect(node).toMatchObject({ version: 'new', marker: build, problems: [] });
  });
});

describe.runIf(canPurge)('a purge inside out', () => {
  beforeEach(() => open({ real: ['varnish', 'nginx'], edges: 3, maxAge: 300 }));

  it('makes the change visible everywhere, and flips lie around what an independent poller saw', async () => {
    await answerLook(session, {});
    const told: LiveMessage[] = [];
    session.subscribe((_, message) => told.push(message));
    const { build } = await lab.origin.deploy();
    const truth = pollAll(build);
    const document = await answerTrace(session, { expect: build, purge: true, budget: 20 }, {}, never);
    expect(document).toMatchObject({ expect: build, notSeen: [], causes: [] });
    await expectTrue(document, truth);
    const sent = document.events.filter((e) => e.type === 'purge-sent').map((e) => e.layer);
    expect(sent).toEqual(['shield', 'edge', 'edge', 'edge']);
    const { p50, p99 } = document.percentiles;
    expect(p50!.latest).toBeLessThanOrEqual(p99!.latest);
    const requests = told.filter((m) => m.type === 'observation').length;
    expect(document.requests).toBe(requests);
    expect((await answerLook(session, {})).nodes.map((n) => n.version)).toEqual(Array(6).fill('new'));
  });

  it('of one edge alone brings the change there once the inner layer serves it', async () => {
    await answerLook(session, {});
    const { build } = await lab.origin.deploy();
    await answerPurge(session, { layer: 'shield' });
    await ask(nodesOf('shield')[0]!.address);
    await answerPurge(session, { node: 'edge-nyc' });
    const { nodes } = await answerLook(session, { layer: 'edge' });
    expect(nodes.map((n) => [n.node, n.version, n.marker])).toEqual([
      ['edge-ams', 'old', '4f2c'],
      ['edge-nyc', 'new', build],
      ['edge-gru', 'old', '4f2c'],
    ]);
  });
});

describe.runIf(needs('varnishd', 'nginx'))('a trace without a purge', () => {
  beforeEach(() => open({ real: ['varnish', 'nginx'], edges: 2, maxAge: 3, grace: 0 }));

  it('sees every flip where an independent poller saw it, and none back', async () => {
    const watching = watch(session, placesOf(session.topology));
    await sleep(3500);
    await watching.stop();
    const { build } = await lab.origin.deploy();
    const truth = pollAll(build);
    const document = await answerTrace(session, { expect: build, budget: 20 }, {}, never);
    await expectTrue(document, truth);
    expect(document.flips.filter((f) => f.back)).toEqual([]);
    expect(document.notSeen).toEqual([]);
  });
});
