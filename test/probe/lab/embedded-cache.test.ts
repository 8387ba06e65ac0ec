import { request } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { startEmbeddedCache } from '../../../probe/lab/embedded-cache.ts';
import type { EmbeddedCacheOptions } from '../../../probe/lab/embedded-cache.ts';
import { freePort, listen } from '../../../probe/lab/listening.ts';
import { startReverseProxy } from '../../../probe/lab/reverse-proxy.ts';
import { dialectOf } from '../../../shared/dialects/index.ts';
import { ask, scriptedOrigin } from './talk.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0).reverse()) await server.stop();
});

async function cacheBefore(listener: RequestListener, options: Partial<EmbeddedCacheOptions> = {}): Promise<string> {
  const origin = await scriptedOrigin(listener);
  const cache = await startEmbeddedCache({ id: 'node-1', dialect: 'rfc9211', parents: [origin.address], ...options });
  running.push(origin, cache);
  return cache.address;
}

/** Answers with how often it was asked. */
const counting = (cacheControl: string, more: Readonly<Record<string, string>> = {}): RequestListener =>
  (() => {
    let asked = 0;
    return (_, response) => {
      asked += 1;
      response.writeHead(200, { 'Cache-Control': cacheControl, 'X-Asked': String(asked), ...more });
      response.end(`answer ${asked}`);
    };
  })();

