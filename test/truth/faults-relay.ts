// What may happen to a purge on its way to one node? A relay in front of it that lets everything else through as it comes.
import { Agent, createServer, request as send } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FieldLine } from '../../shared/http/fields.ts';
import { close, listen } from '../../probe/lab/listening.ts';
import { fromRaw } from '../../probe/lab/upstream.ts';

/**
 * `lost`: answered 200 and never passed on. `late`: answered 200 at once and passed on after so many seconds. `bare`: passed on
 * without these fields. `silent`: taken and never answered.
 */
export type PurgeFate =
  | { readonly is: 'passed' }
  | { readonly is: 'lost' }
  | { readonly is: 'late'; readonly seconds: number }
  | { readonly is: 'refused'; readonly status: number; readonly fields?: Readonly<Record<string, string>> }
  | { readonly is: 'bare'; readonly without: string }
  | { readonly is: 'silent' };

export interface Relay {
  readonly address: string;
  /** What happens from now on to purges whose path holds `page`. */
  decide(page: string, fate: PurgeFate): void;
  /** Purges of paths that hold `page` that have come here. */
  purges(page: string): number;
  /** Answers of paths that hold `page` get these fields in addition. */
  adorn(page: string, fields: Readonly<Record<string, string>>): void;
  /** What is asked of paths that hold `page` goes by turns to the node and to this other one; purges go to the node alone. */
  share(page: string, other: string): void;
  stop(): Promise<void>;
}

interface Course {
  readonly upstream: URL;
  readonly agent: Agent;
  readonly fates: Map<string, PurgeFate>;
  readonly seen: string[];
  readonly added: Map<string, Readonly<Record<string, string>>>;
  readonly shared: Map<string, Turns>;
}

interface Turns {
  readonly other: URL;
  taken: number;
}

/** @param upstream The node's own address. */
export async function startRelay(upstream: string): Promise<Relay> {
  const course: Course = {
    upstream: new URL(upstream),
    agent: new Agent({ keepAlive: true }),
    fates: new Map(),
    seen: [],
    added: new Map(),
    shared: new Map(),
  };
  const server: Server = createServer((request, response) => {
    if (request.method === 'PURGE') void purged(course, request, response);
    else pass({ ...course, upstream: nextOf(course, request.url ?? '/') }, request, response);
  });
  server.keepAliveTimeout = 300_000;
  const port = await listen(server);
  return {
    address: `http://127.0.0.1:${port}`,
    decide: (page, fate) => void course.fates.set(page, fate),
    purges: (page) => course.seen.filter((url) => url.includes(page)).length,
    adorn: (page, fields) => void course.added.set(page, fields),
    share: (page, other) => void course.shared.set(page, { other: new URL(other), taken: 0 }),
    stop: async () => {
      await close(server);
      course.agent.destroy();
    },
  };
}

async function purged(course: Course, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/';
  course.seen.push(url);
  const fate = found(course.fates, url) ?? { is: 'passed' };
  switch (fate.is) {
    case 'passed':
      return pass(course, request, response);
    case 'bare':
      return pass(course, request, response, fate.without);
    case 'lost':
      return void response.end('Purged\n');
    case 'refused':
      return void response.writeHead(fate.status, fate.fields).end();
    case 'silent':
      return;
    case 'late':
      response.end('Purged\n');
      await sleep(fate.seconds * 1000);
      return pass(course, request);
  }
}

function nextOf({ upstream, shared }: Course, url: string): URL {
  const turns = found(shared, url);
  return turns === undefined || turns.taken++ % 2 === 0 ? upstream : turns.other;
}

function found<T>(byPage: ReadonlyMap<string, T>, url: string): T | undefined {
  return [...byPage].find(([page]) => url.includes(page))?.[1];
}

/** Field lines go through in their order and case, but for the one left out and those of this connection. */
function pass(course: Course, request: IncomingMessage, response?: ServerResponse, without?: string): void {
  const { upstream, agent, added } = course;
  const { method, url = '/' } = request;
  const fields = fromRaw(request.rawHeaders).filter(([name]) => !isHop(name) && name.toLowerCase() !== without);
  const { hostname: host, port } = upstream;
  const onward = send({ host, port, agent, method, path: url, headers: fields.flat(), setHost: false }, (answer) => {
    const back: FieldLine[] = fromRaw(answer.rawHeaders).filter(([name]) => !isHop(name));
    const more = Object.entries(found(added, url) ?? {});
    if (response === undefined) answer.resume();
    else {
      response.writeHead(answer.statusCode ?? 502, [...back, ...more].flat());
      answer.pipe(response);
    }
  });
  onward.on('error', () => response?.destroy());
  request.pipe(onward);
}

const isHop = (name: string): boolean => /^(connection|keep-alive|transfer-encoding)$/i.test(name);
