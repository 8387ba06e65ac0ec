// Which redirects may be followed, and with what?
import { describe, expect, it } from 'vitest';
import { createGuard } from '../../../probe/exchange/guard.ts';
import { authorizeRedirect, withoutCredentials } from '../../../probe/exchange/redirect.ts';

const guard = createGuard({
  named: ['http://127.0.0.1:8080'],
  resolve: async (host) => (host.endsWith('.example') ? '93.184.215.14' : '10.0.0.1'),
});
const from = 'https://shop.example/a/b?c';

describe('a redirect', () => {
  it.each([
    ['/x', 'https://shop.example/x', true],
    ['x#part', 'https://shop.example/a/x', true],
    ['//www.shop.example/', 'https://www.shop.example/', false],
    ['http://shop.example/', 'http://shop.example/', false],
    ['https://shop.example:8443/', 'https://shop.example:8443/', false],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/', false],
  ])('to %s leads to %s (same origin: %s)', async (location, url, sameOrigin) => {
    expect(await authorizeRedirect(guard, from, location)).toEqual({ allowed: true, url, sameOrigin });
  });

  it.each([
    ['http://127.0.0.1:9090/'],
    ['http://[::ffff:7f00:1]/'],
    ['http://169.254.169.254/latest/meta-data/'],
    ['http://inside/'],
    ['file:///etc/passwd'],
    ['javascript:alert(1)'],
    ['ftp://shop.example/'],
    ['https://user:pw@shop.example/'],
    ['http://'],
  ])('to %s is not followed', async (location) => {
    expect(await authorizeRedirect(guard, from, location)).toMatchObject({ allowed: false });
  });

  it('after ten others is not followed', async () => {
    expect(await authorizeRedirect(guard, from, '/x', 9)).toMatchObject({ allowed: true });
    expect(await authorizeRedirect(guard, from, '/x', 10)).toMatchObject({ allowed: false });
  });

  it('to another origin carries nothing that proves who we are', () => {
    expect(
      withoutCredentials([
        ['Cookie', 'a'],
        ['AUTHORIZATION', 'b'],
        ['X-Variant', 'mobile'],
      ]),
    ).toEqual([['X-Variant', 'mobile']]);
  });
});
