// How many complete observations a second, beside a load generator's plain requests on the same nginx?
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { createExchanger } from '../../probe/exchange/exchange.ts';
import { createGuard } from '../../probe/exchange/guard.ts';
import { startLab } from '../../probe/lab/lab.ts';
import { openStore } from '../../probe/store/store.ts';
import type { Store } from '../../probe/store/store.ts';
import { placesOf } from '../../probe/trace/places.ts';
import { namedBy, Session } from '../../probe/trace/session.ts';
import type { Topology } from '../../shared/topology.ts';
import { Acknowledged } from './acknowledged.ts';

/** The counts of connections among which each side is given the one that suits it best. */
const CONNECTIONS = [10, 50, 100];

/** Observations that may wait for their commit at once. */
const UNACKNOWLEDGED = 2000;

export interface Turn {
  /** A second. */
  readonly rate: number;
  /** Microseconds of CPU for each, over all threads of this process. */
  readonly cpu: number;
}

/** One round: the three right after each other. */
export interface Round {
  /** Plain requests on kept connections, answers thrown away. */
  readonly plain: Turn;
  /** Exchanged on kept connections, content decoded, digested, marker read, stored and acknowledged. */
  readonly recorded: Turn;
  /** The same, also folded into a live reading. */
  readonly folded: Turn;
}

export interface Rates {
  readonly connections: { readonly plain: number; readonly recorded: number };
  readonly rounds: readonly Round[];
}

/** `rounds` turns of each, one after the other on the same nginx, each of some seconds. */
export async function observationRates(rounds: number, seconds: number): Promise<Rates> {
  const lab = await startLab({ real: ['nginx'], edges: 1, apps: 1 });
  try {
    const topology = withPage(lab.topology, '/life/3600');
    // the first turn of each is for the compiler
    await plainTurn(topology, 10, 1);
    await recordedTurn(topology, 10, 1);
    const connections = {
      plain: await bestFor((count) => plainTurn(topology, count, seconds)),
      recorded: await bestFor((count) => recordedTurn(topology, count, seconds)),
    };
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      measured.push({
        plain: await plainTurn(topology, connections.plain, seconds),
        recorded: await recordedTurn(topology, connections.recorded, seconds),
        folded: await foldedTurn(topology, connections.recorded, seconds),
      });
    }
    return { connections, rounds: measured };
  } finally {
    await lab.stop();
  }
}

async function bestFor(turn: (connections: number) => Promise<Turn>): Promise<number> {
  const tried: { connections: number; rate: number }[] = [];
  for (const connections of CONNECTIONS) tried.push({ connections, rate: (await turn(connections)).rate });
  return tried.reduce((best, next) => (next.rate > best.rate ? next : best)).connections;
}

async function plainTurn(topology: Topology, connections: number, seconds: number): Promise<Turn> {
  const { address } = topology.layers[0]!.nodes[0]!;
  const host = new URL(topology.targets[0]!.url).host;
  const before = process.cpuUsage();
  const result = await autocannon({ url: `${address}/life/3600`, headers: { host }, connections, duration: seconds });
  return turnOf(result['2xx'], result.duration, before);
}

async function recordedTurn(topology: Topology, connections: number, seconds: number): Promise<Turn> {
  const { layer, node, target, variant } = placesOf(topology).find((p) => p.layer.role === 'cache')!;
  const exchanger = createExchanger({ guard: createGuard({ named: namedBy(topology) }), connection: 'reuse' });
  const read = { marker: target.marker, ignore: target.ignore, assets: target.assets };
  const ask = { url: target.url, address: node.address, read };
  let id = 0;
  const turn = await withStore(topology, connections, seconds, (store, trace) => async () => {
    const { request, requestTime, responseTime, timings, result } = await exchanger.exchange(ask);
    if (result.kind !== 'answer' || result.digest === undefined || result.marker === undefined)
      throw new Error('incomplete');
    const where = { layer: layer.id, node: node.id, target: target.id, variant: variant.id };
    const data = { id: ++id, ...where, request, requestTime, responseTime, timings, result };
    return { stored: store.append(trace, { type: 'observation', data }) };
  });
  await exchanger.close();
  return turn;
}

async function foldedTurn(topology: Topology, connections: number, seconds: number): Promise<Turn> {
  const place = placesOf(topology).find((p) => p.layer.role === 'cache')!;
  const exchanger = createExchanger({ guard: createGuard({ named: namedBy(topology) }), connection: 'reuse' });
  const turn = await withStore(topology, connections, seconds, (store, trace) => {
    const session = new Session({ topology, exchanger, record: (message) => store.append(trace, message) });
    return async () => ({ stored: session.add({ type: 'observation', data: await session.exchange(place) }) });
  });
  await exchanger.close();
  return turn;
}

/** Makes one observation; `stored` settles once it is acknowledged. */
type Observe = () => Promise<{ readonly stored: Promise<unknown> }>;

/** Observes on every connection, one at a time on each, until the time is over and all is acknowledged. */
async function withStore(
  topology: Topology,
  connections: number,
  seconds: number,
  observing: (store: Store, trace: string) => Observe,
): Promise<Turn> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  const store = await openStore(folder);
  const observe = observing(store, await store.beginTrace(topology, Date.now() / 1000));
  // the first one starts the thread that reads pages: a start is no part of a rate
  await (
    await observe()
  ).stored;
  const acknowledged = new Acknowledged();
  const before = process.cpuUsage();
  const started = performance.now();
  const until = started + seconds * 1000;
  const connection = async () => {
    while (performance.now() < until) {
      const { stored } = await observe();
      acknowledged.expect(stored);
      if (acknowledged.isOver(UNACKNOWLEDGED)) await acknowledged.room(UNACKNOWLEDGED);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  await acknowledged.room(0);
  const turn = turnOf(acknowledged.count, (performance.now() - started) / 1000, before);
  await store.close();
  await rm(folder, { recursive: true, force: true });
  return turn;
}

function turnOf(count: number, seconds: number, before: NodeJS.CpuUsage): Turn {
  const { user, system } = process.cpuUsage(before);
  return { rate: count / seconds, cpu: (user + system) / count };
}

function withPage(topology: Topology, path: string): Topology {
  const target = topology.targets[0]!;
  return { ...topology, targets: [{ ...target, url: new URL(path, target.url).href }] };
}
