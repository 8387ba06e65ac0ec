// How is one origin scripted for many scenarios at once? Each has a folder of its own and says which step is being played.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { wallNow } from '../../probe/exchange/clock.ts';
import { close, listen } from '../../probe/lab/listening.ts';
import { fromRaw } from '../../probe/lab/upstream.ts';
import { combined } from '../../shared/http/fields.ts';
import { answerOf, said } from './answer.ts';
import type { Place, Said } from './answer.ts';
import type { OriginRequest } from './outcome.ts';
import type { OriginAnswer, Scenario } from './scenario.ts';
import { ORIGIN_TAKES } from './schedule.ts';

/** One request as the origin got it; `answeredAt` is there once it was answered. */
export type Arrival = Omit<OriginRequest, 'answeredAt'> & { answeredAt?: number };

/** One scenario that is being played. */
export interface Run {
  readonly scenario: Scenario;
  readonly place: Place;
  /** Index of the step that is being played. */
  step: number;
  /** What the origin got in this step. */
  arrivals: Arrival[];
}

export interface Origin {
  /** Base address. */
  readonly address: string;
  /** Opens a folder for a scenario; `name` appears in paths. */
  open(scenario: Scenario, authority: string): Run;
  close(run: Run): void;
  stop(): Promise<void>;
}

/** Listens on a free loopback port. What belongs to no scenario is answered 404, not to be stored. */
export async function startOrigin(): Promise<Origin> {
  const runs = new Map<string, Run>();
  const session = Math.floor(Math.random() * 36 ** 4).toString(36);
  let opened = 0;
  const server: Server = createServer({ keepAliveTimeout: 300_000 }, (request, response) => {
    const run = runs.get(folderOf(request.url ?? ''));
    if (run) void answer(run, request, response);
    else response.writeHead(404, { 'Cache-Control': 'no-store', 'Content-Length': 0 }).end();
  });
  const port = await listen(server);
  return {
    address: `http://127.0.0.1:${port}`,
    open: (scenario, authority) => {
      opened += 1;
      const folder = `/${scenario.id}-${session}-${opened}`;
      const run: Run = { scenario, place: { origin: `http://${authority}`, folder }, step: 0, arrivals: [] };
      runs.set(folder, run);
      return run;
    },
    close: ({ place }) => void runs.delete(place.folder),
    stop: () => close(server),
  };
}

/** The first segment of a path, or of an absolute URI's path. */
const folderOf = (target: string): string => /^(?:https?:\/\/[^/]*)?(\/[^/?]*)/.exec(target)?.[1] ?? '';

async function answer(run: Run, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '' } = request;
  const step = run.step;
  const arrival: Arrival = {
    method,
    path: url.slice(url.indexOf(run.place.folder) + run.place.folder.length + 1),
    fields: fromRaw(request.rawHeaders),
    at: wallNow(),
  };
  const scripted = answerOf(run.scenario, step, run.arrivals.length);
  run.arrivals.push(arrival);
  request.resume();
  request.on('error', () => undefined);
  await sleep((scripted.delay + ORIGIN_TAKES) * 1000);
  // what has reached a client of this process by now is read before this instant is taken
  await turn();
  arrival.answeredAt = wallNow();
  if (scripted.fail === 'refuse') request.socket.resetAndDestroy();
  else write(response, said(scripted, step, arrival, arrival.answeredAt, run.place), scripted);
}

function write(response: ServerResponse, { status, fields, body }: Said, { fail, trailers }: OriginAnswer): void {
  response.sendDate = false;
  response.writeHead(status, fields.flat());
  if (fail === 'cut') {
    const half = Buffer.from(body).subarray(0, Math.ceil(body.length / 2));
    response.write(half, () => setImmediate(() => response.socket?.resetAndDestroy()));
    return;
  }
  if (trailers !== undefined) response.addTrailers(trailers.map(([name, value]): [string, string] => [name, value]));
  response.end(body);
  // framed by the end of the connection
  const isOpenEnded = combined(fields, 'connection') === 'close';
  if (isOpenEnded) response.socket?.end();
}
