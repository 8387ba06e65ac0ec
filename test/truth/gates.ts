// When did each node itself let go? A gate in front of every node, in a process of its own: it hands every message on, holds
// PURGE back for a random time, notes when each went in and when its answer began, and lets visitors in all the while.
import { Agent, createServer, request as send } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../../probe/lab/listening.ts';
import { chanceFrom } from '../../shared/model/chance.ts';

/** One message as the gate saw it; instants are seconds of the machine's monotonic clock, the same in every process. */
export interface Passed {
  readonly node: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The lab's origin names the build in it. */
  readonly etag: string;
  /** Just before it was written to the node. */
  readonly sentAt: number;
  /** When the head of the node's answer had come. */
  readonly answeredAt: number;
}

export interface GatesWanted {
  readonly nodes: readonly { readonly id: string; readonly address: string }[];
  readonly host: string;
  readonly seed: number;
  /** Seconds for which PURGE is held back at most. */
  readonly delay: number;
  /** Seconds between two visitors of one node, on average. */
  readonly visits: number;
}

/** What the parent says: how to begin, which page visitors want from now on, or that it wants to see the notes. */
export type ToGates =
  { readonly open: GatesWanted } | { readonly visit: string | undefined } | { readonly notes: true };

export type FromGates =
  | { readonly gates: readonly { readonly id: string; readonly address: string }[] }
  | { readonly passed: readonly Passed[] };

const now = (): number => Number(process.hrtime.bigint()) / 1e9;
const agent = new Agent({ keepAlive: true });
let passed: Passed[] = [];
let wanted: string | undefined;

process.on('message', (message: ToGates) => {
  if ('open' in message) void open(message.open);
  else if ('visit' in message) wanted = message.visit;
  else {
    tell({ passed });
    passed = [];
  }
});
process.once('disconnect', () => process.exit(0));

const tell = (message: FromGates): void => void process.send?.(message);

async function open({ nodes, host, seed, delay, visits }: GatesWanted): Promise<void> {
  const chance = chanceFrom(seed);
  const gates = [];
  for (const { id, address } of nodes) {
    const server = createServer((request, response) => {
      const wait = request.method === 'PURGE' ? chance() * delay : 0;
      void sleep(wait * 1000).then(() => handOn(id, address, request, response));
    });
    server.keepAliveTimeout = 300_000;
    gates.push({ id, address: `http://127.0.0.1:${await listen(server)}` });
    void visit(id, address, host, visits, chance);
  }
  tell({ gates });
}

function handOn(id: string, address: string, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url = '/', rawHeaders } = request;
  ask(id, address, method, url, rawHeaders, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(response);
  }).on('error', () => response.destroy());
  request.resume();
}

/** Visitors come by chance, as they do. */
async function visit(id: string, address: string, host: string, mean: number, chance: () => number): Promise<void> {
  for (;;) {
    await sleep(-Math.log(1 - chance()) * mean * 1000);
    if (wanted !== undefined) ask(id, address, 'GET', wanted, ['Host', host], (a) => a.resume()).on('error', () => {});
  }
}

function ask(
  node: string,
  address: string,
  method: string,
  path: string,
  headers: readonly string[],
  answered: (answer: IncomingMessage) => void,
) {
  const sentAt = now();
  const { hostname, port } = new URL(address);
  return send({ agent, host: hostname, port, method, path, headers }, (answer) => {
    const { statusCode: status = 0, headers: fields } = answer;
    passed.push({ node, method, path, status, etag: fields.etag ?? '', sentAt, answeredAt: now() });
    answered(answer);
  }).end();
}
