// What one exchange sends, keeps and tells.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createExchanger } from '../../../probe/exchange/exchange.ts';
import { createGuard } from '../../../probe/exchange/guard.ts';
import { answered, ask, askOnce, failed } from '../hostile/asking.ts';
import { certificateFor } from '../hostile/certificate.ts';
import { answer, rawServer, sends } from '../hostile/raw-server.ts';

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('what is sent', () => {
  it('goes to the address and names the target’s host; the record shows every line as sent', async () => {
    const server = await rawServer(sends(answer('hello')));
    const { request } = await ask(server.address);
    await server.close();
    const [line, ...fields] = server.heads[0]?.split('\r\n') ?? [];
    expect(line).toBe('GET /page?x=1 HTTP/1.1');
    expect(fields).toEqual(request.fields.map(([name, value]) => `${name}: ${value}`));
    expect(fields.filter((f) => f.startsWith('host'))).toEqual(['host: shop.example']);
    expect(fields).toContain('accept-encoding: gzip, br');
    expect(fields.some((f) => /^user-agent: strata\/\d+\.\d+\.\d+$/.test(f))).toBe(true);
    expect(request).toMatchObject({ method: 'GET', url: 'http://shop.example/page?x=1', address: server.address });
  });

  it('lets a variant replace our own lines and add others, case kept', async () => {
    const server = await rawServer(sends(answer('hello')));
    await ask(server.address, {
      headers: [
        ['User-Agent', 'a phone'],
        ['X-Variant', 'mobile'],
      ],
    });
    await server.close();
    expect(server.heads[0]).toContain('\r\nUser-Agent: a phone\r\nX-Variant: mobile');
    expect(server.heads[0]).not.toContain('strata/');
  });

  it.each(['PURGE', 'BAN', 'FASTLYPURGE', 'HEAD'])('may be the method %s', async (method) => {
    const server = await rawServer(sends('HTTP/1.1 200 Purged\r\nContent-Length: 0\r\n\r\n'));
    const result = answered(await ask(server.address, { method }));
    await server.close();
    expect(server.heads[0]).toMatch(new RegExp(`^${method} /page`));
    expect(result).toMatchObject({ status: 200, reason: 'Purged', bytes: 0, decodedBytes: 0 });
    expect(result).not.toHaveProperty('digest');
  });

  it('is sent once: a connection that closes without an answer is a failure, not a second request', async () => {
    const server = await rawServer((socket) => socket.end());
    expect(failed(await ask(server.address))).toMatchObject({
      code: 'connection-closed',
      source: 'target',
      phase: 'head',
    });
    expect(server.accepted).toBe(1);
    expect(server.heads).toHaveLength(1);
    await server.close();
  });

  it('does not follow a redirect', async () => {
    const server = await rawServer(sends(answer('', ['Location: /elsewhere'], '302 Found')));
    expect(answered(await ask(server.address)).status).toBe(302);
    expect(server.heads).toHaveLength(1);
    await server.close();
  });

  it.each([
    ['a line break in a value', ['x-a', 'b\r\nx-injected: 1']],
    ['a line break in a name', ['x-a: b\r\nx-injected', '1']],
    ['a NUL in a value', ['x-a', 'b\u0000']],
    ['a second Host', ['Host', 'evil.example']],
    ['a Transfer-Encoding', ['Transfer-Encoding', 'chunked']],
  ] as const)('refuses %s before anything is written', async (_, line) => {
    const server = await rawServer(sends(answer('hello')));
    const exchanged = await ask(server.address, { headers: [line] });
    expect(failed(exchanged)).toMatchObject({ source: 'probe', phase: 'request', code: 'probe-error' });
    expect(failed(exchanged).message).toMatch(/^[\u0020-\u007e]+$/);
    expect(server.heads).toEqual([]);
    await server.close();
  });

  it.each([
    ['a URL', { url: 'not a url' }],
    ['a method', { method: 'GET /x HTTP/1.1\r\nx:' }],
    ['an address', { address: 'nowhere' }],
  ])('calls %s that is none a failure of the probe', async (_, wrong) => {
    expect(failed(await ask('http://127.0.0.1:1', wrong))).toMatchObject({ source: 'probe', code: 'probe-error' });
  });
});

