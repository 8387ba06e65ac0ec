// What does one layer's node answer to one request? One address, one connection, no retry, no redirect, no cookies.
import { performance } from 'node:perf_hooks';
import type { FieldLine } from '../../shared/http/fields.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Answer, Failure, Observation, Timings } from '../../shared/observation.ts';
import { wallClock } from './clock.ts';
import { createContentReader, lookFor } from './content.ts';
import type { ContentFacts, ContentReader, Look, Reading } from './content.ts';
import { errorText } from './error-text.ts';
import { neverSent } from './failure.ts';
import type { Guard } from './guard.ts';
import { LIMITS } from './limits.ts';
import type { Limits } from './limits.ts';
import { Line } from './line.ts';
import type { ConnectTimings, Destination } from './line.ts';
import { createPageReader } from './page-reader.ts';
import { LinePool, lineKey } from './pool.ts';
import { prepare, redactor, unsendable } from './request.ts';
import type { Prepared } from './request.ts';
import { transfer } from './transfer.ts';
import type { Received, Transferred } from './transfer.ts';

export interface Ask {
  readonly url: string;
  /** `scheme://host:port` to connect to; Host, SNI and the certificate check stay those of `url`. */
  readonly address: string;
  /** Default `GET`. */
  readonly method?: string;
  /** Content, for a method that carries one. */
  readonly body?: string;
  /** Called with the content as it was transferred, for whoever reads more in it than markers. */
  readonly take?: (content: Buffer) => void;
  /** Added to, or in place of, our own User-Agent, Accept and Accept-Encoding. */
  readonly headers?: readonly FieldLine[];
  /** Texts that must not be seen in the result. */
  readonly secrets?: readonly string[];
  /** What to look for in the body; absent: its digest only. */
  readonly read?: Reading;
  /** Leave at the end of the head: nothing is known of the body, however long it would have been. */
  readonly headOnly?: true;
  readonly limits?: Partial<Limits>;
  readonly guard: Guard;
  readonly signal?: AbortSignal;
  /** PEM certificates to trust instead of the built-in ones: inner layers often have their own authority. */
  readonly ca?: string;
}

/** Everything of an Observation that one exchange can know. */
export type Exchanged = Pick<Observation, 'request' | 'requestTime' | 'responseTime' | 'timings' | 'result'>;

/** A connection for one exchange only, or an idle one that is kept afterwards: one exchange at a time on each. */
export type Connection = 'fresh' | 'reuse';

export interface Exchanger {
  /**
   * @param signal Instead of the ask's own: it may be asked with again.
   * @param connection Instead of the exchanger's own.
   */
  exchange(ask: Omit<Ask, 'guard'>, signal?: AbortSignal, connection?: Connection): Promise<Exchanged>;
  /** Ends kept connections and the page reader. Exchanges under way end as they may. */
  close(): Promise<void>;
}

let shared: ContentReader | undefined;

/** One exchange on a connection of its own. Never throws for anything that the server or the network did. */
export async function exchange(ask: Ask): Promise<Exchanged> {
  shared ??= createContentReader(createPageReader());
  const plan = planFor(ask, false);
  return 'result' in plan ? plan : exchangeAs(plan, shared, ask.signal);
}

/**
 * Many exchanges that share one reader of pages. Asking with the same object again saves working out what to send.
 * @param options `connection: 'reuse'` is for dense watching; default `fresh`.
 */
export function createExchanger(options: { guard: Guard; connection?: Connection }): Exchanger {
  const pages = createPageReader();
  const reader = createContentReader(pages);
  const pool = new LinePool();
  const plans = { fresh: new WeakMap<object, Plan>(), reuse: new WeakMap<object, Plan>() };

  function planned(ask: Omit<Ask, 'guard'>, connection: Connection): Plan | Exchanged {
    const plan = planFor({ ...ask, guard: options.guard }, connection === 'reuse');
    if (!('result' in plan)) plans[connection].set(ask, plan);
    return plan;
  }

  return {
    exchange(ask, signal = ask.signal, connection = options.connection ?? 'fresh') {
      const plan = plans[connection].get(ask) ?? planned(ask, connection);
      if ('result' in plan) return Promise.resolve(plan);
      return exchangeAs(plan, reader, signal, connection === 'reuse' ? pool : undefined);
    },
    async close() {
      pool.close();
      await pages.close();
    },
  };
}

/** Everything about an ask that is known before anything is sent. */
interface Plan {
  readonly request: Prepared;
  readonly limits: Limits;
  readonly to: Destination;
  readonly lineKey: string;
  /** Absent where the body is not waited for. */
  readonly look?: Look;
  readonly take?: (content: Buffer) => void;
  /** The last answer, and what its body said: equal answers are one object, and known by that. */
  last?: { readonly answer: Answer; readonly facts: ContentFacts };
}

