import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreFull } from '../../../probe/store/store-error.ts';
import { event, observation, topology } from '../store/sample.ts';
import { ask, bearer, post, startBench } from './bench.ts';
import type { Bench, Reply } from './bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
  await bench.engine.publish(observation(1));
  await bench.engine.publish(event(1, 2));
});
afterAll(() => bench.close());

function expectProblem(reply: Reply, status: number): void {
  expect(reply.headers['content-type']).toBe('application/problem+json');
  expect(reply.json).toMatchObject({ status });
  expect(Object.keys(reply.json)).toEqual(expect.arrayContaining(['type', 'title', 'status', 'detail', 'instance']));
  expect(reply.text).not.toMatch(/\bat .*\.(ts|js|mjs):\d+/);
}

describe('documents', () => {
  it('live: the trace in seconds, the clock, and from where to follow', async () => {
    const { json, headers } = await ask(bench, 'GET', '/api/v1/live');
    expect(json).toEqual({
      strata: 1,
      verb: 'live',
      now: 1234.5,
      lab: false,
      lastEventId: 2,
      mayPurge: false,
      trace: JSON.parse(JSON.stringify(bench.engine.snapshot())) as unknown,
    });
    expect(headers['cache-control']).toBe('no-store');
  });

  it('traces: a list, and each one as its file', async () => {
    const { json } = await ask(bench, 'GET', '/api/v1/traces');
    const id = bench.engine.traceId;
    expect(json).toEqual({
      strata: 1,
      verb: 'traces',
      traces: [
        {
          id,
          kind: 'serve',
          state: 'running',
          startedAt: 1000,
          title: 'Sample',
          targets: ['home'],
          layerIds: ['edge', 'origin'],
          observations: 1,
          events: 1,
          deployedAt: 2,
        },
      ],
    });
    const trace = await ask(bench, 'GET', `/api/v1/traces/${id}`);
    expect(trace.json).toMatchObject({ strata: 1, kind: 'trace', id, topology, observations: [observation(1).data] });
  });

  it('verbs: what the engine answers', async () => {
    expect((await post(bench, '/api/v1/look', {})).json).toEqual({
      strata: 1,
      verb: 'look',
      at: '2026-01-01T00:00:00.000Z',
      nodes: [],
    });
    expect((await post(bench, '/api/v1/when', { expect: '4f2c' })).json['verb']).toBe('when');
    expect((await post(bench, '/api/v1/trace', {})).json['verb']).toBe('trace');
    const deploy = await post(bench, '/api/v1/deploys', { marker: '4f2c' }, bearer);
    expect(deploy.json).toMatchObject({ verb: 'deploy', marker: '4f2c', trace: bench.engine.traceId });
  });

  it('health: the version, and whether it records', async () => {
    const { json } = await ask(bench, 'GET', '/healthz');
    expect(json).toEqual({ status: 'ok', version: '9.9.9', store: 'ok' });
  });

  it('HEAD is answered like GET, without the document', async () => {
    const reply = await ask(bench, 'HEAD', '/api/v1/live');
    expect([reply.status, reply.text]).toEqual([200, '']);
  });
});