describe('what is kept', () => {
  it('field lines stay in wire order, with their case and their duplicates', async () => {
    const lines = [
      'X-b: 2',
      'Cache-Control: max-age=60',
      'x-B: 1',
      'cache-control:  s-maxage=5 ',
      'Set-Cookie: a',
      'Set-Cookie: b',
    ];
    const result = answered(await askOnce(sends(answer('x', lines))));
    expect(result.fields).toEqual([
      ['X-b', '2'],
      ['Cache-Control', 'max-age=60'],
      ['x-B', '1'],
      ['cache-control', 's-maxage=5'],
      ['Set-Cookie', 'a'],
      ['Set-Cookie', 'b'],
      ['Content-Length', '1'],
    ]);
  });

  it('bytes beyond ASCII in a field come through one character a byte', async () => {
    const result = answered(await askOnce(sends(answer('x', ['X-Name: caf\u00e9']))));
    expect(result.fields[0]).toEqual(['X-Name', 'caf\u00e9']);
  });

  it('the version, the status and the reason are the final response’s; interim ones are passed over', async () => {
    const interim = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n';
    const result = answered(await askOnce(sends(interim.repeat(3), answer('done', ['X-Final: 1'], '404 Not Here'))));
    expect(result).toMatchObject({ httpVersion: '1.1', status: 404, reason: 'Not Here', bytes: 4 });
    expect(result.fields[0]).toEqual(['X-Final', '1']);
  });

  it('an HTTP/1.0 answer that ends with the connection is complete', async () => {
    const result = answered(await askOnce(sends('HTTP/1.0 200 OK\r\n\r\nold school')));
    expect(result).toMatchObject({ httpVersion: '1.0', bytes: 10, digest: sha256('old school') });
  });

  it('chunks are put together and trailers do not become fields', async () => {
    const chunked =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n1;ext=1\r\no\r\n0\r\nX-Trailer: 1\r\n\r\n';
    const result = answered(await askOnce(sends(chunked)));
    expect(result).toMatchObject({ bytes: 5, digest: sha256('hello') });
    expect(result.fields).toEqual([['Transfer-Encoding', 'chunked']]);
  });

  it('the digest is that of the decoded content; both sizes are told', async () => {
    const coded = gzipSync('hello '.repeat(100));
    const result = answered(await askOnce(sends(answer(coded, ['Content-Encoding: gzip']))));
    expect(result).toMatchObject({ bytes: coded.length, decodedBytes: 600, digest: sha256('hello '.repeat(100)) });
  });

  it('an answer of nothing has no digest', async () => {
    expect(answered(await askOnce(sends(answer('', [], '204 No Content'))))).not.toHaveProperty('digest');
  });
});

describe('when it happened', () => {
  it('the bracket holds the server’s decision, and the phases add up to no more than the total', async () => {
    let decidedAt = 0;
    const before = Date.now() / 1000;
    const exchanged = await askOnce((socket) => {
      decidedAt = Date.now() / 1000;
      setTimeout(() => socket.end(answer('x')), 30);
    });
    const { requestTime, responseTime, timings } = exchanged;
    expect(requestTime).toBeGreaterThan(before - 0.02);
    expect(requestTime).toBeLessThan(decidedAt + 0.02);
    expect(responseTime).toBeGreaterThan(decidedAt + 0.02);
    expect(timings).not.toHaveProperty('dns');
    expect(timings).not.toHaveProperty('tls');
    expect(timings.ttfb).toBeCloseTo(responseTime - requestTime, 5);
    expect((timings.connect ?? 0) + (timings.ttfb ?? 0)).toBeLessThanOrEqual(timings.total);
  });

  it('the first byte of the final head counts, not that of an interim response', async () => {
    const { timings } = await askOnce((socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\n\r\n');
      setTimeout(() => socket.end(answer('x')), 60);
    });
    expect(timings.ttfb).toBeGreaterThan(0.05);
  });
});

describe('TLS', () => {
  it('SNI and the certificate are those of the target, while the connection goes to the address', async () => {
    const certificate = certificateFor('shop.example');
    const server = await rawServer(sends(answer('secret')), certificate);
    const exchanged = await ask(server.address, { url: 'https://shop.example/', ca: certificate.cert });
    expect(answered(exchanged).status).toBe(200);
    expect(exchanged.timings.tls).toBeGreaterThan(0);
    expect(server.serverNames).toEqual(['shop.example']);
    await server.drained();
    await server.close();
  });

  it('a certificate for another name is a TLS failure and nothing is sent', async () => {
    const certificate = certificateFor('other.example');
    const server = await rawServer(sends(answer('secret')), certificate);
    const exchanged = await ask(server.address, { url: 'https://shop.example/', ca: certificate.cert });
    expect(failed(exchanged)).toMatchObject({ code: 'tls-failed', phase: 'tls', source: 'target' });
    expect(server.heads).toEqual([]);
    await server.drained();
    await server.close();
  });

  it('an unknown authority is a TLS failure', async () => {
    const server = await rawServer(sends(answer('secret')), certificateFor('shop.example'));
    expect(failed(await ask(server.address, { url: 'https://shop.example/' })).code).toBe('tls-failed');
    await server.close();
  });

  it('a server that speaks no TLS is a TLS failure', async () => {
    const server = await rawServer(() => {});
    const address = server.address.replace('http', 'https');
    const quick = { limits: { connect: 0.3 } };
    expect(failed(await ask(address, { url: 'https://shop.example/', ...quick })).phase).toBe('tls');
    await server.drained();
    await server.close();
  });
});

