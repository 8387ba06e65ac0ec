import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, bearer, post, startBench, TOKEN } from './bench.ts';
import type { Bench } from './bench.ts';

let bench: Bench;
let lab: Bench;
beforeAll(async () => {
  bench = await startBench({ logLevel: 'info' });
  lab = await startBench({ lab: true, logLevel: 'info' });
});
afterAll(async () => {
  await bench.close();
  await lab.close();
});

const cookieOf = (headers: IncomingHttpHeaders): string => headers['set-cookie']?.[0] ?? '';

describe('changing something', () => {
  const changes: [string, string, unknown][] = [
    ['POST', '/api/v1/purge', {}],
    ['POST', '/api/v1/purge', { dryRun: true }],
    ['POST', '/api/v1/deploys', {}],
    ['POST', '/api/v1/trace', { purge: true }],
  ];
  it.each(changes)('%s %s %j needs the token', async (method, path, body) => {
    const send = (headers: Record<string, string>): Promise<{ status: number }> =>
      ask(bench, method, path, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));
    const without = await ask(bench, method, path, { 'content-type': 'application/json' }, JSON.stringify(body));
    expect(without.json).toMatchObject({ status: 401, type: 'urn:strata:problem:token-needed' });
    expect(without.headers['www-authenticate']).toBe('Bearer realm="strata"');
    for (const authorization of ['Bearer', 'Bearer ', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, 'Bearer undefined']) {
      expect((await send({ authorization })).status).toBe(401);
    }
    expect((await send({ cookie: `strata-${bench.port}=${TOKEN}` })).status).toBe(401);
    expect((await send(bearer)).status).toBe(200);
  });

  it('asking a question does not', async () => {
    expect((await post(bench, '/api/v1/look', {})).status).toBe(200);
    expect((await post(bench, '/api/v1/trace', {})).status).toBe(200);
  });

  it('a service without any token takes none', async () => {
    const mute = await startBench({ token: '' });
    for (const headers of [{ authorization: 'Bearer ' }, { cookie: `strata-${mute.port}=` }, {}]) {
      expect((await post(mute, '/api/v1/purge', {}, headers)).status).toBe(401);
    }
    expect((await ask(mute, 'GET', '/?token=')).status).toBe(401);
    await mute.close();
  });
});

describe('the page of a real site', () => {
  it('exchanges the token for a cookie that only our own page can use, and loses it from the URL', async () => {
    const exchange = await ask(bench, 'GET', `/?token=${TOKEN}&at=12`);
    expect(exchange.status).toBe(303);
    expect(exchange.headers.location).toBe('/?at=12');
    expect((await ask(bench, 'GET', `/?token=${TOKEN}`)).headers.location).toBe('/');
    const cookie = cookieOf(exchange.headers);
    expect(cookie).toMatch(new RegExp(`^strata-${bench.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`));
    expect(cookie).not.toContain(TOKEN);

    const known = { cookie: cookie.split(';')[0] ?? '' };
    expect((await post(bench, '/api/v1/purge', {}, known)).status).toBe(200);
    expect((await ask(bench, 'GET', '/api/v1/live', known)).json['mayPurge']).toBe(true);
    expect((await ask(bench, 'GET', '/api/v1/live')).json['mayPurge']).toBe(false);
  });

  it('gets no cookie for a wrong token, and none for nothing', async () => {
    const wrong = await ask(bench, 'GET', '/?token=guess');
    expect(wrong.json).toMatchObject({ status: 401, instance: '/' });
    expect(cookieOf(wrong.headers)).toBe('');
    expect(cookieOf((await ask(bench, 'GET', '/')).headers)).toBe('');
  });
});

describe('the page of the lab', () => {
  it('may deploy and purge at once: its caches are our own processes', async () => {
    const page = await ask(lab, 'GET', '/');
    const known = { cookie: cookieOf(page.headers).split(';')[0] ?? '' };
    expect((await post(lab, '/api/v1/purge', { layer: 'edge', node: 'edge-1' }, known)).status).toBe(200);
    expect((await post(lab, '/api/v1/lab/deploy', { rollSeconds: 2 }, known)).json).toEqual({ build: '4f2c' });
    const json = { ...known, 'content-type': 'application/json' };
    const settings = await ask(lab, 'PUT', '/api/v1/lab/settings', json, '{"maxAge":60}');
    expect(settings.json).toEqual({ maxAge: 60 });
    expect(cookieOf((await ask(lab, 'GET', '/', known)).headers)).toBe('');
  });

  it('nobody else may', async () => {
    expect((await post(lab, '/api/v1/lab/deploy', {})).status).toBe(401);
    expect((await post(bench, '/api/v1/lab/deploy', {}, bearer)).status).toBe(404);
  });
});

it('the log holds neither tokens, cookies nor passwords', async () => {
  await ask(bench, 'GET', `/?token=${TOKEN}`);
  await ask(bench, 'GET', '/', { host: `evil.example` });
  await post(bench, '/api/v1/explain', { url: 'http://shop.example/' }, bearer);
  const text = bench.log.join('') + lab.log.join('');
  expect(text).toContain('our own mistake near http://[redacted]@shop.example/ with [redacted]');
  expect(text).toContain('"status":421');
  expect(text).not.toContain(TOKEN);
  expect(text).not.toContain('hunter2');
  expect(text).not.toMatch(/strata-\d+=/);
  for (const line of text.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
});
