import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainDocument } from '../../../shared/api.ts';
import { strata } from './strata.ts';

let server: Server;
let folder: string;
let origin: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-cli-'));
  server = createServer((request, response) => {
    if (request.url === '/old') return void response.writeHead(301, { location: '/new' }).end();
    if (request.url === '/inside') return void response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    if (request.url === '/loop') return void response.writeHead(302, { location: '/loop' }).end();
    if (request.url === '/endless') {
      response.writeHead(200, { 'cache-control': 'max-age=60' });
      const more = () => void (response.write(Buffer.alloc(65_536)) && setImmediate(more));
      response.on('drain', more);
      return more();
    }
    response
      .writeHead(200, { 'cache-control': 'max-age=60', 'cache-status': 'shield; hit; ttl=30, edge; fwd=miss; stored' })
      .end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  origin = `http://127.0.0.1:${bound.port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('explain', () => {
  it('follows a redirect and lists the caches of each answer, outermost first', async () => {
    const { code, stdout } = await strata(['explain', `${origin}/old`, '--json']);
    const { responses } = explainDocument.parse(JSON.parse(stdout));
    expect(code).toBe(0);
    expect(responses.map((r) => r.status)).toEqual([301, 200]);
    expect(responses[1]?.caches.map((c) => c.node)).toEqual(['edge', 'shield']);
  });

  it('does not follow a redirect into the private network, and says so', async () => {
    const { code, stderr } = await strata(['explain', `${origin}/inside`]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^strata: The redirect is not followed: .*169\.254\.169\.254.*\n$/);
  });

  it('ends a redirect that leads in a circle', async () => {
    const { code, stderr } = await strata(['explain', `${origin}/loop`, '--json']);
    expect(code).toBe(4);
    expect(stderr).toContain('more than 10 redirects');
  });

  it('leaves at the end of the head, however long the body', async () => {
    const { code, stdout } = await strata(['explain', `${origin}/endless`]);
    expect(code).toBe(0);
    expect(stdout).toContain('Fresh for 1 min');
  });

  it.each([
    [
      'a byte order mark',
      Buffer.from('\ufeff{"log":{"entries":[{"request":{"url":"https://h/"},"response":{"status":200}}]}}'),
    ],
    ['UTF-16', Buffer.from('\ufeffHTTP/1.1 200 OK\r\nAge: 1\r\n\r\n', 'utf16le')],
  ])('reads a file with %s', async (_, bytes) => {
    const file = join(folder, 'marked');
    await writeFile(file, bytes);
    expect((await strata(['explain', file])).code).toBe(0);
  });

  it('reads what curl printed from stdin', async () => {
    const input =
      'HTTP/1.1 200 OK\r\nCache-Control: s-maxage=300, max-age=60\r\nAge: 12\r\nX-Cache-Status: HIT\r\n\r\n<html>';
    const { code, stdout } = await strata(['explain', '-'], { input });
    expect(code).toBe(0);
    expect(stdout).toMatch(/nginx +hit/);
    expect(stdout).toContain('Age 12 is what nginx stored, and does not count on.');
    expect(stdout).toContain('Fresh for 5 min in a shared cache, by s-maxage.');
  });

  it('reads a HAR', async () => {
    const file = join(folder, 'page.har');
    const headers = [{ name: 'age', value: '0' }];
    const entries = [{ request: { url: 'https://shop.example/' }, response: { status: 200, headers } }];
    await writeFile(file, JSON.stringify({ log: { entries } }));
    const { code, stdout } = await strata(['explain', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('200 https://shop.example/');
  });

  it.each(['{"log":', '{"log":{}}', 'hello'])('of %j from stdin ends with 2 and a remedy', async (input) => {
    const { code, stderr } = await strata(['explain', '-'], { input });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^strata: stdin .*\n$/);
  });
});
