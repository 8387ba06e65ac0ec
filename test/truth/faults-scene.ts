// What is one run about, and what did its nodes truly hold in the end?
import { setTimeout as sleep } from 'node:timers/promises';
import { createExchanger } from '../../probe/exchange/exchange.ts';
import { createGuard } from '../../probe/exchange/guard.ts';
import { planPurge, type PlanOptions } from '../../probe/purgers/plan.ts';
import { placesOf, type Choice, type Place } from '../../probe/trace/places.ts';
import { answerPurge } from '../../probe/trace/purge.ts';
import { answerTrace, type TraceWanted } from '../../probe/trace/propagation.ts';
import { look } from '../../probe/trace/look.ts';
import { namedBy, Session } from '../../probe/trace/session.ts';
import type { TraceDocument } from '../../shared/api.ts';
import type { Topology } from '../../shared/topology.ts';
import { ask, type Said } from '../probe/lab/talk.ts';
import { PURGE_BY_METHOD } from '../../probe/lab/real/peer.ts';
import { pageOf, topologyOf, type Shape, type Stack } from './faults-stack.ts';
import type { Random } from './faults-random.ts';
import type { Relay } from './faults-relay.ts';

/** One cause at one place: `purge-race edge/edge-ams home/default`. */
export type Accusation = string;

/** One run: what was said, and what should have been. */
export interface Staged {
  readonly document: TraceDocument;
  readonly expected: readonly Accusation[];
  /** What was chosen, and all that was seen, for whoever looks at a run that went wrong. */
  readonly how: string;
  readonly session: Session;
}

export type Fault = (stack: Stack, site: string, random: Random) => Promise<Staged>;

export interface Scene {
  readonly stack: Stack;
  readonly site: string;
  readonly topology: Topology;
  readonly session: Session;
  readonly random: Random;
  /** The build that is deployed in this run. */
  readonly build: string;
}

/** Lifetimes in seconds of pages that no run sees expire. */
export const STAY = [120, 900] as const;

export function opened(stack: Stack, site: string, random: Random, shape: Partial<Shape> = {}): Scene {
  const targets = [pageOf(site, random.whole(...STAY))] as const;
  const edges = random.whole(2, 4);
  const topology = topologyOf(stack, { edges, shieldPurge: PURGE_BY_METHOD, targets, ...shape });
  const exchanger = createExchanger({ guard: createGuard({ named: namedBy(topology) }), connection: 'reuse' });
  const session = new Session({ topology, exchanger });
  return { stack, site, topology, session, random, build: random.hex() };
}

export const relayOf = ({ stack }: Scene, node: string): Relay => stack.relays.get(node)!;

/** The trace knows the old page from before the deploy, or comes only after it. */
export async function known(scene: Scene, ready: () => Promise<unknown>): Promise<string> {
  const before = scene.random.isSo(0.5);
  if (before) await lookFirst(scene);
  await ready();
  return before ? 'looked before' : 'looked after';
}

/** Every node stores the old page, each at an instant of its own. @param first the variant that comes first everywhere */
export async function warm({ stack, topology, random }: Scene, first?: string): Promise<void> {
  const inward = [...topology.layers].reverse().filter((l) => l.role === 'cache');
  for (const layer of inward) {
    const places = placesOf(topology, { layer: layer.id });
    await Promise.all(
      places.map(async (place) => {
        await sleep(random.between(0, 1) * 1000 + (first === undefined || place.variant.id === first ? 0 : 1100));
        await asVisitor(stack, place);
      }),
    );
  }
}

export const deploy = (scene: Scene, rollSeconds = 0): Promise<unknown> =>
  scene.stack.origin.deploy({ site: scene.site, build: scene.build, rollSeconds });

/**
 * The trace as the command runs it, ended as by Ctrl-C so many seconds after the last purge was answered (or given up): how
 * long a busy machine takes until then is not what is asked.
 */
export async function trace(scene: Scene, after: number, more: Partial<TraceWanted> = {}): Promise<TraceDocument> {
  const wanted: TraceWanted = { expect: scene.build, budget: LONGEST, ...more };
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const unsubscribe = scene.session.subscribe((_, { type }) => {
    if (type !== 'receipt') return;
    clearTimeout(timer);
    timer = setTimeout(() => ending.abort(), after * 1000);
  });
  const document = await answerTrace(scene.session, wanted, {}, ending.signal);
  clearTimeout(timer);
  unsubscribe();
  return document;
}

/** Seconds. */
const LONGEST = 90;

/** Asks every node once, so that the trace knows what was there before. */
export const lookFirst = ({ session, topology }: Scene): Promise<void> => look(session, placesOf(topology));

/** A purge by somebody whose receipts the trace is told; of a part of what the topology names. */
export async function purgeElsewhere(
  scene: Scene,
  choice: Choice & PlanOptions & { readonly timeout?: number } = {},
  topology: Topology = scene.topology,
): Promise<void> {
  const { session } = scene;
  if (planPurge(topology, choice, choice).steps.length === 0) throw new Error('there is nothing to purge');
  if (topology === session.topology) {
    await answerPurge(session, choice);
    return;
  }
  const other = new Session({
    topology,
    exchanger: session.exchanger,
    record: async (message) => {
      const data = { ...message.data, id: idsElsewhere + message.data.id };
      await session.add({ ...message, data } as typeof message);
      return 0;
    },
  });
  await answerPurge(other, choice);
}

/** Ids of what somebody else did, far from our own. */
const idsElsewhere = 1_000_000;

/** What the daemon itself answers to a visitor, past every relay and without Strata. */
export const asVisitor = async (stack: Stack, place: Place): Promise<string | undefined> =>
  (await askDaemon(stack, place)).build;

export function askDaemon({ daemons }: Stack, { node, target, variant }: Place, method = 'GET'): Promise<Said> {
  const { host, pathname } = new URL(target.url);
  return ask(daemons.get(node.id)!, pathname, { method, headers: { ...variant.headers, Host: host } });
}

/** The places in caches that truly hold something else than the new build. */
export async function stillOld({ stack, topology, build }: Scene, choice: Choice = {}): Promise<Place[]> {
  const places = placesOf(topology, choice).filter((p) => p.layer.role === 'cache');
  const shown = await Promise.all(places.map((place) => asVisitor(stack, place)));
  return places.filter((_, i) => shown[i] !== build);
}

export const accusation = (id: string, { layer, node, target, variant }: Place): Accusation =>
  `${id} ${layer.id}/${node.id} ${target.id}/${variant.id}`;

/** The causes that a trace names. */
export function accused({ causes }: TraceDocument): Accusation[] {
  return causes.map((cause) => {
    const { id, layer, node, target, variant } = cause as typeof cause & { target?: string; variant?: string };
    return `${id} ${layer ?? ''}/${node ?? ''} ${target ?? ''}/${variant ?? ''}`;
  });
}