describe('an embedded cache', () => {
  it('asks its parent once for what is fresh', async () => {
    const address = await cacheBefore(counting('max-age=60'));
    expect((await ask(address)).body).toBe('answer 1');
    const hit = await ask(address);
    expect(hit.body).toBe('answer 1');
    expect(hit.field('Age')).toBe('0');
  });

  it('asks again once the lifetime is over', async () => {
    const address = await cacheBefore(counting('max-age=1'));
    await ask(address);
    await sleep(1050);
    expect((await ask(address)).body).toBe('answer 2');
  });

  it.each(['rfc9211', 'varnish', 'nginx'])('says in the words of %s what it did, and is understood', async (id) => {
    const dialect = dialectOf(id)!;
    const address = await cacheBefore(counting('max-age=60'), { dialect: id });
    const [miss, hit] = [await ask(address), await ask(address)];
    expect(dialect.decode(miss.fields, miss.status)?.cacheStatus.hit ?? false).toBe(false);
    expect(dialect.decode(miss.fields, miss.status)?.cacheStatus.fwd).toMatch(/miss/);
    expect(dialect.decode(hit.fields, hit.status)?.cacheStatus.hit).toBe(true);
  });

  it('renews its copy with a conditional request that the parent answers 304', async () => {
    const conditional: (string | undefined)[] = [];
    const address = await cacheBefore(({ headers }, response) => {
      conditional.push(headers['if-none-match']);
      const isHeld = headers['if-none-match'] === '"a"';
      response.writeHead(isHeld ? 304 : 200, { 'Cache-Control': 'max-age=1', ETag: '"a"' });
      response.end(isHeld ? undefined : 'page');
    });
    await ask(address);
    await sleep(1050);
    const renewed = await ask(address);
    expect([renewed.status, renewed.body]).toEqual([200, 'page']);
    expect(renewed.field('Cache-Status')).toContain('fwd-status=304');
    expect(conditional).toEqual([undefined, '"a"']);
    expect((await ask(address)).field('Cache-Status')).toContain('hit');
  });

  it('answers 304 to a client that holds the copy', async () => {
    const address = await cacheBefore(counting('max-age=60', { ETag: '"a"' }));
    await ask(address);
    const said = await ask(address, '/', { headers: { 'If-None-Match': '"a"' } });
    expect([said.status, said.body]).toEqual([304, '']);
  });

  it('answers HEAD from the stored GET', async () => {
    const address = await cacheBefore(counting('max-age=60'));
    await ask(address);
    const said = await ask(address, '/', { method: 'HEAD' });
    expect([said.status, said.body, said.field('X-Asked')]).toEqual([200, '', '1']);
    expect(said.field('Content-Length')).toBe('8');
  });

  it('lets concurrent misses of one key wait for one fetch', async () => {
    let asked = 0;
    const address = await cacheBefore((_, response) => {
      asked += 1;
      setTimeout(() => response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end('page'), 100);
    });
    const said = await Promise.all(Array.from({ length: 20 }, () => ask(address)));
    expect(said.every(({ body }) => body === 'page')).toBe(true);
    expect(asked).toBe(1);
  });

  it('sends those who waited on their own way when the fetch cannot be shared', async () => {
    let asked = 0;
    const address = await cacheBefore((_, response) => {
      asked += 1;
      setTimeout(() => response.writeHead(200, { 'Cache-Control': 'no-store' }).end('page'), 50);
    });
    const said = await Promise.all(Array.from({ length: 5 }, () => ask(address)));
    expect(said.every(({ body }) => body === 'page')).toBe(true);
    expect(asked).toBe(5);
  });

  it('sends those who waited on their own way when the fetch fails', async () => {
    let asked = 0;
    const address = await cacheBefore((request, response) => {
      asked += 1;
      if (asked === 1) setTimeout(() => request.socket.destroy(), 50);
      else response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end('page');
    });
    const said = await Promise.all([ask(address), ask(address), ask(address)]);
    expect(said.filter(({ status }) => status === 502)).toHaveLength(1);
    expect(said.filter(({ body }) => body === 'page')).toHaveLength(2);
  });

  it('never stores a body that broke off, and does not let the client take it for the whole', async () => {
    let asked = 0;
    const address = await cacheBefore((_, response) => {
      asked += 1;
      response.writeHead(200, { 'Cache-Control': 'max-age=60', 'Content-Length': '8' });
      if (asked > 1) response.end('complete');
      else response.write('half', () => response.destroy());
    });
    await expect(ask(address)).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect((await ask(address)).body).toBe('complete');
    expect(asked).toBe(2);
  });

  it('does the same where the broken body was chunked', async () => {
    let asked = 0;
    const address = await cacheBefore((_, response) => {
      asked += 1;
      response.writeHead(200, { 'Cache-Control': 'max-age=60' });
      if (asked > 1) response.end('complete');
      else response.write('half', () => response.destroy());
    });
    await expect(ask(address)).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect((await ask(address)).body).toBe('complete');
  });

  it('stores the whole body also when the client that asked for it went away', async () => {
    const address = await cacheBefore((_, response) => {
      response.writeHead(200, { 'Cache-Control': 'max-age=60' });
      response.write('first ');
      setTimeout(() => response.end('second'), 100);
    });
    const leaving = request(address, { headers: { Host: 'shop.lab.test' }, agent: false });
    leaving.once('response', (answer) => answer.once('data', () => leaving.destroy()));
    leaving.on('error', () => undefined).end();
    await sleep(250);
    const hit = await ask(address);
    expect(hit.body).toBe('first second');
    expect(hit.field('Cache-Status')).toContain('hit');
  });

  it('serves the old copy within grace and fetches the new one behind it, once', async () => {
    const address = await cacheBefore(counting('max-age=1'), { dialect: 'varnish', policy: { grace: 30 } });
    await ask(address);
    await sleep(1050);
    const stale = await Promise.all([ask(address), ask(address), ask(address)]);
    expect(stale.filter(({ body }) => body === 'answer 1').length).toBeGreaterThan(0);
    await sleep(50);
    expect((await ask(address)).body).toBe('answer 2');
  });

  it('forgets on PURGE, and says when nothing was there', async () => {
    const address = await cacheBefore(counting('max-age=60'), { dialect: 'nginx' });
    await ask(address);
    expect((await ask(address, '/', { method: 'PURGE' })).status).toBe(200);
    expect((await ask(address, '/', { method: 'PURGE' })).status).toBe(404);
    expect((await ask(address)).body).toBe('answer 2');
  });

  it('passes PURGE on where it is not enabled', async () => {
    const address = await cacheBefore(counting('max-age=60'), { purge: false });
    expect((await ask(address, '/', { method: 'PURGE' })).body).toBe('answer 1');
  });

  it('answers 502 when its parent is down, 503 in the manner of Varnish', async () => {
    const down = await scriptedOrigin(() => undefined);
    await down.stop();
    for (const [dialect, status] of [
      ['rfc9211', 502],
      ['varnish', 503],
    ] as const) {
      const cache = await startEmbeddedCache({ id: 'node-1', dialect, parents: [down.address] });
      running.push(cache);
      expect((await ask(cache.address)).status).toBe(status);
    }
  });

  it('passes on no field of the connection, and keeps order, case and repetition of the others', async () => {
    let seen: string[] = [];
    const address = await cacheBefore((request, response) => {
      seen = request.rawHeaders;
      response.writeHead(
        200,
        [
          ['Connection', 'X-Hop'],
          ['X-Hop', 'mine'],
          ['x-A', '1'],
          ['X-b', '2'],
          ['x-A', '3'],
        ].flat(),
      );
      response.end('page');
    });
    const said = await ask(address, '/', {
      headers: { Connection: 'close, X-Drop', 'X-Drop': 'yes', 'X-Keep': 'yes' },
    });
    expect(said.fields.filter(([name]) => /^x-(a|b|hop)$/i.test(name))).toEqual([
      ['x-A', '1'],
      ['X-b', '2'],
      ['x-A', '3'],
    ]);
    expect(seen).toContain('X-Keep');
    expect(seen).not.toContain('X-Drop');
    expect(seen.join()).toMatch(/Via,1.1 127.0.0.1:\d+ \(node-1\)/);
    expect(seen.join()).toContain('Host,shop.lab.test');
  });

  it('passes interim responses on', async () => {
    const address = await cacheBefore((_, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      setTimeout(() => response.end('page'), 20);
    });
    expect(await ask(address)).toMatchObject({ status: 200, interim: [103], body: 'page' });
  });

  it('passes the content of a request on', async () => {
    const address = await cacheBefore((request, response) => {
      request.pipe(response);
    });
    const headers = { 'Transfer-Encoding': 'chunked' };
    expect((await ask(address, '/', { method: 'POST', body: 'counted' })).body).toBe('counted');
    expect((await ask(address, '/', { method: 'PUT', body: 'chunked', headers })).body).toBe('chunked');
  });

  it('streams what is too large to store', async () => {
    let asked = 0;
    const page = 'x'.repeat(300_000);
    const address = await cacheBefore(
      (_, response) => {
        asked += 1;
        response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end(page);
      },
      { maxObjectBytes: 100_000 },
    );
    expect((await ask(address)).body).toBe(page);
    expect((await ask(address)).body).toBe(page);
    expect(asked).toBe(2);
  });

  it('reads no faster than its client what it does not store', async () => {
    let written = 0;
    const piece = Buffer.alloc(65_536);
    const address = await cacheBefore((_, response) => {
      response.writeHead(200, { 'Cache-Control': 'no-store' });
      const more = () => {
        while (!response.destroyed && written < 1_000 * piece.length) {
          written += piece.length;
          if (!response.write(piece)) return;
        }
      };
      response.on('drain', more);
      more();
    });
    const idle = request(address, { agent: false });
    idle.on('error', () => undefined).end();
    const answer = await new Promise<IncomingMessage>((resolve) => idle.once('response', resolve));
    await sleep(300);
    expect(written).toBeLessThan(500 * piece.length);
    answer.destroy();
  });

  it('lets go of what was used least recently when there is no more room', async () => {
    const address = await cacheBefore(counting('max-age=60'), { maxBytes: 3 * 2100 });
    for (const path of ['/1', '/2', '/3']) await ask(address, path);
    await ask(address, '/1');
    await ask(address, '/4');
    expect((await ask(address, '/1')).body).toBe('answer 1');
    expect((await ask(address, '/2')).body).toBe('answer 5');
  });

  it('takes turns between parents, or keeps to one for each URL', async () => {
    const names = ['a', 'b', 'c'];
    const origins = await Promise.all(names.map((name) => scriptedOrigin((_, response) => void response.end(name))));
    running.push(...origins);
    const parents = origins.map((origin) => origin.address);
    const any = await startEmbeddedCache({ id: 'any', dialect: 'rfc9211', parents });
    const hash = await startEmbeddedCache({ id: 'hash', dialect: 'rfc9211', parents, placement: 'hash' });
    running.push(any, hash);
    const from = async (address: string, path: string) => (await ask(address, path)).body;
    expect([await from(any.address, '/'), await from(any.address, '/'), await from(any.address, '/')]).toEqual(names);
    const homes = new Set<string>();
    for (let i = 0; i < 20; i++) homes.add(await from(hash.address, `/${i}`));
    expect(homes.size).toBe(3);
    expect(await from(hash.address, '/7')).toBe(await from(hash.address, '/7'));
  });

  it('tells a loop from a long way', async () => {
    const port = await freePort();
    const cache = await startEmbeddedCache({
      id: 'ring',
      dialect: 'rfc9211',
      parents: [`http://127.0.0.1:${port}`],
      port,
    });
    running.push(cache);
    expect((await ask(cache.address)).status).toBe(508);
  });

  it('gives up on a parent that does not speak HTTP', async () => {
    const server = createServer((socket) => socket.end('hello\r\n\r\n'));
    const port = await listen(server);
    const cache = await startEmbeddedCache({ id: 'node-1', dialect: 'rfc9211', parents: [`http://127.0.0.1:${port}`] });
    running.push(cache);
    expect((await ask(cache.address)).status).toBe(502);
    server.close();
  });

  it('refuses an origin that is no base address, in a sentence', async () => {
    const start = startReverseProxy({ origin: 'localhost:80', port: 0 });
    await expect(start).rejects.toThrow("'localhost:80' is no base address");
  });
});
