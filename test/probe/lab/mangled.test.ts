// Whatever stands at either side of it, the embedded cache answers or closes, keeps nothing broken, and goes on serving.
import { createServer, request } from 'node:http';
import { connect, createServer as createTcp } from 'node:net';
import type { Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../../probe/lab/listening.ts';
import { startReverseProxy } from '../../../probe/lab/reverse-proxy.ts';
import { answers, requests } from './mangled-bytes.ts';
import type { Bytes } from './mangled-bytes.ts';
import { ask } from './talk.ts';

const SEED = 20_111;

/** Seconds after which whoever has neither answered nor closed hangs. */
const PATIENCE = 4;

const GOOD = 'HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nX-Good: 1\r\nContent-Length: 10\r\n\r\na good one';

const running: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop();
});

interface RawOrigin {
  readonly address: string;
  /** Resolves when no connection is open: the next request comes on a new one. */
  drained(): Promise<void>;
}

/** Calls back for the head of each request; the socket is the test's. */
async function rawOrigin(answer: (path: string, socket: Socket) => unknown): Promise<RawOrigin> {
  const open = new Set<Socket>();
  const server: Server = createTcp((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    let received = '';
    socket.on('data', (piece) => {
      received += piece.toString('latin1');
      for (let end = received.indexOf('\r\n\r\n'); end !== -1; end = received.indexOf('\r\n\r\n')) {
        const path = received.split(' ')[1] ?? '';
        received = received.slice(end + 4);
        // what comes after the end has not been seen
        if (!socket.writableEnded) void answer(path, socket);
      }
    });
  });
  const port = await listen(server);
  running.push(() => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const drained = async (): Promise<void> => {
    while (open.size > 0) await sleep(1);
    // the other end learns of it, too
    await sleep(1);
  };
  return { address: `http://127.0.0.1:${port}`, drained };
}

async function proxyBefore(origin: string): Promise<string> {
  const proxy = await startReverseProxy({ origin, port: 0 });
  running.push(() => proxy.stop());
  return proxy.address;
}

async function send(socket: Socket, { text, pauses }: Bytes): Promise<void> {
  let from = 0;
  for (const to of [...pauses, text.length]) {
    if (to <= from || socket.destroyed) continue;
    socket.write(text.slice(from, to), 'latin1');
    from = to;
    if (from < text.length) await sleep(1);
  }
}

/** What came of one request: the answer whole, or broken off, or no answer that can be read. */
type Seen =
  | {
      readonly kind: 'whole';
      readonly status: number;
      readonly body: string;
      readonly fields: NodeJS.Dict<string | string[]>;
    }
  | { readonly kind: 'broken' }
  | { readonly kind: 'unreadable'; readonly why: string };

function look(address: string, path: string): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const sent = request(`${address}${path}`, { agent: false, timeout: PATIENCE * 1000 }, (answer) => {
      let body = '';
      answer.setEncoding('latin1');
      answer.on('data', (piece: string) => (body += piece));
      answer.once('error', () => resolve({ kind: 'broken' }));
      answer.once('end', () =>
        resolve({ kind: 'whole', status: answer.statusCode ?? 0, body, fields: answer.headers }),
      );
    });
    sent.once('timeout', () => reject(new Error(`no answer for ${PATIENCE} seconds`)));
    sent.once('upgrade', (_, socket) => {
      socket.destroy();
      resolve({ kind: 'unreadable', why: 'an upgrade' });
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      resolve(
        error.code?.startsWith('HPE_') === true ? { kind: 'unreadable', why: error.message } : { kind: 'broken' },
      );
    });
    sent.end();
  });
}

/** The content of a message after which its connection is closed, as RFC 9112 section 6.3 frames it; undefined: not complete. */
function contentOf(text: string): string | undefined {
  const [, status = ''] = /^HTTP\/1\.\d (\d{3})/.exec(text) ?? [];
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [head, rest] = [text.slice(0, end), text.slice(end + 4)];
  if (/^1(?!01)/.test(status)) return contentOf(rest);
  if (status === '204' || status === '304') return '';
  const coding = [...head.matchAll(/^transfer-encoding:[ \t]*(.*?)[ \t]*$/gim)].map((m) => m[1]!.toLowerCase()).join();
  if (/(^|,\s*)chunked$/.test(coding)) return chunksOf(rest);
  const lengths = [...head.matchAll(/^content-length:[ \t]*(.*?)[ \t]*$/gim)].map((m) => m[1]!);
  if (coding !== '' || lengths.length === 0) return rest;
  const length = Number(lengths[0]);
  return rest.length >= length ? rest.slice(0, length) : undefined;
}

function chunksOf(text: string): string | undefined {
  let content = '';
  for (let at = 0; ;) {
    const size = /^([0-9a-f]+)[^\r\n]*\r\n/i.exec(text.slice(at));
    if (size === null) return undefined;
    const length = parseInt(size[1]!, 16);
    at += size[0].length;
    if (length === 0) return text.includes('\r\n', at) ? content : undefined;
    if (at + length > text.length) return undefined;
    content += text.slice(at, at + length);
    at += length + 2;
  }
}

