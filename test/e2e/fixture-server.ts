// Plays a made-up site over the service's API in real time, for tests of the page and for looking at it.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forecastAll } from '../../shared/model/forecast-all.ts';
import { middle } from '../../shared/model/interval.ts';
import { advance, changeIn, emptyReading, tracksOf } from '../../shared/model/reading.ts';
import type { LiveMessage, RecordedForecast } from '../../shared/trace.ts';
import type { Trace } from '../../shared/trace.ts';
import { Site, crowd, recorded, shop } from '../fixtures/site.ts';
import { history, listed } from './recorded-traces.ts';

const WEB = fileURLToPath(new URL('../../dist/web/', import.meta.url));
const now = (): number => Date.now() / 1000;

/** Each prepares a site whose past has been played by the time that the page opens. */
export const scenarios = {
  steady: () => new Site(shop(now() - 50)),
  'half-rolled': () => {
    const site = new Site(shop(now() - 50));
    site.deploy('4f2c', now() - 4, 600);
    return site;
  },
  rising: () => {
    const site = new Site(shop(now() - 70, 45));
    site.deploy('4f2c', now() - 9);
    return site;
  },
  visible: () => {
    const site = new Site(shop(now() - 60, 10));
    site.deploy('4f2c', now() - 40);
    return site;
  },
  failed: () => {
    const site = new Site(shop(now() - 70, 45));
    site.deploy('4f2c', now() - 9);
    site.fail('edge-nyc', now() - 5);
    return site;
  },
  race: () => {
    const site = new Site(shop(now() - 45, 60));
    site.deploy('4f2c', now() - 12);
    site.purge('edge', now() - 6);
    return site;
  },
  sixty: () => {
    const site = new Site(crowd(now() - 70, 60, 2, 45));
    site.deploy('4f2c', now() - 30);
    return site;
  },
  deep: () => {
    const site = new Site(crowd(now() - 70, 8, 9, 45));
    site.deploy('4f2c', now() - 20);
    return site;
  },
  thousand: () => {
    const site = new Site(crowd(now() - 130, 1000, 2, 60));
    site.deploy('4f2c', now() - 70);
    return site;
  },
  arriving: () => {
    const site = new Site({ ...shop(now() - 8, 300), every: 0.15 });
    site.deploy('4f2c', now() - 3);
    site.purge('shield', now() - 2);
    site.purge('edge', now() - 1.2, 'edge-ams');
    return site;
  },
  /** A thousand nodes, four thousand looks a second; purged one after the other for ten seconds. */
  flood: () => {
    const site = new Site({ ...crowd(now() - 4, 1000, 1, 300), every: 0.25 });
    site.deploy('4f2c', now() - 1, 0.3);
    site.purge('edge', now() + 3);
    return site;
  },
  unanswered: () => new Site(shop(now() + 3600)),
} as const satisfies Record<string, () => Site>;

export type Scenario = keyof typeof scenarios;

export interface Fixture {
  readonly url: string;
  readonly site: Site;
  /** Ids of the recorded traces that are still there. */
  readonly traces: () => string[];
  /** Answers nothing under /api until called again. */
  silence(on: boolean): void;
  /** Lists a trace as still being recorded. */
  record(row: { readonly id: string; readonly startedAt: number; readonly expect?: string }): void;
  /** Drops every open stream. */
  drop(): void;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
// as the service says it, but for styles in attributes: the page does without
const CSP = "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'";

/** One file of the built page. */
export function sendFile(path: string, response: ServerResponse): void {
  const file = join(WEB, normalize(path === '/' ? '/index.html' : path));
  if (!file.startsWith(WEB) || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': CSP,
  });
  createReadStream(file).pipe(response);
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : JSON.parse(text);
}

/** Forecasts as the service records them: made once the origin is ready, graded when a node is seen to turn. */
class Scribe {
  reading;
  #made = new Map<string, RecordedForecast>();
  #for: string | undefined;

  constructor(site: Site) {
    this.reading = emptyReading(site.topology);
  }