/** @returns The failure, already, where the ask is not one that could be sent. */
function planFor(ask: Ask, keepAlive: boolean): Plan | Exchanged {
  const limits = { ...LIMITS, ...ask.limits };
  try {
    const request = prepare(ask, keepAlive);
    const to: Destination = {
      address: request.address,
      url: request.url,
      guard: ask.guard,
      headBytes: limits.headBytes,
      ...(ask.ca === undefined ? {} : { ca: ask.ca }),
    };
    const plan = { request, limits, to, lineKey: lineKey(to), ...(ask.take && { take: ask.take }) };
    return ask.headOnly === true ? plan : { ...plan, look: lookFor(ask.url, limits, ask.read) };
  } catch (error) {
    const now = performance.now();
    const outcome = neverSent(redactor(ask.secrets)(errorText(error).message));
    const never = { outcome, startedAt: now, sentAt: undefined, answeredAt: undefined, endedAt: now };
    return seen(unsendable(ask), never, outcome, undefined, wallClock());
  }
}

/** @param pool Where the line comes from and goes back to; without one it is new, and closed at the end. */
async function exchangeAs(
  plan: Plan,
  reader: ContentReader,
  signal?: AbortSignal,
  pool?: LinePool,
): Promise<Exchanged> {
  const { request, limits, look, to, lineKey: key } = plan;
  const wall = wallClock();
  const line = pool?.take(to, key) ?? new Line(to);
  const transferred = await transfer(line, request, limits, signal, look === undefined);
  const connected = line.takeTimings();
  const { outcome } = transferred;
  if (outcome.kind === 'failure' || look === undefined) line.destroy();
  else if (pool === undefined) line.hangUp();
  else pool.give(line, key);
  let result: Answer | Failure;
  if (outcome.kind === 'failure') result = outcome;
  else {
    plan.take?.(outcome.body);
    const facts = look === undefined ? UNREAD : reader.read(outcome.body, outcome.fields, look);
    // what was read before is known at once: waiting for it would cost every observation a turn of the queue
    result = answerOf(plan, outcome, facts instanceof Promise ? await facts : facts);
  }
  const shown = request.redact === undefined ? result : withoutSecrets(result, request.redact);
  return seen(request.shown, transferred, shown, connected, wall);
}

/** Of a body that nobody wanted. */
const UNREAD: ContentFacts = { decodedBytes: 0 };

function answerOf(plan: Plan, outcome: Received, facts: ContentFacts | Failure): Answer | Failure {
  if ('kind' in facts) return facts;
  const { last } = plan;
  if (last?.facts === facts && isAgain(last.answer, outcome)) return last.answer;
  const { body, httpVersion, status, reason, fields } = outcome;
  const answer: Answer = { kind: 'answer', httpVersion, status, reason, fields, bytes: body.length, ...facts };
  plan.last = { answer, facts };
  return answer;
}

const isAgain = (answer: Answer, { body, httpVersion, status, reason, fields }: Received): boolean =>
  answer.fields === fields &&
  answer.status === status &&
  answer.reason === reason &&
  answer.httpVersion === httpVersion &&
  answer.bytes === body.length;

function seen(
  request: Exchanged['request'],
  { startedAt, sentAt, answeredAt, endedAt }: Transferred,
  result: Answer | Failure,
  connected: ConnectTimings | undefined,
  wall: (monotonicMs: number) => Instant,
): Exchanged {
  const total = (endedAt - startedAt) / 1000;
  const ttfb = sentAt === undefined || answeredAt === undefined ? undefined : (answeredAt - sentAt) / 1000;
  return {
    request,
    requestTime: wall(sentAt ?? startedAt),
    responseTime: wall(answeredAt ?? endedAt),
    timings: timingsOf(connected, ttfb, total),
    result,
  };
}

function timingsOf(connected: ConnectTimings | undefined, ttfb: number | undefined, total: number): Timings {
  if (ttfb === undefined) return { ...connected, total };
  return connected === undefined ? { ttfb, total } : { ...connected, ttfb, total };
}

// A server may send back what it was sent.
function withoutSecrets(result: Answer | Failure, redact: (text: string) => string): Answer | Failure {
  if (result.kind === 'failure') return { ...result, message: redact(result.message) };
  return {
    ...result,
    reason: redact(result.reason),
    fields: result.fields.map(([name, value]): FieldLine => [redact(name), redact(value)]),
    ...(result.marker === undefined ? {} : { marker: redact(result.marker) }),
    ...(result.assets === undefined ? {} : { assets: result.assets.map(redact) }),
    ...(result.problems === undefined ? {} : { problems: result.problems.map(redact) }),
  };
}