describe('a refusal is a problem document', () => {
  const wrong: [string, unknown, string, RegExp][] = [
    ['look', { target: 7 }, 'target', /string/],
    ['look', { tarjet: 'home' }, '', /tarjet/],
    ['look', { target: 'shop' }, 'target', /There is no target "shop"/],
    ['look', [], '', /object/],
    ['when', { purged: [{ at: '2026-01-01T00:00:00Z' }, { at: 'yesterday' }] }, 'purged[1].at', /datetime/],
    ['when', { traffic: 'none' }, 'traffic', /busy/],
    ['trace', { budget: -1 }, 'budget', />0/],
    ['explain', { url: 'file:///etc/passwd' }, 'url', /./],
    ['discover', { url: 'http://user:secret@a/' }, 'url', /credentials/],
    ['discover', { url: 'http://a/', connections: 1000 }, 'connections', /./],
    ['explain', { url: 'http://a/', har: {} }, '', /./],
  ];
  it.each(wrong)('400 for %s %j, with the place', async (verb, body, place, message) => {
    const reply = await post(bench, `/api/v1/${verb}`, body);
    expectProblem(reply, 400);
    const errors = reply.json['errors'] as { place: string; message: string }[];
    expect(errors[0]?.place).toBe(place);
    expect(errors[0]?.message).toMatch(message);
    expect(reply.json['instance']).toBe(`/api/v1/${verb}`);
  });

  it.each(['{', '', 'null x', '{"a":1}}'])('400 for a body that is not JSON: %j', async (body) => {
    const reply = await ask(bench, 'POST', '/api/v1/look', { 'content-type': 'application/json' }, body);
    expectProblem(reply, 400);
    expect(reply.json['detail']).toBe('The body is not JSON.');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp'])(
    '415 for %s',
    async (type) => {
      expectProblem(await ask(bench, 'POST', '/api/v1/look', { 'content-type': type }, '{}'), 415);
    },
  );

  it('415 for a body of no stated type', async () => {
    expectProblem(await ask(bench, 'POST', '/api/v1/look', {}, '{}'), 415);
  });

  it('413 for more than 1 MiB, announced or not', async () => {
    const body = Buffer.from(JSON.stringify({ target: 'x'.repeat(1024 * 1024) }));
    const type = { 'content-type': 'application/json' };
    expectProblem(await ask(bench, 'POST', '/api/v1/look', type, body), 413);
    expectProblem(await ask(bench, 'POST', '/api/v1/look', { ...type, 'transfer-encoding': 'chunked' }, body), 413);
    const chunked = { ...type, 'transfer-encoding': 'chunked' };
    expect((await ask(bench, 'POST', '/api/v1/look', chunked, '{}')).status).toBe(200);
  });

  it('404 for what is not there', async () => {
    for (const path of [
      '/api/v1/nothing',
      '/api/v2/live',
      '/api',
      '/nothing',
      '/api/v1/traces/nobody',
      '/assets/x.js',
    ]) {
      expectProblem(await ask(bench, 'GET', path), 404);
    }
    expectProblem(await ask(bench, 'POST', '/'), 404);
  });

  it.each([
    ['DELETE', '/api/v1/live', 'GET, HEAD'],
    ['GET', '/api/v1/look', 'POST'],
    ['POST', '/api/v1/traces/some', 'GET, HEAD, DELETE'],
    ['POST', '/api/v1/openapi.json', 'GET, HEAD'],
  ])('405 for %s %s, with the methods that are there', async (method, path, allow) => {
    const reply = await ask(bench, method, path, { 'content-type': 'application/json' });
    expectProblem(reply, 405);
    expect(reply.headers['allow']).toBe(allow);
  });

  it.each([
    [{ url: 'file:///etc/passwd' }, 'url: must be a whole URL that begins with http:// or https://'],
    [{ url: 'http://u:canary@shop.example/' }, 'url: holds credentials; take them out'],
    [{ text: 'HTTP/1.1 200 OK' }, 'body: must be { "url": "https://…" } or { "har": { … } }'],
  ])('400 for what explain cannot ask: %j', async (body, detail) => {
    const reply = await post(bench, '/api/v1/explain', body);
    expectProblem(reply, 400);
    expect(reply.json['detail']).toBe(detail);
  });

  it('500 for our own mistake, which only the log tells', async () => {
    const reply = await post(bench, '/api/v1/explain', { url: 'http://shop.example/' });
    expectProblem(reply, 500);
    expect(reply.text).not.toContain('mistake');
    expect(bench.log.join('')).toContain('our own mistake');
  });

  it('429 with Retry-After when eight questions are being answered', async () => {
    let letGo = (): void => undefined;
    bench.engine.hold = new Promise((resolve) => (letGo = resolve));
    const eight = Array.from({ length: 8 }, () => post(bench, '/api/v1/look', {}));
    const ninth = await expect
      .poll(() => post(bench, '/api/v1/when', {}).then((r) => r.status))
      .toBe(429)
      .then(() => post(bench, '/api/v1/when', {}));
    expectProblem(ninth, 429);
    expect(ninth.headers['retry-after']).toBe('2');
    expect((await ask(bench, 'GET', '/healthz')).status).toBe(200);
    bench.engine.hold = undefined;
    letGo();
    expect((await Promise.all(eight)).map((r) => r.status)).toEqual(eight.map(() => 200));
    expect((await post(bench, '/api/v1/when', {})).status).toBe(200);
  });
});

describe('a full disk', () => {
  it('makes the service read-only, with 507 for what would have to be recorded', async () => {
    let full = true;
    const wrap: Parameters<typeof startBench>[0] = {
      wrap: (store) => ({
        ...store,
        status: () => (full ? 'read-only' : 'ok'),
        tryWriting: () => Promise.resolve(!full),
      }),
    };
    const stuck = await startBench(wrap);
    expect((await ask(stuck, 'GET', '/healthz')).json['store']).toBe('read-only');
    for (const [path, body] of [
      ['purge', {}],
      ['deploys', {}],
      ['trace', { purge: true }],
    ] as const) {
      const reply = await post(stuck, `/api/v1/${path}`, body, bearer);
      expectProblem(reply, 507);
      expect(reply.json).toMatchObject({ type: 'urn:strata:problem:store-full', title: 'Insufficient Storage' });
      expect(reply.json['detail']).toMatch(/Free some space; recording resumes by itself/);
    }
    expect(stuck.engine.purges).toEqual([]);
    expect((await ask(stuck, 'GET', '/api/v1/live')).status).toBe(200);
    expect((await post(stuck, '/api/v1/look', {})).status).toBe(200);
    full = false;
    expect((await post(stuck, '/api/v1/purge', {}, bearer)).status).toBe(200);
    await stuck.close();
  });

  it('is 507 too when it is met on the way', async () => {
    bench.engine.hold = Promise.reject(new StoreFull('/data'));
    bench.engine.hold.catch(() => undefined);
    expectProblem(await post(bench, '/api/v1/look', {}), 507);
    bench.engine.hold = undefined;
  });
});

it('the OpenAPI 3.1 document describes every path, and every reference in it leads somewhere', async () => {
  const { json } = await ask(bench, 'GET', '/api/v1/openapi.json');
  expect(json['openapi']).toBe('3.1.0');
  expect(json['info']).toMatchObject({ version: '9.9.9' });
  const paths = json['paths'] as Record<
    string,
    Record<string, { responses: Record<string, unknown>; summary: string }>
  >;
  expect(
    Object.entries(paths)
      .flatMap(([path, of]) => Object.keys(of).map((m) => `${m} ${path}`))
      .sort(),
  ).toEqual([
    'delete /api/v1/traces/{id}',
    'get /api/v1/events',
    'get /api/v1/live',
    'get /api/v1/traces',
    'get /api/v1/traces/{id}',
    'get /healthz',
    'get /metrics',
    'post /api/v1/deploys',
    'post /api/v1/discover',
    'post /api/v1/explain',
    'post /api/v1/lab/deploy',
    'post /api/v1/look',
    'post /api/v1/purge',
    'post /api/v1/trace',
    'post /api/v1/when',
    'put /api/v1/lab/settings',
  ]);
  for (const operation of Object.values(paths).flatMap((of) => Object.values(of))) {
    expect(operation.summary).not.toBe('');
    expect(Object.keys(operation.responses)).toContain('200');
  }
  const changing = Object.entries(paths).flatMap(([path, of]) =>
    Object.values(of).some((operation) => 'security' in operation) ? [path] : [],
  );
  expect(changing.sort()).toEqual([
    '/api/v1/deploys',
    '/api/v1/lab/deploy',
    '/api/v1/lab/settings',
    '/api/v1/purge',
    '/api/v1/traces/{id}',
  ]);
  const { schemas, securitySchemes } = json['components'] as {
    schemas: Record<string, unknown>;
    securitySchemes: unknown;
  };
  expect(securitySchemes).toEqual({ token: { type: 'http', scheme: 'bearer' } });
  const references = [...JSON.stringify(json).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((m) => m[1]);
  expect(references.length).toBeGreaterThan(20);
  for (const name of references) expect(Object.keys(schemas)).toContain(name);
  expect(Object.keys(schemas)).toEqual(expect.arrayContaining(['LookDocument', 'Problem', 'Trace', 'Interval']));
});
