// How does the service open its door, and how does it close it?
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Level } from 'pino';
import { ConfigError } from '../../shared/config-problem.ts';
import { openHistory } from '../store/history.ts';
import type { Store } from '../store/store.ts';
import { buildApp } from './app.ts';
import type { Engine } from './engine.ts';
import { allowedNames, bracketed, isLoopback, refuse } from './guard.ts';
import { openLog } from './log.ts';
import type { Destination } from './log.ts';
import { PROBLEM_TYPE, problemOf, problemResponse, Refusal, writeProblem } from './problem.ts';
import { sessionFor } from './session.ts';

export interface ServerOptions {
  /** Default 127.0.0.1. Any other than a loopback address needs a token and allowedHosts. */
  readonly host?: string;
  /** 0: any that is free. */
  readonly port: number;
  /** What lets a client change something. Empty: nobody can, but for the lab's own page. */
  readonly token: string;
  /** Names (without port) under which the service may be asked, besides those of loopback. */
  readonly allowedHosts?: readonly string[];
  readonly pageFolder: string;
  readonly version: string;
  readonly engine: Engine;
  readonly store: Store;
  /** The data folder, in which commands and deploys have their own traces; absent: those of the store are all. */
  readonly data?: string;
  /** Default `warn`. */
  readonly logLevel?: Level;
  /** Default standard error. */
  readonly logTo?: Destination;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 16_384,
  // our own guard answers a missing Host with a problem document
  requireHostHeader: false,
};

/** Listens until `close`. Throws ConfigError where the address is unprotected, in use or not ours. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', token, engine, store } = options;
  const allowed = allowedNames(host, token, options.allowedHosts ?? []);
  const log = openLog(options.logLevel ?? 'warn', [token], options.logTo);
  let newest = store.lastSequence();
  const unsubscribe = engine.subscribe((sequence) => {
    newest = sequence;
  });
  const app = buildApp({
    ...options,
    session: sessionFor(token),
    history: openHistory(options.data, store),
    log,
    loopback: isLoopback(host),
    lastEventId: () => newest,
  });
  const listener = getRequestListener(app.fetch, { errorHandler: unreadableTarget });
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const refusal = refuse(request, allowed);
    if (refusal === undefined) {
      return void Promise.resolve(listener(request, response)).catch((error: unknown) => {
        log.error({ method: request.method, error: String(error) }, 'could not be answered');
        response.destroy();
      });
    }
    log.warn({ method: request.method, status: refusal.status }, refusal.message);
    writeProblem(response, refusal, request.url?.startsWith('/') === true ? request.url : '');
  };
  const server = createServer(LIMITS, answer).on('clientError', answerUnreadable);
  try {
    const port = await listen(server, host, options.port);
    // such as too many open files: whoever comes later may be answered again
    server.on('error', (error) => log.error({ error: String(error) }, 'a connection could not be taken'));
    return { url: `http://${bracketed(host)}:${port}`, close: () => close(server, unsubscribe, app.end) };
  } catch (error) {
    unsubscribe();
    throw error;
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, host, port)));
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port));
  });
}

function explained(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new ConfigError(`Port ${port} of ${host} is already in use; choose another with --port.`);
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EACCES') {
    return new ConfigError(`${host} port ${port} cannot be listened on here (${error.code}).`);
  }
  return error;
}

/** What Node could not read as HTTP is answered too, with the status Node itself would give. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const refusal = unreadable(error.code);
  const body = JSON.stringify(problemOf(refusal, ''));
  socket.end(
    [
      `HTTP/1.1 ${refusal.status} Refused`,
      `Content-Type: ${PROBLEM_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

/** The adapter refuses targets that make no URL before the router sees them. */
const unreadableTarget = (): Response => problemResponse(new Refusal(400, 'The path cannot be read.'), '');

function unreadable(code: string | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') return new Refusal(431, 'The head of the request is too large.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Refusal(408, 'The request took too long to arrive.');
  return new Refusal(400, 'This is not a request of HTTP/1.1.');
}

async function close(server: Server, unsubscribe: () => void, endStreams: () => void): Promise<void> {
  unsubscribe();
  endStreams();
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const hurry = setTimeout(() => server.closeAllConnections(), 1000);
  await closed;
  clearTimeout(hurry);
}
