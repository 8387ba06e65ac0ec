// Whatever a server does, the exchange ends within its deadline in an answer or a typed failure, and holds nothing.
import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../shared/observation.ts';
import type { Limits } from '../../../probe/exchange/limits.ts';
import { answered, ask, askOnce, failed } from '../hostile/asking.ts';
import { growing } from '../hostile/memory.ts';
import { answer, drips, floods, rawServer, sends } from '../hostile/raw-server.ts';
import type { Script } from '../hostile/raw-server.ts';

const OK = 'HTTP/1.1 200 OK\r\n';
const quick: Partial<Limits> = { total: 0.6 };

interface Hostile {
  readonly does: string;
  readonly script: Script;
  readonly code: FailureCode;
  readonly phase: 'head' | 'body';
  readonly limits?: Partial<Limits>;
}

const resets =
  (...pieces: string[]): Script =>
  (socket) => {
    for (const piece of pieces) socket.write(piece);
    setTimeout(() => socket.resetAndDestroy(), 20);
  };

const cases: readonly Hostile[] = [
  { does: 'never answers', script: () => {}, code: 'deadline', phase: 'head', limits: { head: 0.3 } },
  { does: 'closes at once', script: (s) => s.end(), code: 'connection-closed', phase: 'head' },
  { does: 'resets at once', script: resets(), code: 'connection-closed', phase: 'head' },
  { does: 'closes within the head', script: sends(`${OK}X-A: 1\r\nX-`), code: 'connection-closed', phase: 'head' },
  {
    does: 'resets within a counted body',
    script: resets(`${OK}Content-Length: 9\r\n\r\n`, 'abc'),
    code: 'connection-closed',
    phase: 'body',
  },
  {
    does: 'closes within a counted body',
    script: sends(`${OK}Content-Length: 9\r\n\r\nabc`),
    code: 'connection-closed',
    phase: 'body',
  },
  {
    does: 'closes within chunks',
    script: sends(`${OK}Transfer-Encoding: chunked\r\n\r\n9\r\nabc`),
    code: 'connection-closed',
    phase: 'body',
  },
  {
    does: 'closes before the last chunk',
    script: sends(`${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`),
    code: 'connection-closed',
    phase: 'body',
  },
  { does: 'says SSH', script: sends('SSH-2.0-OpenSSH_9.2\r\n'), code: 'malformed-response', phase: 'head' },
  { does: 'says HTTP/0.9', script: sends('<html>no head at all</html>'), code: 'malformed-response', phase: 'head' },
  { does: 'says HTTP/9.9', script: sends('HTTP/9.9 200 OK\r\n\r\n'), code: 'malformed-response', phase: 'head' },
  {
    does: 'sends a status that is no number',
    script: sends('HTTP/1.1 abc OK\r\n\r\n'),
    code: 'malformed-response',
    phase: 'head',
  },
  {
    does: 'sends noise',
    script: sends(Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7919) % 256))),
    code: 'malformed-response',
    phase: 'head',
  },
  {
    does: 'sends NUL in a field',
    script: sends(`${OK}X-A: a\u0000b\r\n\r\n`),
    code: 'malformed-response',
    phase: 'head',
  },
  {
    does: 'sends two lengths',
    script: sends(`${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`),
    code: 'malformed-response',
    phase: 'head',
  },
  {
    does: 'sends a chunk size that is no number',
    script: sends(`${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n`),
    code: 'malformed-response',
    phase: 'body',
  },
  {
    // RFC 9110 section 15.2 would have us pass it over; the HTTP client does not
    does: 'says 100 Continue unasked',
    script: sends('HTTP/1.1 100 Continue\r\n\r\n', answer('x')),
    code: 'malformed-response',
    phase: 'head',
  },
  {
    does: 'switches protocols unasked',
    script: sends('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
    code: 'malformed-response',
    phase: 'head',
  },
  {
    does: 'sends a field of 1 MB',
    script: sends(`${OK}X-Big: ${'x'.repeat(1_000_000)}\r\n\r\n`),
    code: 'head-too-large',
    phase: 'head',
  },
  { does: 'sends fields without end', script: floods('X-More: yes\r\n', OK), code: 'head-too-large', phase: 'head' },
  {
    does: 'sends 20,000 tiny fields',
    script: sends(`${OK}${'a:\r\n'.repeat(20_000)}\r\n`),
    code: 'too-many-fields',
    phase: 'head',
  },
  {
    does: 'sends 600 trailers',
    script: sends(`${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${'a: 1\r\n'.repeat(600)}\r\n`),
    code: 'too-many-fields',
    phase: 'body',
  },
  {
    does: 'sends a trailer of 1 MB',
    script: sends(`${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nX: ${'x'.repeat(1_000_000)}\r\n\r\n`),
    code: 'head-too-large',
    phase: 'body',
  },
  {
    does: 'sends 103 without end',
    script: floods('HTTP/1.1 103 Early Hints\r\n\r\n'),
    code: 'too-many-interim-responses',
    phase: 'head',
  },
  {
    does: 'sends 103 now and then',
    script: (s) => {
      const t = setInterval(() => s.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 50);
      s.on('close', () => clearInterval(t));
    },
    code: 'deadline',
    phase: 'head',
    limits: { head: 0.4 },
  },
  {
    does: 'sends an endless body to the end of the connection',
    script: floods(Buffer.alloc(65_536, 'x'), `${OK}\r\n`),
    code: 'body-too-large',
    phase: 'body',
  },
  {
    does: 'sends endless chunks',
    script: floods(`10000\r\n${'x'.repeat(65_536)}\r\n`, `${OK}Transfer-Encoding: chunked\r\n\r\n`),
    code: 'body-too-large',
    phase: 'body',
  },
  {
    does: 'sends an endless chunk extension',
    script: floods('x'.repeat(65_536), `${OK}Transfer-Encoding: chunked\r\n\r\n1;`),
    code: 'deadline',
    phase: 'body',
    limits: quick,
  },
  {
    does: 'drips a body',
    script: drips('x', 300, `${OK}Content-Length: 1000\r\n\r\n`),
    code: 'deadline',
    phase: 'body',
    limits: { total: 1 },
  },
  {
    does: 'drips a head',
    script: drips('X-A: b\r\n', 100, OK),
    code: 'deadline',
    phase: 'head',
    limits: { head: 0.5 },
  },
  {
    does: 'stops within the body',
    script: (s) => s.write(`${OK}Content-Length: 9\r\n\r\nabc`),
    code: 'deadline',
    phase: 'body',
    limits: { idle: 0.3 },
  },
  {
    does: 'sends empty lines without end',
    script: floods('\r\n'.repeat(1000)),
    code: 'deadline',
    phase: 'head',
    limits: quick,
  },
];

