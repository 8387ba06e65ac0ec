// Does every reported interval hold the instant at which the node truly turned? Purge after purge through a real stack.
import { setTimeout as sleep } from 'node:timers/promises';
import { width } from '../../shared/model/interval.ts';
import { chanceFrom } from '../../shared/model/chance.ts';
import { quantiles } from '../../shared/model/sampling.ts';
import type { Observation } from '../../shared/observation.ts';
import type { Topology } from '../../shared/topology.ts';
import { startLab } from '../../probe/lab/lab.ts';
import { placesOf } from '../../probe/trace/places.ts';
import { Session } from '../../probe/trace/session.ts';
import { watch } from '../../probe/trace/watch.ts';
import { openGates } from './open-gates.ts';
import { isContained, purgeOnce, story, type Turned } from './purge-once.ts';

/** As the command line has them. */
export interface PurgesOptions {
  readonly purges?: string;
  readonly seed: string;
  /** Products, outermost first, with commas. */
  readonly stack: string;
  /** Requests a second to each node. */
  readonly budget: string;
  /** A line for each purge. */
  readonly verbose?: boolean;
}

interface PurgesWanted {
  readonly purges: number;
  readonly seed: number;
  readonly stack: readonly string[];
  readonly budget: number;
  readonly verbose: boolean;
}

/** The exit code: 0 where every interval held the truth, and they were as narrow as promised. */
export async function purgesMain({ purges, seed, stack, budget, verbose }: PurgesOptions): Promise<number> {
  const held = await tracePurges({
    purges: Number(purges),
    seed: Number(seed),
    stack: stack.split(','),
    budget: Number(budget),
    verbose: verbose === true,
  });
  return held ? 0 : 1;
}

/** Seconds for which a node's PURGE is held back at most, and between two visitors of a node on average. */
const DELAY = 0.4;
const VISITS = 0.02;

async function tracePurges(wanted: PurgesWanted): Promise<boolean> {
  const { purges, seed, stack, budget } = wanted;
  const lab = await startLab({ real: stack, edges: 4, shields: 2, apps: 2, seed: String(seed) });
  const caches = lab.topology.layers.filter((l) => l.role === 'cache').flatMap((l) => l.nodes);
  const host = new URL(lab.topology.targets[0]!.url).host;
  const gates = await openGates({ nodes: caches, host, seed, delay: DELAY, visits: VISITS });
  const site = `purges-${seed}`;
  const session = new Session({ topology: throughGates(lab.topology, gates.addresses, site, budget) });
  const asked: Observation[] = [];
  session.subscribe((_, message) => message.type === 'observation' && asked.push(message.data));
  gates.visit(`/site/${site}/life/3600`);
  const watching = watch(session, placesOf(session.topology), { onError: (error) => console.error(error) });
  const turned: Turned[] = [];
  const chance = chanceFrom(seed + 1);
  const started = performance.now();
  let requests = 0;
  try {
    await sleep(1500);
    for (let purge = 1; purge <= purges; purge++) {
      await sleep(chance() * 100);
      const nodes = caches.map((n) => n.id);
      const seen = await purgeOnce({ origin: lab.origin, session, gates, site, nodes, asked }, purge);
      for (const t of seen) if (!isContained(t)) console.error(`NOT contained: seed ${seed}, ${story(t)}`);
      if (wanted.verbose) console.log(`${purge}: ${seen.map(line).join(', ')}`);
      turned.push(...seen.map((t) => ({ ...t, asked: [], passed: [] })));
    }
    requests = [...session.reading.requests.values()].reduce((a, b) => a + b, 0);
  } finally {
    await watching.stop();
    await session.close();
    await gates.close();
    await lab.stop();
  }
  return told(wanted, turned, requests, (performance.now() - started) / 1000);
}

/** The same stack, asked and purged through the gates in front of its caches. */
function throughGates(topology: Topology, gates: ReadonlyMap<string, string>, site: string, budget: number): Topology {
  const layers = topology.layers.map((layer) => ({
    ...layer,
    budget,
    nodes: layer.nodes.map(({ id, address }) => ({ id, address: gates.get(id) ?? address })),
  }));
  const home = topology.targets[0]!;
  const url = new URL(`/site/${site}/life/3600`, home.url).href;
  return { ...topology, layers, targets: [{ ...home, id: 'page', url, assets: false }] };
}

/** The median of fewer purges says little: then only whether each interval holds the truth decides. */
const ENOUGH = 50;

const middleOf = (values: readonly number[]): number => quantiles(values, [0.5])[0] ?? NaN;

const inMs = (seconds: number): string => `${(seconds * 1000).toFixed(2)} ms`;

/** What two readings of one clock may differ by, as numbers. Seconds. */
const CLOCK = 1e-6;

/** An answer in between was left unused. */
const isTooWide = ({ reported, bounds }: Turned): boolean =>
  reported !== undefined && (bounds === undefined || width(reported) > bounds.spacing + bounds.roundTrip + CLOCK);

const line = ({ node, reported }: Turned): string =>
  `${node} ${reported === undefined ? 'never' : inMs(width(reported))}`;

/** Prints the result; true where it is the one that is promised. */
function told(
  { purges, stack, budget, seed }: PurgesWanted,
  turned: readonly Turned[],
  requests: number,
  seconds: number,
) {
  const held = turned.filter(isContained).length;
  const whole = Array.from({ length: purges }, (_, i) => turned.filter((t) => t.purge === i + 1)).filter((all) =>
    all.every(isContained),
  ).length;
  const widths = turned.flatMap((t) => (t.reported === undefined ? [] : [width(t.reported)]));
  const truths = turned.flatMap((t) => (t.truth === undefined ? [] : [width(t.truth)]));
  const [median = NaN, p90 = NaN, most = NaN] = quantiles(widths, [0.5, 0.9, 1]);
  const bounds = turned.flatMap((t) => t.bounds ?? []);
  const spacing = middleOf(bounds.map((b) => b.spacing));
  const roundTrip = middleOf(bounds.map((b) => b.roundTrip));
  const both = middleOf(bounds.map((b) => b.spacing + b.roundTrip));
  const wide = turned.filter(isTooWide).length;
  console.log(
    `${stack.join(' before ')}, ${purges} purges, budget ${budget}/s a node, seed ${seed}, ${seconds.toFixed(0)} s`,
  );
  console.log(
    `  purges whose every interval holds the truth: ${whole} of ${purges}; intervals: ${held} of ${turned.length}`,
  );
  console.log(
    `  widths: median ${inMs(median)}, p90 ${inMs(p90)}, most ${inMs(most)}; of the truth itself: median ${inMs(middleOf(truths))}`,
  );
  console.log(
    `  the questions around a flip: spacing median ${inMs(spacing)}, round trip ${inMs(roundTrip)}, both ${inMs(both)}; wider than its own two: ${wide}; requests: ${requests}`,
  );
  const isNarrow = median <= both + CLOCK && (budget < 200 || median < 0.01);
  if (!isNarrow) console.log('  NOT as narrow as the spacing and one round trip');
  return held === turned.length && whole === purges && (isNarrow || purges < ENOUGH);
}
