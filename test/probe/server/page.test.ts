import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, raw, startBench } from './bench.ts';
import type { Bench } from './bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

describe('the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['/?at=12', 'text/html; charset=utf-8', 'no-cache'],
    ['/icon.svg', 'image/svg+xml; charset=utf-8', 'no-cache'],
    ['/assets/index-Bx3dQ9zA.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('%s is %s, %s', async (path, type, caching) => {
    const { status, headers } = await ask(bench, 'GET', path);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, type, caching]);
  });

  it('and every answer forbids the browser what nobody needs', async () => {
    const replies = [
      await ask(bench, 'GET', '/'),
      await ask(bench, 'GET', '/api/v1/live'),
      await ask(bench, 'GET', '/nothing'),
      await ask(bench, 'GET', '/', { host: 'evil.example' }),
    ];
    for (const { headers } of replies) {
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'self'; .*base-uri 'none';.* frame-ancestors 'none'$/,
      );
      expect(headers['content-security-policy']).not.toMatch(/script|unsafe-eval/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });

  it('that is not built says how to build it', async () => {
    const bare = await startBench({ pageFolder: '/nowhere/at/all' });
    expect((await ask(bare, 'GET', '/')).json).toMatchObject({
      status: 404,
      detail: expect.stringContaining('npm run build'),
    });
    expect((await ask(bare, 'GET', '/index.html')).status).toBe(404);
    expect((await ask(bare, 'GET', '/healthz')).status).toBe(200);
    await bare.close();
  });
});

describe('what lies outside of the page’s folder', () => {
  it.each([
    '/../outside.txt',
    '/assets/../../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/%2e%2e%2foutside.txt',
    '/..\\outside.txt',
    '/..%5coutside.txt',
    '/%252e%252e/outside.txt',
    '//../outside.txt',
    '/....//outside.txt',
    '/../data/strata.db',
    '/%00',
    '/index.html%00.txt',
    '/%ff%fe',
    '/%',
  ])('cannot be had by %s', async (path) => {
    const text = await raw(bench, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(text).toContain('application/problem+json');
    expect(text.split('\r\n\r\n')[1]).not.toContain('outside\n');
  });
});
