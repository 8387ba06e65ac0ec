// Which servers are asked by the load generator? Each runs in a process of its own.
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Agent, cacheStores, interceptors } from 'undici';
import { listen } from '../../probe/lab/listening.ts';
import { startReverseProxy } from '../../probe/lab/reverse-proxy.ts';

/** What a page of 2 kB is answered with by `origin`; a cache may keep it for an hour. */
const FIELDS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'max-age=3600',
  ETag: '"4f2c-1"',
  'Last-Modified': 'Tue, 06 Jan 2026 10:00:00 GMT',
  'X-Content-Type-Options': 'nosniff',
};
const PAGE = Buffer.from(`<!doctype html><title>A page</title>${'<p>two kilobytes of it</p>\n'.repeat(76)}`);

export type ServerKind = 'origin' | 'strata' | 'undici' | 'memory';

/** @param given the origin's address; for `memory` what to answer, as JSON */
export async function startServer(kind: ServerKind, given: string): Promise<string> {
  switch (kind) {
    case 'origin':
      return serving((_, response) => {
        response.writeHead(200, { ...FIELDS, 'Content-Length': PAGE.length }).end(PAGE);
      });
    case 'strata':
      return (await startReverseProxy({ origin: given, port: 0, dialect: 'rfc9211' })).address;
    case 'undici':
      return serving(throughUndici(given));
    case 'memory':
      return serving(fromMemory(given));
  }
}

/** What a hit looked like, to be sent again byte for byte. */
export interface Seen {
  readonly status: number;
  readonly fields: readonly string[];
  /** Base 64. */
  readonly body: string;
}

function fromMemory(given: string): RequestListener {
  const { status, fields, body } = JSON.parse(given) as Seen;
  const bytes = Buffer.from(body, 'base64');
  return (_, response) => {
    response.writeHead(status, [...fields]).end(bytes);
  };
}

/** The shortest proxy that one would write around undici's cache. */
function throughUndici(origin: string): RequestListener {
  const dispatcher = new Agent().compose(interceptors.cache({ store: new cacheStores.MemoryCacheStore() }));
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/', headers } = request;
    const { connection: _, ...fields } = headers;
    const answer = await dispatcher.request({ origin, path, method, headers: fields });
    response.writeHead(answer.statusCode, answer.headers);
    answer.body.pipe(response);
  };
  return (request, response) => {
    pass(request, response).catch((error: Error) => response.writeHead(502).end(error.message));
  };
}

async function serving(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}`;
}
