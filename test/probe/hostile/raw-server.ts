// A server that answers with whatever bytes a test wants: no HTTP library in between.
import { once } from 'node:events';
import { createServer as createTcp } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import type { TlsOptions } from 'node:tls';

export interface RawServer {
  /** `http://127.0.0.1:port`, or https. */
  readonly address: string;
  readonly port: number;
  /** Every request head that arrived, as text. */
  readonly heads: readonly string[];
  /** Server names that TLS clients asked for. */
  readonly serverNames: readonly unknown[];
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Resolves when no connection is open any more: what never resolves was leaked. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

/** What a server does with one connection once the request head has arrived. */
export type Script = (socket: Socket, head: string) => void;

/**
 * @param script Called for every request head.
 * @param tls Speaks TLS where given.
 */
export async function rawServer(script: Script, tls?: TlsOptions): Promise<RawServer> {
  const open = new Set<Socket>();
  const heads: string[] = [];
  const serverNames: unknown[] = [];
  let accepted = 0;
  const serve = (socket: Socket): void => {
    accepted++;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
    if ('servername' in socket) serverNames.push(socket.servername);
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        const head = received.slice(0, end);
        received = received.slice(end + 4);
        heads.push(head);
        script(socket, head);
      }
    });
  };
  const server: Server = tls === undefined ? createTcp(serve) : createTls(tls, serve);
  if (tls !== undefined) server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    address: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    heads,
    serverNames,
    get accepted() {
      return accepted;
    },
    async drained() {
      await Promise.all([...open].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers every request with these bytes, then closes. */
export const sends =
  (...pieces: (string | Uint8Array)[]): Script =>
  (socket) => {
    for (const piece of pieces) socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
    socket.end();
  };

/** One complete answer with this body; the connection stays open. */
export function answer(body: string | Uint8Array, fields: readonly string[] = [], status = '200 OK'): Buffer {
  const bytes = Buffer.from(body);
  const head = [`HTTP/1.1 ${status}`, ...fields, `Content-Length: ${bytes.length}`, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

/** Writes without end, as fast as the peer reads. */
export function floods(piece: string | Uint8Array, opening = ''): Script {
  return (socket) => {
    socket.write(opening, 'latin1');
    const more = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', more);
    more();
  };
}

/** Writes one byte of `text` every `ms` milliseconds after the opening. */
export function drips(text: string, ms: number, opening = ''): Script {
  return (socket) => {
    socket.write(opening, 'latin1');
    let at = 0;
    const timer = setInterval(() => socket.write(text.charAt(at++ % text.length), 'latin1'), ms);
    socket.on('close', () => clearInterval(timer));
  };
}
