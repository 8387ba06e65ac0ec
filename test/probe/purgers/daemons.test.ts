import { describe, expect, it } from 'vitest';
import type { FieldLine } from '../../../shared/http/fields.ts';
import { startEmbeddedCache } from '../../../probe/lab/embedded-cache.ts';
import { ask, scriptedOrigin } from '../lab/talk.ts';
import { httpMessage, readAs, stepOf } from './one-step.ts';

const field = (step: Parameters<typeof httpMessage>[0], name: string) =>
  httpMessage(step).headers.find(([n]) => n === name)?.[1];

describe('a ban', () => {
  it.each<[string, Parameters<typeof stepOf>[0], string | undefined, string | undefined, string | undefined]>([
    ['one page', { by: 'varnish-ban' }, '(?i)^shop\\.example$', '^/a\\?b=1$', undefined],
    [
      'all under a path',
      { by: 'varnish-ban', scope: 'prefix', prefix: '/shoes/' },
      '(?i)^shop\\.example$',
      '^/shoes/',
      undefined,
    ],
    ['a whole host', { by: 'varnish-ban', scope: 'host' }, '(?i)^shop\\.example$', '.', undefined],
    ['everything', { by: 'varnish-ban', scope: 'all' }, '.', '.', undefined],
    [
      'what carries one of two tags',
      { by: 'varnish-ban', scope: 'tag', tags: ['a.b', 'c"d'] },
      undefined,
      undefined,
      '(^|[\\x20,])(a\\.b|c\\x22d)($|[\\x20,])',
    ],
  ])('of %s names just that', (_, by, host, url, tags) => {
    const step = stepOf(by);
    expect([field(step, 'x-host'), field(step, 'x-url'), field(step, 'x-cache-tags')]).toEqual([host, url, tags]);
  });

  it('holds no white space and no quote, at which its expression would end', () => {
    const step = stepOf({ by: 'varnish-ban', scope: 'url' }, { url: 'http://shop.example/a "b" c?d="e f"' });
    for (const [, value] of httpMessage(step).headers) expect(value).not.toMatch(/[\s"]/);
  });

  it('may be meant for another Host and use other headers', () => {
    const step = stepOf({ by: 'varnish-ban', hostHeader: 'x-ban-host', headers: { Host: 'inner.example' } });
    expect(httpMessage(step).url).toBe('https://inner.example/a?b=1');
    expect(field(step, 'x-ban-host')).toBe('(?i)^inner\\.example$');
  });

  it.each([
    ['<h1>Error 400 Regex compile error: missing )</h1>', 'it did not take the ban (Regex compile error: missing )).'],
    ['Expected\u001b[31m\n an operator\n', 'it did not take the ban (Expected [31m an operator).'],
    ['x'.repeat(201), 'it did not take the ban.'],
    ['<html>Bad request</html>', 'it did not take the ban.'],
    ['', 'it did not take the ban.'],
  ])('that is refused with %j tells a reason only where there is one to be shown', (text, told) => {
    const answer = readAs(stepOf({ by: 'varnish-ban' }), 400, [], text);
    expect(answer).toEqual({ outcome: 'refused', summary: `It answered 400: ${told}` });
  });
});

describe('a purge by surrogate keys', () => {
  it('names the keys in one header, and in another one where they shall only become stale', () => {
    const step = (soft: boolean) => stepOf({ by: 'varnish-xkey', scope: 'tag', tags: ['a', 'b'], soft });
    expect(httpMessage(step(false)).headers).toEqual([['xkey-purge', 'a b']]);
    expect(httpMessage(step(true)).headers).toEqual([['xkey-softpurge', 'a b']]);
  });

  it('is accepted without a number too, as the operator’s VCL may say what it likes', () => {
    const step = stepOf({ by: 'varnish-xkey', scope: 'tag', tags: ['a'] });
    expect(readAs(step, 200, [], 'Purged').outcome).toBe('accepted');
    expect(readAs(step, 200, [], 'Invalidated 0 objects').outcome).toBe('was-not-there');
  });
});

describe('the modules of nginx', () => {
  it.each<[string, Parameters<typeof stepOf>[0], string, string]>([
    ['a page', { by: 'nginx-purge' }, 'PURGE', '/a?b=1'],
    ['a page at a location', { by: 'nginx-purge', location: '/purge' }, 'GET', '/purge/a?b=1'],
    ['a prefix', { by: 'nginx-purge', scope: 'prefix', prefix: '/shoes/' }, 'PURGE', '/shoes/*'],
    ['a host', { by: 'nginx-purge', scope: 'host', location: '/purge' }, 'GET', '/purge/*'],
  ])('are asked for %s', (_, by, method, path) => {
    expect(httpMessage(stepOf(by))).toMatchObject({ method, url: `https://shop.example${path}` });
  });

  it.each<[string, number, string, string]>([
    ['a page with the key', 200, '<title>Successful purge</title><br>Key : httpshop.example/a', 'accepted'],
    ['JSON with the key', 200, '{"Key": "httpshop.example/a", "Status": "purged"}', 'accepted'],
    ['204 of nginx Plus', 204, '', 'accepted'],
    ['a purge that is queued', 202, '', 'accepted'],
    ['412 for what it does not hold', 412, '', 'was-not-there'],
    ['404 for what it does not hold', 404, '', 'was-not-there'],
    ['the words of somebody else', 200, 'Welcome to the shop', 'unknown'],
  ])('may answer with %s', (_, status, text, outcome) => {
    expect(readAs(stepOf({ by: 'nginx-purge' }), status, [], text).outcome).toBe(outcome);
  });
});

describe('the answer to a PURGE of the page’s own URL', () => {
  const PURGE = { by: 'http-purge' } as const;

  it.each<[string, string | undefined, number, FieldLine[], RegExp]>([
    ['an ETag', undefined, 200, [['ETag', '"1"']], /with ETag, as a page does/],
    ['a cookie', 'squid', 204, [['Set-Cookie', 'a=b']], /with Set-Cookie/],
    ['a 404 that frameworks make', 'nginx', 404, [['X-Powered-By', 'Express']], /with X-Powered-By/],
    ['fwd in Cache-Status', undefined, 200, [['Cache-Status', 'edge; fwd=method']], /says that it was forwarded/],
    ['an Age by Varnish', 'varnish', 200, [['X-Varnish', '5'], ['Age', '0']], /with an Age/], // prettier-ignore
    ['anything by httpd', 'httpd', 200, [], /Apache httpd has no purge/],
  ])('with %s leaves open whether anything was forgotten', (_, dialect, status, fields, why) => {
    const answer = readAs(stepOf(PURGE, dialect === undefined ? {} : { dialect }), status, fields);
    expect(answer).toEqual({ outcome: 'unknown', summary: expect.stringMatching(why) });
  });

  it('is believed where only a cache farther inside has forwarded something', () => {
    const fields: FieldLine[] = [['Cache-Status', 'shield; fwd=miss, edge; detail=purged']];
    expect(readAs(stepOf(PURGE), 200, fields).outcome).toBe('accepted');
  });

  it('by a module of nginx that names the key is not doubted', () => {
    const { summary } = readAs(stepOf(PURGE, { dialect: 'nginx' }), 200, [], '<br>Key : httpshop.example/a');
    expect(summary).toBe('It answered 200: the purge was accepted.');
  });

  it.each<[string, FieldLine, boolean]>([
    ['varnish', ['X-Varnish', '32770'], false],
    ['varnish', ['Server', 'nginx'], true],
    ['squid', ['X-Cache-Lookup', 'NONE from edge-1:3128'], false],
    ['squid', ['Server', 'gunicorn'], true],
    ['nginx', ['Server', 'nginx'], true],
    ['trafficserver', ['Server', 'ATS/9.2.5'], false],
    ['trafficserver', ['Server', 'gunicorn'], true],
  ])('by %s, with %s only, is doubted aloud: %s', (dialect, line, isDoubted) => {
    const { outcome, summary } = readAs(stepOf(PURGE, { dialect }), 200, [line]);
    expect([outcome, /Nothing in the answer shows/.test(summary)]).toEqual(['accepted', isDoubted]);
  });

  it('is read by its status alone where the request goes to something made for purges', () => {
    const step = stepOf({ by: 'http-purge', method: 'POST', path: '/api/purge' }, { dialect: 'varnish' });
    const fields: FieldLine[] = [
      ['ETag', '"1"'],
      ['X-Powered-By', 'Express'],
    ];
    const summary = 'It answered 200: the purge was accepted.';
    expect(readAs(step, 200, fields)).toEqual({ outcome: 'accepted', summary });
  });
});

describe('the lab’s own caches', () => {
  it.each(['varnish', 'nginx', 'squid', 'trafficserver'])(
    'answer a PURGE as %s does, so that none is doubted',
    async (dialect) => {
      const origin = await scriptedOrigin(
        (_, response) => void response.writeHead(200, { 'cache-control': 'max-age=60' }).end('a'),
      );
      const cache = await startEmbeddedCache({ id: 'edge-1', dialect, parents: [origin.address] });
      try {
        await ask(cache.address, '/a?b=1');
        const { status, fields, body } = await ask(cache.address, '/a?b=1', { method: 'PURGE' });
        const { outcome, summary } = readAs(stepOf({ by: 'http-purge' }, { dialect }), status, fields, body);
        expect([outcome, summary]).toEqual(['accepted', expect.not.stringContaining('Nothing in the answer shows')]);
      } finally {
        await cache.stop();
        await origin.stop();
      }
    },
  );
});
