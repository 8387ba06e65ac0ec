// A real server over a real store, with an engine that publishes what a test tells it to, and raw ways to talk to it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { advance, emptyReading } from '../../../shared/model/reading.ts';
import type { LiveMessage, Trace } from '../../../shared/trace.ts';
import { RequestProblem } from '../../../probe/server/engine.ts';
import type { Engine, Listener } from '../../../probe/server/engine.ts';
import { startServer } from '../../../probe/server/start-server.ts';
import type { ServerOptions } from '../../../probe/server/start-server.ts';
import { openStore } from '../../../probe/store/store.ts';
import type { Store } from '../../../probe/store/store.ts';
import { topology } from '../store/sample.ts';

const AT = '2026-01-01T00:00:00.000Z';

export const TOKEN = 'canary-token-3f9a';

export interface PublishingEngine extends Engine {
  /** Stores the message, takes it into the snapshot, tells every listener. */
  publish(message: LiveMessage): Promise<number>;
  /** Starts another trace, as a deploy would. */
  beginAnother(): Promise<void>;
  /** While set, `look` waits for it. */
  hold: Promise<void> | undefined;
  readonly purges: unknown[];
}

export async function engineOver(store: Store, lab: boolean): Promise<PublishingEngine> {
  const listeners = new Set<Listener>();
  const purges: unknown[] = [];
  const begin = async (): Promise<Trace> => ({
    strata: 1,
    kind: 'trace',
    id: await store.beginTrace(topology, 1000),
    startedAt: 1000,
    topology,
    observations: [],
    events: [],
    receipts: [],
    forecasts: [],
  });
  let trace = await begin();
  let reading = emptyReading(topology);
  const engine: PublishingEngine = {
    topology,
    lab,
    get traceId() {
      return trace.id;
    },
    hold: undefined,
    purges,
    now: () => 1234.5,
    snapshot: () => trace,
    reading: () => reading,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async publish(message) {
      const sequence = await store.append(trace.id, message);
      reading = advance(reading, message);
      if (message.type === 'observation') {
        trace = { ...trace, observations: [...trace.observations, message.data] };
      }
      for (const listener of listeners) listener(sequence, message);
      return sequence;
    },
    async beginAnother() {
      trace = await begin();
    },
    async look(request) {
      if (request.target !== undefined && request.target !== 'home') {
        throw new RequestProblem('target', `There is no target "${request.target}"; there is: home.`);
      }
      await engine.hold;
      return { strata: 1, verb: 'look', at: AT, nodes: [] };
    },
    when: async () => ({ strata: 1, verb: 'when', at: AT, changes: [], forecasts: [] }),
    trace: async () => ({
      strata: 1,
      verb: 'trace',
      startedAt: AT,
      endedAt: AT,
      events: [],
      flips: [],
      percentiles: {},
      notSeen: [],
      causes: [],
      requests: 0,
    }),
    explain: async () => {
      throw new Error(`our own mistake near http://user:hunter2@shop.example/ with ${TOKEN}`);
    },
    discover: async ({ url }) => ({
      strata: 1,
      verb: 'discover',
      at: '2026-01-01T00:00:00.000Z',
      url,
      answers: 1,
      topology: {
        layers: [{ id: 'o', role: 'origin', nodes: [{ id: 'n', address: 'http://127.0.0.1' }] }],
        targets: [{ id: 'page', url }],
      },
      claims: [],
      fillIn: [],
    }),
    async purge(request) {
      purges.push(request);
      return { strata: 1, verb: 'purge', dryRun: false, steps: [], warnings: [], receipts: [] };
    },
    deploy: async ({ marker, at = '2026-01-01T00:00:00.000Z' }) => ({
      strata: 1,
      verb: 'deploy',
      trace: trace.id,
      at: { earliest: at, latest: at },
      ...(marker !== undefined && { marker }),
    }),
    ...(lab && { labDeploy: async () => ({ build: '4f2c' }), labSettings: async (s) => s }),
  };
  return engine;
}

export interface Bench {
  readonly url: string;
  readonly port: number;
  readonly engine: PublishingEngine;
  readonly store: Store;
  /** The data folder. */
  readonly data: string;
  readonly log: string[];
  close(): Promise<void>;
}

/** `wrap` may put something between the server and the store. */
export async function startBench(
  options: Partial<ServerOptions> & { lab?: boolean; wrap?: (store: Store) => Store } = {},
): Promise<Bench> {
  const { lab = false, wrap = (s: Store) => s, ...rest } = options;
  const folder = mkdtempSync(join(tmpdir(), 'strata-server-'));
  const pageFolder = join(folder, 'web');
  mkdirSync(join(pageFolder, 'assets'), { recursive: true });
  writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><title>Strata</title>');
  writeFileSync(join(pageFolder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(pageFolder, 'assets', 'index-Bx3dQ9zA.js'), 'export {};');
  writeFileSync(join(folder, 'outside.txt'), 'outside');
  const store = await openStore(join(folder, 'data'));
  const engine = await engineOver(store, lab);
  const log: string[] = [];
  const served = wrap(store);
  const server = await startServer({
    port: 0,
    token: TOKEN,
    pageFolder,
    version: '9.9.9',
    engine,
    store: served,
    data: join(folder, 'data'),
    logTo: { write: (line) => log.push(line) },
    ...rest,
  }).catch(async (error: unknown) => {
    await store.close();
    rmSync(folder, { recursive: true });
    throw error;
  });
  return {
    url: server.url,
    port: Number(new URL(server.url).port),
    engine,
    store,
    data: join(folder, 'data'),
    log,
    async close() {
      await server.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** One exchange in which every field is the caller's (fetch would forbid Host, Origin and Sec-Fetch-Site). */
export function ask(
  bench: Pick<Bench, 'port'>,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Buffer,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: bench.port, method, path, headers, agent: false };
    const request = httpRequest(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const isJson = /json/.test(response.headers['content-type'] ?? '');
        const json = isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {};
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

export const post = (
  bench: Pick<Bench, 'port'>,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> => ask(bench, 'POST', path, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));

export const bearer = { authorization: `Bearer ${TOKEN}` };

/** Sends these bytes and resolves with all that came back. */
export function raw(bench: Pick<Bench, 'port'>, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(bench.port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('close', () => resolve(text)).on('error', reject);
  });
}
