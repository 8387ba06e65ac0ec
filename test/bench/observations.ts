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
import { placesOf } from '../../probe/trace/places.ts';
import { namedBy, Session } from '../../probe/trace/session.ts';
import type { Topology } from '../../shared/topology.ts';

const CONNECTIONS = 50;

/** Observations that may wait for their commit at once. */
const UNACKNOWLEDGED = 2000;

export interface Rates {
  /** Complete observations: exchanged, decoded, digested, read into a state, stored. A second. */
  readonly observations: number;
  /** Plain requests on kept connections, answers thrown away. A second. */
  readonly plain: number;
}

/** `rounds` turns of each, one after the other on the same nginx; each rate is the median of its turns. */
export async function observationRates(rounds: number, seconds: number): Promise<Rates> {
  const lab = await startLab({ real: ['nginx'], edges: 1, apps: 1 });
  const topology = withPage(lab.topology, '/life/3600');
  const observations: number[] = [];
  const plain: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      plain.push(await plainRate(topology, seconds));
      observations.push(await observationRate(topology, seconds));
    }
  } finally {
    await lab.stop();
  }
  return { observations: median(observations), plain: median(plain) };
}

async function plainRate(topology: Topology, seconds: number): Promise<number> {
  const { address } = topology.layers[0]!.nodes[0]!;
  const host = new URL(topology.targets[0]!.url).host;
  const result = await autocannon({
    url: `${address}/life/3600`,
    headers: { host },
    connections: CONNECTIONS,
    duration: seconds,
  });
  return result['2xx'] / result.duration;
}

async function observationRate(topology: Topology, seconds: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  const store = await openStore(folder);
  const trace = await store.beginTrace(topology, Date.now() / 1000);
  const exchanger = createExchanger({ guard: createGuard({ named: namedBy(topology) }), connection: 'reuse' });
  const session = new Session({ topology, exchanger, record: (message) => store.append(trace, message) });
  const place = placesOf(topology).find((p) => p.layer.role === 'cache')!;
  const acknowledged = new Acknowledged();
  const until = performance.now() + seconds * 1000;
  const worker = async () => {
    while (performance.now() < until) {
      const data = await session.exchange(place);
      if (data.result.kind !== 'answer' || data.result.digest === undefined) throw new Error('incomplete');
      await acknowledged.room(UNACKNOWLEDGED);
      acknowledged.expect(session.add({ type: 'observation', data }));
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  await acknowledged.room(0);
  const took = (performance.now() - started) / 1000;
  await session.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
  return acknowledged.count / took;
}

/** How many are acknowledged, and who waits because too many are not. */
class Acknowledged {
  count = 0;
  private outstanding = 0;
  private waiting: (() => void)[] = [];
  private failed: unknown;

  expect(promise: Promise<void>): void {
    this.outstanding += 1;
    promise.then(this.acknowledged, this.refused);
  }

  /** Resolves when at most `most` are outstanding. Rejects when one was refused. */
  async room(most: number): Promise<void> {
    while (this.outstanding > most) await new Promise<void>((resolve) => void this.waiting.push(resolve));
    if (this.failed !== undefined) throw this.failed;
  }

  private readonly acknowledged = (): void => {
    this.count += 1;
    this.settled();
  };

  private readonly refused = (error: unknown): void => {
    this.failed = error;
    this.settled();
  };

  private settled(): void {
    this.outstanding -= 1;
    if (this.waiting.length > 0) for (const resume of this.waiting.splice(0)) resume();
  }
}

function withPage(topology: Topology, path: string): Topology {
  const target = topology.targets[0]!;
  return { ...topology, targets: [{ ...target, url: new URL(path, target.url).href }] };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