describe('a server that', () => {
  it.each(cases)('$does: $code', async ({ script, code, phase, limits }) => {
    const exchanged = await askOnce(script, limits === undefined ? {} : { limits });
    expect(failed(exchanged)).toMatchObject({ code, phase });
    expect(failed(exchanged).message).toMatch(/^\S.{5,}$/);
    expect(exchanged.timings.total).toBeLessThan((limits?.total ?? limits?.head ?? limits?.idle ?? 5) + 1);
  });

  it('says what is no HTTP has its first bytes quoted', async () => {
    const { message } = failed(await askOnce(sends('SSH-2.0-OpenSSH_9.2\r\n\u001b[31m')));
    expect(message).toContain('SSH-2.0-OpenSSH_9.2');
    expect(message).not.toContain('\u001b');
  });

  it('sends more bytes than it announced is believed as far as it announced', async () => {
    expect(answered(await askOnce(sends(`${OK}Content-Length: 3\r\n\r\nabcdef`))).bytes).toBe(3);
  });

  it('sends millions of chunks of one byte costs less than a hundred bytes for each', async () => {
    const chunks = Buffer.from('1\r\nx\r\n'.repeat(10_000));
    const script = floods(chunks, `${OK}Transfer-Encoding: chunked\r\n\r\n`);
    const [exchanged, grown] = await growing(async () => askOnce(script, { limits: { bodyBytes: 2_000_000 } }));
    expect(failed(exchanged).code).toBe('body-too-large');
    expect(grown).toBeLessThan(150);
  });

  it('is not there is refused', async () => {
    const server = await rawServer(() => {});
    await server.close();
    expect(failed(await ask(server.address))).toMatchObject({
      code: 'connect-refused',
      source: 'network',
      phase: 'connect',
    });
  });

  it('has no address is not found', async () => {
    const address = 'http://nowhere.invalid:80';
    expect(failed(await ask(address))).toMatchObject({ code: 'resolve-failed', source: 'network', phase: 'resolve' });
  });

  it('is one of many hostile ones leaves no socket behind', async () => {
    const before = sockets();
    await Promise.all(cases.slice(1, 12).map(({ script }) => askOnce(script)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(sockets()).toBe(before);
  });
});

const sockets = (): number => process.getActiveResourcesInfo().filter((r) => r.startsWith('TCPSocket')).length;

// undici's own body readers pause the parser; a paused parser that meets the end of the connection ends the process.
describe('a body that arrives faster than it is read', () => {
  const piece = 'x'.repeat(16_384);
  const framings: Record<string, (n: number) => string> = {
    'Content-Length': (n) => `${OK}Content-Length: ${n * piece.length}\r\n\r\n${piece.repeat(n)}`,
    chunks: (n) => `${OK}Transfer-Encoding: chunked\r\n\r\n${`4000\r\n${piece}\r\n`.repeat(n)}0\r\n\r\n`,
    'the end of the connection': (n) => `${OK}\r\n${piece.repeat(n)}`,
  };

  it.each(Object.keys(framings))('ended by %s and a FIN is complete, however busy we are', async (framing) => {
    const message = framings[framing]?.(40) ?? '';
    const busy = setInterval(() => stall(3), 1);
    for (let i = 0; i < 20; i++) {
      const result = answered(await askOnce(sends(message)));
      expect(result.bytes).toBe(40 * piece.length);
    }
    clearInterval(busy);
  });

  it.each(Object.keys(framings))('cut short in %s by a FIN never throws', async (framing) => {
    const message = framings[framing]?.(40) ?? '';
    const busy = setInterval(() => stall(3), 1);
    for (let i = 0; i < 10; i++) {
      const { result } = await askOnce(sends(message.slice(0, message.length - 20_000)));
      expect(result.kind).toBe(framing === 'the end of the connection' ? 'answer' : 'failure');
    }
    clearInterval(busy);
  });
});

function stall(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('the same, on a plain answer', () => {
  it('nothing is suspected', async () => {
    expect(answered(await askOnce(sends(answer('fine'))))).not.toHaveProperty('problems');
  });
});
