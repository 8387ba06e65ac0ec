// One recorded session: asks nodes, keeps what they said, and tells whoever listens.
import { advance, emptyReading, keyOf, type Reading } from '../../shared/model/reading.ts';
import type { Instant, Interval } from '../../shared/model/interval.ts';
import type { FieldLine } from '../../shared/http/fields.ts';
import { retryAfterIn, turnsAway } from '../../shared/http/retry-after.ts';
import { ConfigError } from '../../shared/config-problem.ts';
import { envNames, withEnv } from '../../shared/env-reference.ts';
import type { Observation } from '../../shared/observation.ts';
import type { Topology, Variant } from '../../shared/topology.ts';
import type { LiveMessage, PurgeReceipt, TraceEvent } from '../../shared/trace.ts';
import { wallNow } from '../exchange/clock.ts';
import { withoutCookieValues } from '../exchange/cookie-values.ts';
import { createExchanger, type Connection, type Exchanger } from '../exchange/exchange.ts';
import { createGuard, type Guard } from '../exchange/guard.ts';
import { purgerOf } from '../purgers/index.ts';
import { Budget } from './budget.ts';
import { Hush, within } from './hush.ts';
import type { Place } from './places.ts';

/** Keeps a message and resolves with its sequence number once that is certain. */
export type Record = (message: LiveMessage) => Promise<number>;
export type Listener = (sequence: number, message: LiveMessage) => void;

export interface SessionOptions {
  readonly topology: Topology;
  /** Default: kept in memory only, numbered from 1. */
  readonly record?: Record;
  /** Default: one that may reach what the topology names, on new connections; dense watching keeps some. */
  readonly exchanger?: Exchanger;
  /** The whole time for one exchange, in seconds. */
  readonly timeout?: number;
}

type Asked = Parameters<Exchanger['exchange']>[0];

/** A purge waits no longer than this for the last look before it: a node that hangs must not keep it. Seconds. */
const LAST_LOOK = 0.25;

/** The addresses and hosts that a topology names: what its probes may reach besides public addresses. */
export function namedBy(topology: Topology): string[] {
  return topology.layers.flatMap((layer) => [
    ...layer.nodes.map((node) => node.address),
    ...(layer.purge === undefined ? [] : purgerOf(layer.purge.by).endpoints(layer.purge, layer.nodes)),
  ]);
}

export class Session {
  readonly topology: Topology;
  readonly exchanger: Exchanger;
  readonly guard: Guard;
  private current: Reading;
  private readonly record: Record;
  private readonly listeners = new Set<Listener>();
  private readonly last = new Map<string, Observation>();
  private readonly budget = new Budget();
  private readonly hush = new Hush();
  private readonly readyOnce = new Set<string>();
  private readonly timeout: number | undefined;
  private readonly asks = new WeakMap<Place, Asked>();
  private readonly looks = new Set<(receipt: PurgeReceipt) => Promise<unknown>>();
  private readonly closing = new AbortController();
  private nextId = 1;

  constructor(options: SessionOptions) {
    this.topology = options.topology;
    this.current = emptyReading(options.topology);
    let sequence = 0;
    this.record = options.record ?? (() => Promise.resolve(++sequence));
    this.guard = createGuard({ named: namedBy(options.topology) });
    this.exchanger = options.exchanger ?? createExchanger({ guard: this.guard });
    this.timeout = options.timeout;
  }

  get reading(): Reading {
    return this.current;
  }

  now(): Instant {
    return wallNow();
  }

  /** The last exchange of every place, by observation id. */
  observations(): Map<number, Observation> {
    return new Map([...this.last.values()].map((o) => [o.id, o]));
  }

  /** A number that no other message of this session has. */
  takeId(): number {
    return this.nextId++;
  }

  /** When this node may be asked or purged next, by its budget, at or after `wanted`. */
  allowedAt({ node, layer }: Pick<Place, 'node' | 'layer'>, wanted: Instant): Instant {
    return this.budget.take(node.id, layer.budget, wanted);
  }

  /** One exchange with one place, recorded. Rejects only when it cannot be recorded, or with ConfigError for a missing secret. */
  async ask(place: Place, signal?: AbortSignal): Promise<Observation> {
    const observation = await this.exchange(place, signal);
    await this.add({ type: 'observation', data: observation });
    return observation;
  }

