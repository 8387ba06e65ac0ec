import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../shared/config-problem.ts';
import { ask, bearer, post, raw, startBench, TOKEN } from './bench.ts';
import type { Bench } from './bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ allowedHosts: ['Strata.Example'] });
});
afterAll(() => bench.close());

describe('Host', () => {
  const good = ['127.0.0.1', 'localhost', 'LOCALHOST:1', '[::1]:8437', 'strata.example', 'STRATA.EXAMPLE:443'];
  it.each(good)('%s is ours', async (host) => {
    expect((await ask(bench, 'GET', '/healthz', { host })).status).toBe(200);
  });

  const foreign = [
    'evil.example',
    'evil.localhost',
    'localhost.evil.example',
    'localhost.',
    '127.0.0.1.evil.example',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '0.0.0.0',
    '[::]',
    '[::ffff:127.0.0.1]',
    'user@localhost',
    'localhost:x',
    'localhost:123456',
    'localhost/x',
    'localhost, evil.example',
    ' ',
  ];
  it.each(foreign)('%s is not ours', async (host) => {
    const reply = await ask(bench, 'GET', '/healthz', { host });
    expect(reply.json).toMatchObject({ status: 421, title: 'Misdirected Request', instance: '/healthz' });
    expect(reply.headers['content-type']).toBe('application/problem+json');
  });

  const heads: [string, string, number][] = [
    ['missing', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['missing in HTTP/1.0', 'GET /healthz HTTP/1.0\r\n\r\n', 400],
    ['sent twice', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400],
    [
      'sent twice, differing',
      'GET /healthz HTTP/1.1\r\nHost: localhost\r\nhost: evil.example\r\nConnection: close\r\n\r\n',
      400,
    ],
    [
      'ours, but the target is a whole URL',
      'GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      421,
    ],
    [
      'ours, but the target is a foreign URL',
      'GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      421,
    ],
    ['ours, but the target is *', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 421],
    ['folded', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n evil.example\r\nConnection: close\r\n\r\n', 400],
  ];
  it.each(heads)('%s: refused with a problem document', async (_, bytes, status) => {
    const text = await raw(bench, bytes);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(text).toMatch(/application\/problem\+json/i);
    expect(text).not.toContain('"store"');
  });
});

describe('what is not HTTP', () => {
  it('is answered with a problem document', async () => {
    const text = await raw(bench, 'NONSENSE\r\n\r\n');
    expect(text).toContain('HTTP/1.1 400');
    expect(text).toContain('"title":"Bad Request"');
  });

  it('nor is a head of 100 kB', async () => {
    const text = await raw(bench, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`);
    expect(text).toContain('HTTP/1.1 431');
  });
});

describe('a page of another site', () => {
  const own = (): string => `127.0.0.1:${bench.port}`;
  const foreign: [string, () => Record<string, string>][] = [
    ['its origin', () => ({ origin: 'http://evil.example' })],
    ['no origin to show', () => ({ origin: 'null' })],
    ['our host at another port', () => ({ origin: 'http://127.0.0.1:1' })],
    ['a subdomain of localhost', () => ({ origin: `http://evil.localhost:${bench.port}` })],
    ['another name of ours', () => ({ origin: `http://localhost:${bench.port}` })],
    ['a cross-site fetch', () => ({ 'sec-fetch-site': 'cross-site' })],
    ['a same-site fetch', () => ({ 'sec-fetch-site': 'same-site' })],
    ['our origin, yet cross-site', () => ({ origin: `http://${own()}`, 'sec-fetch-site': 'cross-site' })],
  ];
  it.each(foreign)('(%s) changes nothing and follows nothing', async (_, headers) => {
    const before = bench.engine.purges.length;
    const replies = await Promise.all([
      post(bench, '/api/v1/purge', {}, { ...bearer, ...headers() }),
      post(bench, '/api/v1/look', {}, headers()),
      post(bench, '/api/v1/deploys', {}, { ...bearer, ...headers() }),
      ask(bench, 'GET', '/api/v1/events', headers()),
      ask(bench, 'GET', '/api/v1/%65vents', headers()),
      ask(bench, 'PUT', '/api/v1/lab/settings', headers()),
      ask(bench, 'GET', '/api/v1/live', headers()),
    ]);
    expect(replies.map((r) => r.status)).toEqual(replies.map(() => 403));
    expect(bench.engine.purges).toHaveLength(before);
    for (const reply of replies) expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('cannot ask beforehand either: no preflight is granted', async () => {
    const headers = { origin: 'http://evil.example', 'access-control-request-method': 'POST' };
    const reply = await ask(bench, 'OPTIONS', '/api/v1/purge', headers);
    expect(reply.status).toBe(403);
    expect(reply.headers['access-control-allow-methods']).toBeUndefined();
  });

  it('may link to ours, but a link follows no events', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await ask(bench, 'GET', '/', link)).status).toBe(200);
    expect((await ask(bench, 'GET', '/api/v1/events', link)).status).toBe(403);
    expect((await ask(bench, 'GET', '/', { ...link, 'sec-fetch-dest': 'iframe' })).status).toBe(403);
    expect((await ask(bench, 'POST', '/api/v1/look', link)).status).toBe(403);
  });

  it('our own page may ask, also behind TLS', async () => {
    for (const scheme of ['http', 'https']) {
      const headers = { origin: `${scheme}://${own()}`, 'sec-fetch-site': 'same-origin' };
      expect((await post(bench, '/api/v1/look', {}, headers)).status).toBe(200);
    }
  });
});

describe('an address that others can reach', () => {
  it.each([
    { host: '0.0.0.0', token: '', allowedHosts: ['strata.example'] },
    { host: '0.0.0.0', token: TOKEN, allowedHosts: [] },
    { host: '::', token: TOKEN },
    { host: '192.0.2.1', token: '' },
  ])('is not listened on without token and hosts: $host', async (options) => {
    await expect(startBench(options)).rejects.toThrow(ConfigError);
    await expect(startBench(options)).rejects.toThrow('can be reached from elsewhere');
  });

  it('answers nobody without the token, but for its health', async () => {
    const open = await startBench({ host: '0.0.0.0', allowedHosts: ['strata.example'] });
    const host = 'strata.example';
    const status = async (method: string, path: string, more = {}): Promise<number> =>
      (await ask(open, method, path, { host, ...more })).status;
    expect(await status('GET', '/healthz')).toBe(200);
    expect(await status('GET', '/healthz', { host: '127.0.0.1' })).toBe(421);
    for (const path of ['/', '/icon.svg', '/api/v1/live', '/api/v1/events', '/api/v1/traces', '/api/v1/openapi.json']) {
      expect([path, await status('GET', path)]).toEqual([path, 401]);
    }
    expect(await status('POST', '/api/v1/look', { 'content-type': 'application/json' })).toBe(401);
    expect(await status('GET', '/api/v1/live', bearer)).toBe(200);
    const exchange = await ask(open, 'GET', `/?token=${TOKEN}`, { host });
    const cookie = exchange.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect(await status('GET', '/', { cookie })).toBe(200);
    await open.close();
  });

  it('gives no cookie away, even in the lab', async () => {
    const open = await startBench({ host: '0.0.0.0', allowedHosts: ['strata.example'], lab: true });
    const reply = await ask(open, 'GET', '/', { host: 'strata.example' });
    expect(reply.status).toBe(401);
    expect(reply.headers['set-cookie']).toBeUndefined();
    await open.close();
  });
});

it('a port that is taken is the operator’s to change', async () => {
  await expect(startBench({ port: bench.port })).rejects.toThrow(
    `Port ${bench.port} of 127.0.0.1 is already in use; choose another with --port.`,
  );
});
