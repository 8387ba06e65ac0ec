import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookDocument } from '../../../shared/api.ts';
import { argumentsFor, start, strata } from './strata.ts';

let folder: string;
let server: Server;
let file: string;
let dead: string;
let mute: string;

const topology = (address: string, origin = address): string => `layers:
  - { id: edge, dialect: rfc9211, nodes: [{ id: edge-1, address: "${address}" }], purge: { by: http-purge } }
  - { id: origin, role: origin, nodes: [{ id: app-1, address: "${origin}" }] }
targets: [{ id: home, url: "http://shop.example/", marker: { header: x-build } }]
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-cli-'));
  server = createServer((request, response) => {
    if (request.method === 'PURGE') return void response.writeHead(403).end();
    // a server that would like to clear the reader's screen, in C1 where HTTP lets it
    response.setHeader('x-build', Buffer.from('4f2c\u009b2J', 'latin1').toString('latin1'));
    response
      .writeHead(200, { 'cache-control': 'max-age=60', age: '7', 'cache-status': 'edge; hit; ttl=53' })
      .end('page');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  file = join(folder, 'strata.yaml');
  dead = join(folder, 'dead.yaml');
  await writeFile(file, topology(`http://127.0.0.1:${bound.port}`));
  mute = join(folder, 'mute.yaml');
  await writeFile(mute, topology(`http://127.0.0.1:${bound.port}`, 'http://127.0.0.1:1'));
  await writeFile(dead, topology('http://127.0.0.1:1'));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('look', () => {
  it('prints a table a layer, outermost first, and nothing on stderr', async () => {
    const { code, stdout, stderr } = await strata(['look'], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.indexOf('edge (rfc9211)')).toBeLessThan(stdout.indexOf('origin (origin)'));
    expect(stdout).toMatch(/edge-1 +4f2c2J +new +hit +7 s/);
  });

  it('prints nothing that a terminal would obey, as text or as JSON', async () => {
    const text = await strata(['look', '--topology', file]);
    const json = await strata(['look', '--topology', file, '--json']);
    // oxlint-disable-next-line no-control-regex
    expect(text.stdout + json.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(json.stdout).toContain('4f2c\\u009b2J');
  });

  it('prints the document of the contract with --json', async () => {
    const { stdout } = await strata(['look', '--topology', file, '--json', '--layer', 'edge']);
    const document = lookDocument.parse(JSON.parse(stdout));
    expect(document.nodes.map((n) => [n.node, n.age, n.cacheStatus?.hit])).toEqual([['edge-1', 7, true]]);
  });

  it('colours only on request when nobody watches', async () => {
    const plain = await strata(['look', '--topology', file]);
    const forced = await strata(['look', '--topology', file], { env: { FORCE_COLOR: '1' } });
    const refused = await strata(['look', '--topology', file, '--no-color'], { env: { FORCE_COLOR: '1' } });
    expect([plain, forced, refused].map((r) => r.stdout.includes('\u001b['))).toEqual([false, true, false]);
  });

  it('says which nodes failed, and ends with 4 when none answered', async () => {
    const { code, stdout, stderr } = await strata(['look', '--topology', dead]);
    expect(code).toBe(4);
    expect(stdout).toMatch(/edge-1: .*127\.0\.0\.1/);
    expect(stderr).toBe('strata: no node answered, so nothing can be said about what they hold.\n');
  });

  it('does not look like an answer when it cannot be written', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, argumentsFor(['look', '--topology', file]), {
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    const closed = once(child, 'close');
    expect(child.stderr && (await text(child.stderr))).toBe('strata: what was found cannot be written (ENOSPC).\n');
    expect(await closed).toEqual([70, null]);
  });

  it('ends quietly when its reader stops reading', async () => {
    const child = start(['look', '--topology', file, '--json']);
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child, 'close');
    expect(stderr).toBe('');
  });
});

describe('when', () => {
  it('ends with 3 where the origin does not serve what is waited for', async () => {
    const { code, stdout } = await strata(['when', '--topology', file, '--expect', '9a01', '--settle', '0']);
    expect(code).toBe(3);
    expect(stdout).toContain('The origin does not serve 9a01 yet');
  });

  it('does not blame an origin that did not answer: nothing can be told', async () => {
    const { code, stdout } = await strata(['when', '--topology', mute, '--expect', '9a01', '--settle', '0']);
    expect(code).toBe(4);
    expect(stdout).toContain('No origin answered, so whether it serves 9a01 is not known');
  });

  it('says a marker as it is, and each reason once', async () => {
    const { stdout } = await strata(['when', '--topology', file, '--expect', 'bbbb', '--settle', '0']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[1]).toMatch(/^bbbb appears everywhere /);
    expect(lines.filter((line, i) => line.startsWith('    ') && line === lines[i - 1])).toEqual([]);
  });

  it('takes what others did: a deploy 90 seconds ago', async () => {
    const { code } = await strata([
      'when',
      '--topology',
      file,
      '--deployed',
      '-90s',
      '--purged',
      '-60s:edge',
      '--settle',
      '0',
      '--json',
    ]);
    expect(code).toBe(0);
  });
});

describe('purge', () => {
  it('prints the plan and sends nothing with --dry-run', async () => {
    const { code, stdout } = await strata(['purge', '--topology', dead, '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('PURGE  http://shop.example/  at http://127.0.0.1:1');
  });

  it('that is refused ends with 1', async () => {
    const { code, stdout } = await strata(['purge', '--topology', file]);
    expect(code).toBe(1);
    expect(stdout).toBe('edge-1 home/default: refused. It answered 403: it does not take this purge from here.\n');
  });

  it('of nodes that are not there ends with 4', async () => {
    expect((await strata(['purge', '--topology', dead, '--json'])).code).toBe(4);
  });
});