describe('secrets', () => {
  it('are sent, and seen nowhere in what comes back', async () => {
    const server = await rawServer((socket, head) =>
      sends(answer('x', [`X-Echo: ${/hush-\w+/.exec(head)?.[0]}`]))(socket, head),
    );
    const exchanged = await ask(server.address, {
      url: 'http://user:hush-pw@shop.example/?token=hush-1',
      headers: [
        ['X-Key', 'Bearer hush-2'],
        ['Cookie', 'session=hush-3'],
      ],
      secrets: ['hush-1', 'hush-2', 'hush-pw'],
      read: { marker: { header: 'x-echo' }, ignore: [], assets: false },
    });
    await server.close();
    expect(server.heads[0]).toContain('hush-2');
    expect(JSON.stringify(exchanged)).not.toContain('hush-');
    expect(exchanged.request.fields).toContainEqual(['X-Key', 'Bearer [redacted]']);
    expect(exchanged.request.fields).toContainEqual(['Cookie', '[redacted]']);
  });
});

describe('connections kept', () => {
  const reading = { marker: { digest: true }, ignore: [], assets: false } as const;

  it('one connection carries many exchanges, each told apart', async () => {
    let n = 0;
    const server = await rawServer((socket) => socket.write(answer(`body ${++n}`)));
    const exchanger = createExchanger({ guard: createGuard({ named: [server.address] }), connection: 'reuse' });
    const results = [];
    for (let i = 0; i < 5; i++) {
      results.push(await exchanger.exchange({ url: 'http://shop.example/', address: server.address, read: reading }));
    }
    expect(results.map((r) => answered(r).marker)).toEqual([1, 2, 3, 4, 5].map((i) => sha256(`body ${i}`)));
    expect(server.accepted).toBe(1);
    expect(results[0]?.timings.connect).toBeGreaterThan(0);
    expect(results[1]?.timings).not.toHaveProperty('connect');
    expect(results[0]?.request.fields).toContainEqual(['connection', 'keep-alive']);
    await exchanger.close();
    await server.drained();
    await server.close();
  });

  it('exchanges at the same time never share a connection', async () => {
    const server = await rawServer((socket, head) => {
      setTimeout(() => socket.write(answer(/GET (\S+)/.exec(head)?.[1] ?? '')), 20);
    });
    const exchanger = createExchanger({ guard: createGuard({ named: [server.address] }), connection: 'reuse' });
    const paths = ['/a', '/b', '/c', '/d'];
    const all = await Promise.all(
      paths.map((path) =>
        exchanger.exchange({ url: `http://shop.example${path}`, address: server.address, read: reading }),
      ),
    );
    expect(all.map((r) => answered(r).digest)).toEqual(paths.map(sha256));
    expect(server.accepted).toBe(4);
    await exchanger.close();
    await server.close();
  });

  it('a connection that the server closed is replaced by a new one', async () => {
    const server = await rawServer(sends(answer('x')));
    const exchanger = createExchanger({ guard: createGuard({ named: [server.address] }), connection: 'reuse' });
    const put = () => exchanger.exchange({ url: 'http://shop.example/', address: server.address });
    answered(await put());
    await server.drained();
    answered(await put());
    expect(server.accepted).toBe(2);
    await exchanger.close();
    await server.close();
  });

  it('bytes that nobody asked for are not taken for the next answer', async () => {
    let n = 0;
    const server = await rawServer((socket) => socket.write(Buffer.concat([answer(`${++n}`), answer('forged')])));
    const exchanger = createExchanger({ guard: createGuard({ named: [server.address] }), connection: 'reuse' });
    const bodies = [];
    for (let i = 0; i < 4; i++) {
      bodies.push(answered(await exchanger.exchange({ url: 'http://shop.example/', address: server.address })).digest);
    }
    expect(bodies).toEqual(['1', '2', '3', '4'].map(sha256));
    await exchanger.close();
    await server.close();
  });
});

describe('calling off', () => {
  it('ends an exchange under way', async () => {
    const calling = new AbortController();
    const exchanged = await askOnce(() => calling.abort(), { signal: calling.signal });
    expect(failed(exchanged)).toMatchObject({ code: 'aborted', source: 'probe', phase: 'head' });
  });

  it('keeps an exchange from starting', async () => {
    const server = await rawServer(sends(answer('x')));
    expect(failed(await ask(server.address, { signal: AbortSignal.abort() })).code).toBe('aborted');
    expect(server.accepted).toBe(0);
    await server.close();
  });
});
