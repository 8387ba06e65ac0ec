// What does it cost to watch a thousand nodes, and how narrowly is each flip seen when all are purged at once?
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { flipsIn } from '../../shared/model/flips.ts';
import { width } from '../../shared/model/interval.ts';
import { quantiles } from '../../shared/model/sampling.ts';
import type { Topology } from '../../shared/topology.ts';
import { openStore } from '../../probe/store/store.ts';
import { placesOf } from '../../probe/trace/places.ts';
import { answerTrace } from '../../probe/trace/propagation.ts';
import { Session } from '../../probe/trace/session.ts';
import { watch } from '../../probe/trace/watch.ts';
import { inChild } from './child.ts';

export interface Traced {
  readonly nodes: number;
  readonly flips: number;
  /** Of the reported intervals, in seconds. */
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  readonly seconds: number;
  readonly requests: number;
  /** Requests a second. */
  readonly rate: number;
  /** Microseconds of CPU for each, over all threads of this process; and what share of one core that was. */
  readonly cpu: number;
  readonly share: number;
  /** Bytes resident at the end, and how many more than before. */
  readonly resident: number;
  readonly grown: number;
}

export interface WatchCost {
  readonly nodes: number;
  readonly rate: number;
  /** Microseconds of CPU for each watched node and second. */
  readonly cost: number;
  /** Microseconds of CPU for each exchange: watched (recorded, folded), and in a loop that throws answers away. */
  readonly cpu: number;
  readonly plain: number;
}

/** A purge traced over `nodes` embedded nodes, and the cost of a calm watch over each of `counts`. */
export async function traceCosts(
  nodes: number,
  counts: readonly number[],
): Promise<{ traced: Traced; curve: readonly WatchCost[] }> {
  const curve: WatchCost[] = [];
  for (const count of counts) curve.push(await onNodes(count, watchCost));
  return { traced: await onNodes(nodes, tracePurge), curve };
}

interface Bench {
  readonly topology: Topology;
  readonly session: Session;
  readonly deploy: () => Promise<string>;
}

/** Records as the product does, on disk. */
async function onNodes<T>(count: number, measure: (bench: Bench) => Promise<T>): Promise<T> {
  const child = await inChild('nodes', [String(count)]);
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  const store = await openStore(folder);
  const topology = JSON.parse(child.said) as Topology;
  const trace = await store.beginTrace(topology, Date.now() / 1000);
  const session = new Session({ topology, record: (message) => store.append(trace, message) });
  try {
    return await measure({ topology, session, deploy: () => child.ask('deploy') });
  } finally {
    await session.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
    await child.stop();
  }
}

/** Resolves when every place was seen once. */
async function warm({ topology, session }: Bench): Promise<void> {
  while (session.reading.tracks.size < placesOf(topology).length) await sleep(20);
}

const requestsOf = ({ session }: Bench): number => [...session.reading.requests.values()].reduce((a, b) => a + b, 0);

async function tracePurge(bench: Bench): Promise<Traced> {
  const { topology, session, deploy } = bench;
  const watching = watch(session, placesOf(topology));
  await warm(bench);
  await sleep(2000);
  const [before, memory, requests] = [process.cpuUsage(), process.memoryUsage().rss, requestsOf(bench)];
  const started = performance.now();
  const start = session.now();
  const expect = await deploy();
  const never = new AbortController().signal;
  await answerTrace(session, { expect, purge: true, budget: 60, watching }, {}, never);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const asked = requestsOf(bench) - requests;
  const resident = process.memoryUsage().rss;
  await watching.stop();
  const flips = flipsIn(session.reading, start, expect, session.now()).flips.filter((f) => f.layer === 'edge');
  const [p50 = NaN, p99 = NaN, most = NaN] = quantiles(
    flips.map((f) => width(f.flippedAt)),
    [0.5, 0.99, 1],
  );
  return {
    nodes: topology.layers[0]!.nodes.length,
    flips: flips.length,
    p50,
    p99,
    most,
    seconds,
    requests: asked,
    rate: asked / seconds,
    cpu: (user + system) / asked,
    share: (user + system) / 1e6 / seconds,
    resident,
    grown: resident - memory,
  };
}

/** Seconds of each measurement. */
const LONG = 8;

async function watchCost(bench: Bench): Promise<WatchCost> {
  const { topology, session } = bench;
  const nodes = topology.layers[0]!.nodes.length;
  const places = placesOf(topology);
  const watching = watch(session, places);
  await warm(bench);
  await sleep(1000);
  const [before, requests, started] = [process.cpuUsage(), requestsOf(bench), performance.now()];
  await sleep(LONG * 1000);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const asked = requestsOf(bench) - requests;
  await watching.stop();
  const used = user + system;
  const plain = await plainCost(topology, asked / seconds);
  return { nodes, rate: asked / seconds, cost: used / nodes / seconds, cpu: used / asked, plain };
}

/** Microseconds of CPU for each of as many requests a second to the same nodes, each on a connection of its own. */
async function plainCost(topology: Topology, rate: number): Promise<number> {
  const { nodes } = topology.layers[0]!;
  const { host, pathname } = new URL(topology.targets[0]!.url);
  const ask = (address: string): Promise<void> =>
    new Promise((resolve) => {
      get(`${address}${pathname}`, { agent: false, headers: { host } }, (answer) => {
        answer.resume();
        answer.once('close', () => resolve());
      }).once('error', () => resolve());
    });
  const before = process.cpuUsage();
  const started = performance.now();
  const under: Promise<void>[] = [];
  for (let i = 0; i < rate * LONG; i++) {
    const wait = started + (i / rate) * 1000 - performance.now();
    if (wait > 1) await sleep(wait);
    under.push(ask(nodes[i % nodes.length]!.address));
  }
  await Promise.all(under);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / under.length;
}