  take(message: LiveMessage, at: number): LiveMessage[] {
    this.reading = advance(this.reading, message);
    const change = changeIn(this.reading, 'home', 'default');
    if (change.ready && change.previous.length > 0 && this.#for !== change.expect) {
      this.#for = change.expect;
      const states = tracksOf(this.reading, 'home', 'default').map((t) => t.state);
      const made = forecastAll(this.reading.topology, states, change, {}, at).filter(
        (f) => f.audience !== 'browser-copy' && !f.visible,
      );
      this.#made = new Map(made.map((forecast, i) => [forecast.node, { id: Math.round(at * 1000) + i, forecast }]));
      return [...this.#made.values()].map((data) => ({ type: 'forecast', data }));
    }
    return message.type === 'observation' ? this.#grade(message.data.node) : [];
  }

  #grade(node: string): LiveMessage[] {
    const made = this.#made.get(node);
    const track = tracksOf(this.reading, 'home', 'default').find((t) => t.state.node === node);
    const from = track?.history.at(-1)?.from;
    if (made === undefined || from === undefined || track?.state.content !== this.#for) return [];
    this.#made.delete(node);
    const absoluteError = Math.abs((made.forecast.median ?? made.forecast.earliest) - middle(from));
    const score = { flippedAt: from, boundsHeld: true, bandHeld: true, absoluteError, naiveError: absoluteError + 6 };
    return [{ type: 'forecast', data: { ...made, score } }];
  }
}

interface Stage {
  readonly site: Site;
  readonly messages: LiveMessage[];
  readonly streams: Set<ServerResponse>;
  builds: number;
  silent: boolean;
  /** What the list says of those that are still being recorded. */
  readonly recording: { readonly id: string; readonly kind: string; readonly state: string }[];
  /** Made when they are first asked for. */
  history?: Trace[];
}

const historyOf = (stage: Stage): Trace[] => (stage.history ??= history(now()));

/** What was recorded before: the list, one of them, and its deletion. */
function past(stage: Stage, request: IncomingMessage, response: ServerResponse, path: string): void {
  const json = (status: number, document: object): void =>
    void response
      .writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
      .end(JSON.stringify(document));
  const all = historyOf(stage);
  const id = path.slice('/api/v1/traces'.length).replace('/', '');
  const { recording } = stage;
  if (id === '')
    return json(200, { strata: 1, verb: 'traces', traces: [...recording, ...all.toReversed().map(listed)] });
  if (recording.some((t) => t.id === id))
    return json(409, { title: 'Conflict', detail: `The trace ${id} is still being recorded.` });
  const found = all.find((t) => t.id === id);
  if (found === undefined) return json(404, { title: 'Not Found', detail: 'There is no trace of this id.' });
  if (request.method !== 'DELETE') return json(200, found);
  if (found.summary?.expect === '11aa') return json(401, { title: 'Unauthorized', detail: 'This needs the token.' });
  stage.history = all.filter((t) => t !== found);
  return json(200, { strata: 1, verb: 'forgotten', trace: id });
}

async function act(stage: Stage, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const body = await bodyOf(request);
  const json = (status: number, document: object): void =>
    void response
      .writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
      .end(JSON.stringify(document));
  const { site } = stage;
  if (path === '/api/v1/lab/deploy') {
    const build = (0x51c0 + stage.builds++ * 0x1d3).toString(16);
    site.deploy(build, now(), Number(body['rollSeconds'] ?? 0.3));
    return json(200, { build });
  }
  if (path === '/api/v1/lab/settings') {
    site.maxAge = Number(body['maxAge']);
    return json(200, { maxAge: site.maxAge });
  }
  if (path === '/api/v1/purge') {
    const layers = site.topology.layers.filter(
      (l) => l.role === 'cache' && (body['layer'] === undefined || l.id === body['layer']),
    );
    layers
      .toReversed()
      .forEach((l, i) =>
        site.purge(l.id, now() + i * 0.5, typeof body['node'] === 'string' ? body['node'] : undefined),
      );
    return json(200, { strata: 1, verb: 'purge' });
  }
  return json(404, { title: 'Not found', detail: `There is no ${path}.` });
}

function open(stage: Stage, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!url.pathname.startsWith('/api/')) return sendFile(url.pathname, response);
  if (stage.silent) return void response.destroy();
  if (url.pathname === '/api/v1/live') {
    const { site, messages } = stage;
    const snapshot = {
      strata: 1,
      verb: 'live',
      now: now(),
      lab: true,
      mayPurge: true,
      lastEventId: messages.length,
      trace: recorded(site, messages),
    };
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(snapshot));
  }
  if (url.pathname === '/api/v1/events') {
    const from = Number(request.headers['last-event-id'] ?? url.searchParams.get('lastEventId') ?? 0);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(`event: hello\ndata: ${JSON.stringify({ now: now(), lastEventId: stage.messages.length })}\n\n`);
    stage.messages.slice(from).forEach((m, i) => response.write(lineOf(m, from + i + 1)));
    stage.streams.add(response);
    return void response.on('close', () => stage.streams.delete(response));
  }
  if (url.pathname.startsWith('/api/v1/traces')) return past(stage, request, response, url.pathname);
  void act(stage, request, response, url.pathname);
}

const lineOf = (m: LiveMessage, id: number): string =>
  `id: ${id}\nevent: ${m.type}\ndata: ${JSON.stringify(m.data)}\n\n`;

/** Serves dist/web and the scenario on a free port of 127.0.0.1, or on `port`. */
export async function startFixture(scenario: Scenario, port = 0): Promise<Fixture> {
  const site = scenarios[scenario]();
  const scribe = new Scribe(site);
  const stage: Stage = { site, messages: [], streams: new Set(), builds: 0, silent: false, recording: [] };
  const play = (): void => {
    for (const message of site.advanceTo(now())) {
      const at = message.type === 'observation' ? message.data.responseTime : now();
      // forecasts cost this process more than a flood leaves it
      for (const m of scenario === 'flood' ? [message] : [message, ...scribe.take(message, at)]) {
        stage.messages.push(m);
        for (const stream of stage.streams) stream.write(lineOf(m, stage.messages.length));
      }
    }
  };
  play();
  const timer = setInterval(play, 40);
  const server = createServer((request, response) => open(stage, request, response));
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fixture has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    site,
    traces: () => historyOf(stage).map((t) => t.id),
    silence: (on) => void (stage.silent = on),
    record: (row) => void stage.recording.push({ kind: 'trace', state: 'running', ...row }),
    drop: () => stage.streams.forEach((s) => s.destroy()),
    close: () =>
      new Promise((closed) => {
        clearInterval(timer);
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isScenario = (name: string): name is Scenario => name in scenarios;
  const name = process.argv[2] ?? 'rising';
  if (!isScenario(name)) throw new Error(`There is no scenario ${name}: ${Object.keys(scenarios).join(', ')}.`);
  const fixture = await startFixture(name, Number(process.argv[3] ?? 5199));
  console.log(fixture.url);
}