  /** One exchange with one place, by default on the exchanger's own kind of connection, not yet recorded. Rejects only with ConfigError for a missing secret. */
  exchange(place: Place, signal?: AbortSignal, connection?: Connection): Promise<Observation> {
    const { node, target } = place;
    return this.hush.asks(pageOf(node.id, target.id), () => this.exchangeNow(place, signal, connection));
  }

  /** Carries out `work` while nobody asks this node for this target through the session, but by `exchangeNow`. */
  alone<T>(node: string, target: string, work: () => Promise<T>): Promise<T> {
    return this.hush.during(pageOf(node, target), work);
  }

  /** As `exchange`, whatever is going on. */
  async exchangeNow(place: Place, signal?: AbortSignal, connection?: Connection): Promise<Observation> {
    const { layer, node, target, variant } = place;
    const ask = this.asks.get(place) ?? this.askFor(place);
    const exchanged = await this.exchanger.exchange(ask, signal, connection);
    const { request, requestTime, responseTime, timings, result } = exchanged;
    const where = { layer: layer.id, node: node.id, target: target.id, variant: variant.id };
    const kept = withoutCookieValues(result);
    return { id: this.takeId(), ...where, request, requestTime, responseTime, timings, result: kept };
  }

  /** One ask for each place, so that what to send is worked out once. */
  private askFor(place: Place): Asked {
    const { node, target, variant } = place;
    const ask = {
      url: target.url,
      address: node.address,
      ...headersOf(variant),
      read: { marker: target.marker, ignore: target.ignore, assets: target.assets },
      ...(this.timeout === undefined ? {} : { limits: { total: this.timeout } }),
    };
    this.asks.set(place, ask);
    return ask;
  }

  event(event: TraceEvent): Promise<void> {
    return this.add({ type: 'event', data: event });
  }

  /** Says that every origin serves `marker` since `at`: once for each change, whoever notices it first. */
  async originsReady(marker: string, at: Interval): Promise<void> {
    const change = `${marker} ${at.latest}`;
    if (this.readyOnce.has(change)) return;
    this.readyOnce.add(change);
    await this.event({ id: this.takeId(), type: 'origin-ready', at, marker });
  }

  /** Keeps a message, takes it into the reading, tells the listeners: in this order. */
  async add(message: LiveMessage): Promise<void> {
    const sequence = await this.record(message);
    this.current = advance(this.current, message);
    if (message.type === 'observation') this.seen(message.data);
    for (const listener of this.listeners) listener(sequence, message);
  }

  /** Until when the node of this place wants to be left alone; -Infinity where it never said so. */
  quietUntil(place: Place): Instant {
    return this.budget.quietUntil(place.node.id);
  }

  private seen(observation: Observation): void {
    const { node, result, responseTime } = observation;
    this.last.set(keyOf(observation), observation);
    if (result.kind === 'failure' || !turnsAway(result.status, result.fields)) return;
    this.budget.leaveAlone(node, responseTime + (retryAfterIn(result.fields) ?? 0));
  }

  /** `look` is called before a purge goes out; it waits for that, but not for long. Returns how to end it. */
  beforePurge(look: (receipt: PurgeReceipt) => Promise<unknown>): () => void {
    this.looks.add(look);
    return () => this.looks.delete(look);
  }

  /** Whoever watches looks once more at what the purge is meant for: only that bounds its flip from below. */
  async lastLook(receipt: PurgeReceipt): Promise<void> {
    const { node = '', target = '' } = receipt;
    if (this.looks.size === 0 || this.hush.isKept(pageOf(node, target))) return;
    await within(LAST_LOOK, Promise.allSettled([...this.looks].map((look) => look(receipt))));
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Aborted once the session is closed: ends what goes on beside it. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.listeners.clear();
    await this.exchanger.close();
  }
}

const pageOf = (node: string, target: string): string => `${node}/${target}`;

/** The variant's headers with `${NAME}` filled in from the environment, and the texts that must not be shown. */
function headersOf(variant: Variant): { headers: FieldLine[]; secrets: string[] } {
  const secrets: string[] = [];
  const headers = Object.entries(variant.headers).map(([name, template]): FieldLine => {
    const filled = withEnv(template, process.env);
    if ('missing' in filled) {
      throw new ConfigError(
        `variant ${variant.id} needs the environment variable ${filled.missing}; set it, or take its header out of the topology`,
      );
    }
    secrets.push(...envNames(template).flatMap((n) => process.env[n] ?? []));
    return [name, filled.value];
  });
  return { headers, secrets };
}
