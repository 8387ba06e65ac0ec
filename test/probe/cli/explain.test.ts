import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
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

  it.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /is empty/],
    ['a text', 'hello', /no response/],
    ['a body alone', '<html></html>', /HTTP\/0\.9/],
    ['half a head', 'HTTP/1.1 200 OK\r\nAge: 1\r\nCache-Con', /breaks off/],
    ['CR alone', 'HTTP/1.1 200 OK\rAge: 1\r\r', /carriage return/],
    ['NUL', 'HTTP/1.1 200 OK\nAge: \0\n\n', /NUL/],
    ['no UTF-8', Buffer.from('HTTP/1.1 200 OK\nX: \xff\xfe\n\n', 'latin1'), /UTF-8/],
    ['a HAR that is no UTF-8', Buffer.from('{"log":{"entries":["\xff"]}}', 'latin1'), /UTF-8/],
    ['10 MB of fields', `HTTP/1.1 200 OK\n${`X: ${'a'.repeat(1000)}\n`.repeat(10_000)}\n`, /longer than 256 kB/],
    ['half a HAR', '{"log":', /breaks off/],
    ['JSON that is no HAR', '{"log":{}}', /no HAR/],
    ['a HAR without responses', '{"log":{"entries":[{}]}}', /none of its 1 entries/],
  ])('of %s ends with 2 and one sentence', async (_, input, sentence) => {
    const { code, stdout, stderr } = await strata(['explain', '-'], { input });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^strata: stdin [^\n]*\.\n$/);
    expect(stderr).toMatch(sentence);
  });

  it('of a HAR larger than any browser’s ends with 2, without reading all of it', async () => {
    const file = join(folder, 'huge.har');
    await writeFile(file, `{"log":{"entries":["${'x'.repeat(129 * 1024 * 1024)}"]}}`);
    const { code, stderr } = await strata(['explain', file]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/is larger than 128 MB/);
  });

  it('of a head with a body beyond all bounds reads the head', async () => {
    const file = join(folder, 'huge.txt');
    await writeFile(file, `HTTP/1.1 200 OK\nAge: 3\n\n${'x\n'.repeat(20 * 1024 * 1024)}`);
    const { code, stdout } = await strata(['explain', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('age 3 s');
  });

  it.each([
    [['-', '--active'], /--active needs a URL/],
    [['https://h.example/', '--bust'], /add --active/],
    [['https://u:p@h.example/'], /credentials/],
  ])('with %j ends with 2', async (args, sentence) => {
    const { code, stderr } = await strata(['explain', ...args], { input: '' });
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
  });

  it.each([
    ['HTTP/0.9', '<html>hi</html>'],
    ['a NUL in a field', 'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n'],
    ['CR alone', 'HTTP/1.1 200 OK\rAge: 1\r\r'],
    ['10 MB of fields', `HTTP/1.1 200 OK\r\n${`X: ${'a'.repeat(1000)}\r\n`.repeat(10_000)}\r\n`],
    ['half a head', 'HTTP/1.1 200 OK\r\nCache-Con'],
    ['nothing', ''],
  ])('of a server that answers %s ends with 4 and one sentence', async (_, answer) => {
    const hostile = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => void socket.end(answer));
    });
    hostile.listen(0, '127.0.0.1');
    await once(hostile, 'listening');
    const bound = hostile.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
    const { code, stdout, stderr } = await strata(['explain', `http://127.0.0.1:${port}/`]);
    hostile.close();
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/^strata: http:[^\n]*\n$/);
  });

  it('writes what was asked and answered as a HAR', async () => {
    const file = join(folder, 'written.har');
    const { code } = await strata(['explain', `${origin}/old`, '--har', file]);
    expect(code).toBe(0);
    const again = await strata(['explain', file, '--json']);
    expect(explainDocument.parse(JSON.parse(again.stdout)).responses.map((r) => r.status)).toEqual([301, 200]);
  });

  it('asks some more where that is wanted, and counts what it asked', async () => {
    const { code, stdout } = await strata(['explain', `${origin}/new`, '--active', '--json']);
    const { responses, requests } = explainDocument.parse(JSON.parse(stdout));
    expect(code).toBe(0);
    expect(responses[0]?.notes.find(({ id }) => id === 'head-agrees')?.evidence).toHaveLength(2);
    expect(requests).toBeGreaterThan(5);
  });

  it('says why, what to do, and every field line, with --verbose', async () => {
    const input = 'HTTP/1.1 200 OK\nCache-Control: public; max-age=60\nServer: nginx\nX-Cache-Status: HIT\n\n';
    const { stdout } = await strata(['explain', '-', '--verbose'], { input });
    expect(stdout).toContain('[cc-semicolon]');
    expect(stdout).toContain('→ Replace the semicolons by commas.');
    expect(stdout).toMatch(/X-Cache-Status +HIT ← nginx/);
  });

  it('keeps stored history apart', async () => {
    const input = 'HTTP/1.1 200 OK\nCache-Status: shield; fwd=miss, edge; hit\nAge: 3\n\n';
    const { stdout } = await strata(['explain', '-'], { input });
    expect(stdout).toMatch(/edge .*\n +stored with that copy \(of an earlier request\):\n +shield /);
  });

  it('lets nothing that a server sent reach the terminal as a command', async () => {
    const input =
      'HTTP/1.1 200 OK\nCache-Control: \u001b[31mred\nETag: \u001b]0;x\u0007\nX-Cache-Status: HIT\u001b[2J\n\n';
    const { stdout } = await strata(['explain', '-', '--verbose'], { input });
    expect(stdout).not.toContain('\u001b');
  });
});
