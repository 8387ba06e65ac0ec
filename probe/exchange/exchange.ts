// What does one layer's node answer to one request? One address, one connection, no retry, no redirect, no cookies.
import type { FieldLine } from '../../shared/http/fields.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Answer, Failure, Observation, Timings } from '../../shared/observation.ts';
import { wallClock } from './clock.ts';
import { createContentReader } from './content.ts';
import type { ContentReader, Reading } from './content.ts';
import { errorText } from './error-text.ts';
import { failure } from './failure.ts';
import type { Guard } from './guard.ts';
import { LIMITS } from './limits.ts';
import type { Limits } from './limits.ts';
import { Line } from './line.ts';
import type { Destination } from './line.ts';
import { performance } from 'node:perf_hooks';
import { createPageReader } from './page-reader.ts';
import { LinePool } from './pool.ts';
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
  /** Added to, or in place of, our own User-Agent, Accept and Accept-Encoding. */
  readonly headers?: readonly FieldLine[];
  /** Texts that must not be seen in the result. */
  readonly secrets?: readonly string[];
  /** What to look for in the body; absent: its digest only. */
  readonly read?: Reading;
  readonly limits?: Partial<Limits>;
  readonly guard: Guard;
  readonly signal?: AbortSignal;
  /** PEM certificates to trust instead of the built-in ones: inner layers often have their own authority. */
  readonly ca?: string;
}

/** Everything of an Observation that one exchange can know. */
export type Exchanged = Pick<Observation, 'request' | 'requestTime' | 'responseTime' | 'timings' | 'result'>;

export interface Exchanger {
  exchange(ask: Omit<Ask, 'guard'>): Promise<Exchanged>;
  /** Ends kept connections and the page reader. Exchanges under way end as they may. */
  close(): Promise<void>;
}

let shared: ContentReader | undefined;

/** One exchange on a connection of its own. Never throws for anything that the server or the network did. */
export async function exchange(ask: Ask): Promise<Exchanged> {
  shared ??= createContentReader(createPageReader());
  return exchangeOn(ask, shared);
}

/**
 * Many exchanges that share one reader of pages.
 * @param options `connection: 'reuse'` keeps idle connections, one exchange at a time on each: for dense watching.
 */
export function createExchanger(options: { guard: Guard; connection?: 'fresh' | 'reuse' }): Exchanger {
  const pages = createPageReader();
  const reader = createContentReader(pages);
  const pool = options.connection === 'reuse' ? new LinePool() : undefined;
  return {
    exchange: (ask) => exchangeOn({ ...ask, guard: options.guard }, reader, pool),
    async close() {
      pool?.close();
      await pages.close();
    },
  };
}

async function exchangeOn(ask: Ask, reader: ContentReader, pool?: LinePool): Promise<Exchanged> {
  const wall = wallClock();
  const limits = { ...LIMITS, ...ask.limits };
  const keepAlive = pool !== undefined;
  let request: Prepared;
  try {
    request = prepare(ask, keepAlive);
  } catch (error) {
    const now = performance.now();
    const why = failure('probe-error', 'request', `the request cannot be sent: ${errorText(error).message}`);
    return seen(unsendable(ask), { outcome: why, startedAt: now, endedAt: now }, why, {}, wall);
  }
  const to: Destination = {
    address: request.address,
    url: request.url,
    guard: ask.guard,
    headBytes: limits.headBytes,
    ...(ask.ca === undefined ? {} : { ca: ask.ca }),
  };
  const line = pool?.take(to) ?? new Line(to);
  const transferred = await transfer(line, request, limits, keepAlive, ask.signal);
  const connected = line.takeTimings();
  const { outcome } = transferred;
  if (pool === undefined || outcome.kind === 'failure') line.destroy();
  else pool.give(line);
  const result = outcome.kind === 'failure' ? outcome : await answerOf(outcome, ask, limits, reader);
  return seen(request.shown, transferred, withoutSecrets(result, ask.secrets), connected, wall);
}

async function answerOf(
  { body, httpVersion, status, reason, fields }: Received,
  ask: Ask,
  limits: Limits,
  reader: ContentReader,
): Promise<Answer | Failure> {
  const facts = await reader.read(body, fields, ask.url, limits, ask.read);
  if ('kind' in facts) return facts;
  return { kind: 'answer', httpVersion, status, reason, fields, bytes: body.length, ...facts };
}

function seen(
  request: Exchanged['request'],
  { startedAt, sentAt, answeredAt, endedAt }: Transferred,
  result: Answer | Failure,
  connected: Omit<Timings, 'total'>,
  wall: (monotonicMs: number) => Instant,
): Exchanged {
  const ttfb = sentAt === undefined || answeredAt === undefined ? {} : { ttfb: (answeredAt - sentAt) / 1000 };
  return {
    request,
    requestTime: wall(sentAt ?? startedAt),
    responseTime: wall(answeredAt ?? endedAt),
    timings: { ...connected, ...ttfb, total: (endedAt - startedAt) / 1000 },
    result,
  };
}

// A server may send back what it was sent.
function withoutSecrets(result: Answer | Failure, secrets: readonly string[] | undefined): Answer | Failure {
  if (secrets === undefined || secrets.length === 0) return result;
  const redact = redactor(secrets);
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