/** One proxy before one origin, so that several can go on at once. */
async function mangledAnswers(seed: number): Promise<void> {
  const planned = new Map<string, { bytes: Bytes; isReset: boolean }>();
  const asked = new Map<string, number>();
  const origin = await rawOrigin(async (path, socket) => {
    const plan = planned.get(path);
    asked.set(path, (asked.get(path) ?? 0) + 1);
    if (plan === undefined || asked.get(path) !== 1) socket.end(GOOD);
    else {
      await send(socket, plan.bytes);
      if (!plan.isReset) return void socket.end();
      // what is still under way when a connection is reset may be lost
      await sleep(2);
      socket.resetAndDestroy();
    }
  });
  const address = await proxyBefore(origin.address);
  let turn = 0;
  await fc.assert(
    fc.asyncProperty(answers, fc.boolean(), async (bytes, isReset) => {
      const path = `/${++turn}`;
      // where only the end of the connection ends the content, a reset is no end: see below
      const isFramed = /content-length|chunked/i.test(bytes.text);
      planned.set(path, { bytes, isReset: isReset && isFramed });
      const complete = contentOf(bytes.text);
      const first = await look(address, path);
      if (first.kind === 'unreadable') throw new Error(first.why);
      if (first.kind === 'whole' && first.status !== 502) expect(first.body).toBe(complete);
      await origin.drained();
      const again = await look(address, path);
      await origin.drained();
      if (asked.get(path) === 1) expect(again).toMatchObject({ kind: 'whole', body: complete });
      else expect(again).toMatchObject({ kind: 'whole', status: 200, body: 'a good one' });
    }),
    { seed, numRuns: 1250 },
  );
  expect(await look(address, '/good')).toMatchObject({ kind: 'whole', status: 200, body: 'a good one' });
}

describe('an origin that sends anything', () => {
  it(
    'gets an answer or a closed connection through to the client, and nothing broken into the store',
    { timeout: 600_000 },
    async () => {
      await Promise.all(Array.from({ length: 8 }, (_, i) => mangledAnswers(SEED + i)));
    },
  );

  it('does not take for whole what was to end with its connection, and was reset', async () => {
    const origin = await rawOrigin(async (_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\nhalf of it');
      await sleep(50);
      socket.resetAndDestroy();
    });
    const address = await proxyBefore(origin.address);
    expect((await look(address, '/')).kind).toBe('broken');
    expect((await look(address, '/')).kind).toBe('broken');
  });

  it('ends a head without end', async () => {
    const origin = await rawOrigin((_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = (): void => {
        while (!socket.destroyed && socket.write(`X-${'a'.repeat(100)}: b\r\n`));
      };
      socket.on('drain', more);
      more();
    });
    const address = await proxyBefore(origin.address);
    expect(await look(address, '/')).toMatchObject({ kind: 'whole', status: 502 });
  });

  it('ends interim responses without end', { timeout: 60_000 }, async () => {
    const origin = await rawOrigin((_, socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(100)));
      };
      socket.on('drain', more);
      more();
    });
    const address = await proxyBefore(origin.address);
    const gone = new AbortController();
    const seen = look(address, '/').finally(() => gone.abort());
    const bound = sleep(PATIENCE * 1000, 'still open', { signal: gone.signal }).catch(() => 'over');
    expect(await Promise.race([seen.then(({ kind }) => kind), bound])).not.toBe('still open');
  });

  it.each([
    ['in the same piece', 0],
    ['a moment later', 20],
  ])('cannot answer a request that nobody has sent yet: %s', async (_, pause) => {
    const evil = 'HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\nevil';
    const origin = await rawOrigin(async (path, socket) => {
      if (path !== '/first') return void socket.write(GOOD);
      const whole = GOOD.replace('max-age=60', 'no-store');
      if (pause === 0) return void socket.write(whole + evil);
      socket.write(whole);
      await sleep(pause);
      socket.write(evil);
    });
    const address = await proxyBefore(origin.address);
    await look(address, '/first');
    await sleep(100);
    for (const path of ['/second', '/third']) {
      const seen = await look(address, path);
      if (seen.kind === 'whole') expect(seen.body).not.toBe('evil');
    }
  });
});

describe('a client that sends anything', () => {
  it(
    'gets an answer or a closed connection, and only whole messages reach the origin',
    { timeout: 600_000 },
    async () => {
      const refused: string[] = [];
      const server = createServer((message, response) => {
        message.resume();
        message.once('error', () => undefined);
        message.once('end', () => response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end('a good one'));
      });
      server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
        if (/^HPE_(?!INVALID_EOF)/.test(error.code ?? '')) refused.push(`${error.code}: ${error.message}`);
        socket.destroy();
      });
      const port = await listen(server);
      running.push(() => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      });
      const address = await proxyBefore(`http://127.0.0.1:${port}`);
      const proxyPort = Number(new URL(address).port);
      await fc.assert(
        fc.asyncProperty(requests, async (bytes) => {
          await answeredOrClosed(proxyPort, bytes);
          expect(refused).toEqual([]);
          expect((await ask(address, '/good')).body).toBe('a good one');
        }),
        { seed: SEED, numRuns: 1000 },
      );
    },
  );
});

/** Rejects when there is neither an answer nor an end. */
function answeredOrClosed(port: number, bytes: Bytes): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const settle = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve();
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`neither an answer nor an end for ${PATIENCE} seconds`));
    }, PATIENCE * 1000);
    socket.on('error', settle);
    socket.on('close', settle);
    socket.once('data', (first) => {
      if (!first.toString('latin1').startsWith('HTTP/1.1 '))
        reject(new Error(`no answer: ${first.toString('latin1')}`));
      settle();
    });
    socket.on('connect', () => void send(socket, bytes).then(() => socket.end()));
  });
}
