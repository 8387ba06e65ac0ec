import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { lookAround, type LookAround } from '../../../probe/discover/look-around.ts';
import { discover } from '../../../shared/discover/discover.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

interface Site {
  readonly port: number;
  /** How many connections, and how many requests, arrived. */
  readonly count: { connections: number; requests: number };
}

async function site(answer: RequestListener): Promise<Site> {
  const count = { connections: 0, requests: 0 };
  server = createServer((request, response) => {
    count.requests++;
    answer(request, response);
  });
  server.on('connection', () => count.connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  return { port: bound.port, count };
}

const around = (url: string, options: Partial<LookAround> = {}) =>
  lookAround(url, { connections: 4, pause: 0, resolveAll: async () => ['127.0.0.1'], ...options });

async function problemOf(url: string, options: Partial<LookAround> = {}): Promise<string> {
  const found = await around(url, options);
  return 'problem' in found ? found.problem : `it was answered: ${JSON.stringify(found.problems)}`;
}

async function seenAt(url: string, options: Partial<LookAround> = {}) {
  const found = await around(url, options);
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

describe('looking around', () => {
  it('asks over as many new connections as it was told, and one to find the page', async () => {
    const { port, count } = await site((_, response) => response.end('page'));
    const { seen, problems } = await seenAt(`http://shop.test:${port}/`, { connections: 5 });
    expect(seen.sightings).toHaveLength(5);
    expect(count).toEqual({ connections: 6, requests: 6 });
    expect(problems).toEqual([]);
  });

  it('asks each address by itself, and one that is dead once only', async () => {
    const { port } = await site((_, response) => response.setHeader('X-Varnish', '5').end('page'));
    const resolveAll = async () => ['127.0.0.2', '127.0.0.1'];
    const { seen, problems } = await seenAt(`http://shop.test:${port}/`, { resolveAll });
    expect(seen.addresses).toMatchObject([
      { ip: '127.0.0.2', problem: expect.stringMatching(/^no connection/) },
      { ip: '127.0.0.1' },
    ]);
    expect(seen.sightings.map(({ ip }) => ip)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
    expect(problems).toEqual([expect.stringMatching(/^127\.0\.0\.2 did not answer: no connection: .*\.$/)]);
    expect(discover(seen).topology.layers[0]?.nodes[0]?.address).toBe(`http://127.0.0.1:${port}`);
  });

  it('goes on at another address where one takes the request and never answers', async () => {
    const { port } = await site((_, response) => response.end('page'));
    const silent = createServer(() => {}).listen(port, '127.0.0.2');
    await once(silent, 'listening');
    const resolveAll = async () => ['127.0.0.2', '127.0.0.1'];
    const { seen } = await seenAt(`http://shop.test:${port}/`, { resolveAll, limits: { total: 0.3 } });
    silent.closeAllConnections();
    silent.close();
    expect(new Set(seen.sightings.map(({ ip }) => ip))).toEqual(new Set(['127.0.0.1']));
    expect(seen.addresses[0]?.problem).toBeDefined();
  });

  it('says of addresses beyond the connections that they were not asked', async () => {
    const { port } = await site((_, response) => response.end('page'));
    const resolveAll = async () => ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
    const { seen } = await seenAt(`http://shop.test:${port}/`, { connections: 1, resolveAll });
    expect(seen.addresses).toEqual([
      { ip: '127.0.0.1' },
      { ip: '127.0.0.2', notAsked: true },
      { ip: '127.0.0.3', notAsked: true },
    ]);
  });

  it('takes the two families in turns', async () => {
    const { port } = await site((_, response) => response.end('page'));
    const resolveAll = async () => ['127.0.0.1', '127.0.0.2', '::1'];
    const { seen } = await seenAt(`http://shop.test:${port}/`, { resolveAll });
    expect(seen.addresses.map(({ ip }) => ip)).toEqual(['127.0.0.1', '::1', '127.0.0.2']);
  });

  it('describes the page where redirects end, and notes where they began', async () => {
    const { port } = await site((request, response) => {
      if (request.url === '/') response.writeHead(301, { location: '/home' }).end();
      else response.end('page');
    });
    const { seen } = await seenAt(`http://shop.test:${port}/`);
    expect(seen.url).toBe(`http://shop.test:${port}/home`);
    const { topology, claims } = discover(seen);
    expect(topology.targets[0]?.url).toBe(seen.url);
    expect(claims.find(({ about }) => about === 'target')?.because).toContain(`http://shop.test:${port}/ leads there`);
  });

  it('reads the head alone where the body is larger than is read', async () => {
    const { port } = await site((_, response) => {
      response.setHeader('X-Varnish', '5');
      response.end(Buffer.alloc(11 * 1024 * 1024));
    });
    const { seen } = await seenAt(`http://shop.test:${port}/`, { connections: 2 });
    expect(seen.sightings.map(({ digest }) => digest)).toEqual([undefined, undefined]);
    expect(discover(seen).topology.layers.map(({ id }) => id)).toEqual(['varnish', 'origin']);
  });

  it('finds a page that is never the same without a marker', async () => {
    const { port, count } = await site((_, response) => response.end(`page ${count.requests}`));
    const { claims } = discover((await seenAt(`http://shop.test:${port}/`)).seen);
    expect(claims.find(({ about }) => about === 'marker')?.because).toContain('the body differed');
  });

  it('stops where the site asks to be left alone, and keeps what it has', async () => {
    const { port, count } = await site((_, response) => {
      if (count.requests > 3) response.writeHead(429, { 'retry-after': '60' }).end();
      else response.end('page');
    });
    const { seen, problems } = await seenAt(`http://shop.test:${port}/`);
    expect(seen.sightings).toHaveLength(2);
    expect(count.requests).toBe(4);
    expect(problems).toEqual([expect.stringMatching(/answers 429.* after 2 answers; .*Retry-After: 60/)]);
  });
});

describe('one clear sentence', () => {
  it.each([
    ['a closed port', 'http://127.0.0.1:1/', /^http:\/\/127\.0\.0\.1:1\/: no connection: .*ECONNREFUSED.*\.$/],
    ['a name without an address', 'http://nowhere.invalid/', /^nowhere\.invalid has no address: .*\.$/],
  ])('tells of %s', async (_, url, sentence) => {
    const found = await lookAround(url, { connections: 1 });
    expect('problem' in found && found.problem).toMatch(sentence);
  });

  it('tells of a site that has had enough at once', async () => {
    const { port, count } = await site((_, response) => response.writeHead(429).end());
    expect(await problemOf(`http://shop.test:${port}/`)).toMatch(/answers 429, .* after 0 answers; ask again later\.$/);
    expect(count.requests).toBe(1);
  });

  it('tells of a server that speaks no TLS', async () => {
    const { port } = await site((_, response) => response.end());
    expect(await problemOf(`https://shop.test:${port}/`)).toMatch(/^https:.*TLS failed: .*\.$/);
  });

  it('tells of a redirect into the private network, and does not follow it', async () => {
    const { port } = await site((_, response) => response.writeHead(302, { location: 'http://10.1.2.3/' }).end());
    expect(await problemOf(`http://shop.test:${port}/`)).toMatch(
      /^The redirect .* is not followed: 10\.1\.2\.3 is private/,
    );
  });

  it('tells of a redirect to a name that leads inside, whatever the name', async () => {
    const { port, count } = await site((_, response) =>
      response.writeHead(302, { location: `http://other.test:${port}/` }).end(),
    );
    expect(await problemOf(`http://shop.test:${port}/`)).toMatch(/other\.test leads to 127\.0\.0\.1/);
    expect(count.requests).toBe(1);
  });

  it('tells of redirects without end', async () => {
    const { port } = await site((_, response) => response.writeHead(302, { location: '/' }).end());
    expect(await problemOf(`http://shop.test:${port}/`)).toContain('more than 10 redirects');
  });

  it.each([['javascript:alert(1)'], ['http://u:p@shop.test/'], ['http://[']])(
    'tells of a redirect to %s',
    async (location) => {
      const { port } = await site((_, response) => response.writeHead(302, { location }).end());
      expect(await problemOf(`http://shop.test:${port}/`)).toMatch(/^The redirect .* is not followed: /);
    },
  );
});
