// What happens when a scenario is played through a cache over HTTP?
import { request as send } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { wallNow } from '../../probe/exchange/clock.ts';
import { fromRaw } from '../../probe/lab/upstream.ts';
import type { FieldLines } from '../../shared/http/fields.ts';
import { combined } from '../../shared/http/fields.ts';
import { expandedFields } from './answer.ts';
import type { Arrival, Origin, Run } from './origin.ts';
import type { ClientAnswer, NoAnswer, OriginRequest, Outcome, StepOutcome } from './outcome.ts';
import type { Scenario, ScenarioRequest } from './scenario.ts';
import { due, schedule } from './schedule.ts';

/** What clients ask for; everything is on loopback. */
export const AUTHORITY = 'shop.lab.test';

/** Seconds without a request at the origin after which nothing more is expected of a step. */
const SETTLES = 0.045;
const PATIENCE = 15;

/**
 * Plays all steps, with real waits.
 * @param address base address of the cache whose parent `origin` is
 * @param stagger 0 to 1: see schedule.ts
 */
export async function play(scenario: Scenario, address: string, origin: Origin, stagger = 0): Promise<Outcome> {
  const run = origin.open(scenario, AUTHORITY);
  const began = Math.ceil(wallNow());
  const outcome: StepOutcome[] = [];
  try {
    for (const [i, offset] of schedule(scenario, stagger).entries()) {
      await until(due(offset, began, wallNow()));
      run.step = i;
      run.arrivals = [];
      outcome.push(await playStep(run, address));
    }
  } finally {
    origin.close(run);
  }
  return outcome;
}

async function until(instant: number): Promise<void> {
  for (let left = instant - wallNow(); left > 0; left = instant - wallNow()) await sleep(Math.max(1, left * 1000));
}

async function playStep(run: Run, address: string): Promise<StepOutcome> {
  const { request, clients: count } = run.scenario.steps[run.step]!;
  const clients = await Promise.all(Array.from({ length: count }, () => ask(request, run, address)));
  const answeredAt = Math.max(...clients.map((client) => client.answeredAt));
  await settled(run, answeredAt);
  const arrivals = run.arrivals.filter(isAnswered);
  return {
    clients,
    asked: arrivals.filter((arrival) => arrival.answeredAt <= answeredAt),
    background: arrivals.filter((arrival) => arrival.answeredAt > answeredAt),
  };
}

const isAnswered = (arrival: Arrival): arrival is OriginRequest => arrival.answeredAt !== undefined;

/** Waits until the origin owes no answer and has been left alone for a moment. */
async function settled(run: Run, answeredAt: number): Promise<void> {
  for (;;) {
    const quietSince = Math.max(answeredAt, ...run.arrivals.map((a) => a.answeredAt ?? Infinity));
    if (wallNow() >= quietSince + SETTLES) return;
    await sleep(10);
  }
}

/** One exchange on a connection of its own; no redirect is followed. */
function ask(request: ScenarioRequest, { place }: Run, address: string): Promise<ClientAnswer | NoAnswer> {
  const { hostname, port } = new URL(address);
  const startedAt = wallNow();
  const fields = requestFields(request, startedAt, place);
  const exchange = { sent: fields, startedAt };
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ failure: error.message, ...exchange, answeredAt: wallNow() });
    const sent = send({
      host: hostname,
      port,
      method: request.method,
      path: `${place.folder}/${request.path}`,
      headers: fields.flat(),
      agent: false,
    });
    sent.setTimeout(PATIENCE * 1000, () => sent.destroy(new Error(`no answer within ${PATIENCE} s`)));
    sent.on('error', fail);
    sent.once('response', (answer) => void read(answer).then((got) => resolve({ ...got, ...exchange })));
    sent.end(request.body);
  });
}

/** The request's field lines with those that every client sends. */
export function requestFields(request: ScenarioRequest, now: number, place: Run['place']): FieldLines {
  const own = expandedFields(request.fields, now, place);
  const missing = (name: string): boolean => combined(own, name) === undefined;
  return [
    ...(missing('host') ? [['Host', place.origin.replace('http://', '')] as const] : []),
    ...own,
    ...(request.body !== undefined && missing('content-length')
      ? [['Content-Length', String(Buffer.byteLength(request.body))] as const]
      : []),
    ...(missing('connection') ? [['Connection', 'close'] as const] : []),
  ];
}

async function read(answer: IncomingMessage): Promise<Omit<ClientAnswer, 'sent' | 'startedAt'>> {
  const answeredAt = wallNow();
  const chunks: Buffer[] = [];
  let whole = true;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    whole = false;
  }
  return {
    status: answer.statusCode ?? 0,
    fields: fromRaw(answer.rawHeaders),
    body: Buffer.concat(chunks).toString(),
    whole: whole && answer.complete,
    answeredAt,
  };
}
