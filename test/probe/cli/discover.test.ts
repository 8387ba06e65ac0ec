import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discoverDocument } from '../../../shared/api-discover.ts';
import { parseTopology } from '../../../shared/topology-file.ts';
import { strata } from './strata.ts';

let server: Server;
let folder: string;
let origin: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-discover-'));
  server = createServer((_, response) => {
    const lines = { 'cache-control': 'max-age=60', 'cache-status': 'shield; hit; ttl=30, edge; fwd=miss; stored' };
    response.writeHead(200, lines).end('page');
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

describe('discover', () => {
  it('prints a topology file that loads, with its reasons', async () => {
    const { code, stdout, stderr } = await strata(['discover', `${origin}/`, '--connections', '2']);
    expect([code, stderr]).toEqual([0, '']);
    const read = parseTopology(stdout, 'strata.yaml');
    expect('topology' in read && read.topology.layers.map(({ id }) => id)).toEqual(['rfc9211', 'rfc9211-2', 'origin']);
    expect(stdout).toMatch(/ - id: rfc9211 # measured: .*\(cache-status: shield; hit/);
  });

  it('prints the same as one JSON document', async () => {
    const { stdout } = await strata(['discover', `${origin}/`, '--connections', '1', '--json']);
    const { topology, claims } = discoverDocument.parse(JSON.parse(stdout));
    expect('topology' in parseTopology(JSON.stringify(topology), 'strata.json')).toBe(true);
    expect(claims.filter(({ about }) => about === 'layer')).toHaveLength(2);
  });

  it('writes a file, and never over another without --force', async () => {
    const file = join(folder, 'strata.yaml');
    const command = ['discover', `${origin}/`, '--connections', '1', '--out', file];
    expect(await strata(command)).toMatchObject({ code: 0, stdout: '' });
    await writeFile(file, 'mine');
    const refused = await strata(command);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^strata: .* is there already; .*--force.*\n$/);
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect((await strata([...command, '--force'])).code).toBe(0);
    expect(await readFile(file, 'utf8')).toContain('layers:');
  });

  it.each([
    [['shop.example'], 2],
    [['ftp://shop.example/'], 2],
    [['http://user:secret@shop.example/'], 2],
    [['http://127.0.0.1:1/', '--connections', '0'], 2],
    [['http://127.0.0.1:1/', '--connections', '1000'], 2],
    [['http://127.0.0.1:1/'], 4],
    [['http://nowhere.invalid/'], 4],
  ])('ends %j with code %i and one sentence', async (args, expected) => {
    const { code, stdout, stderr } = await strata(['discover', ...args]);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(/^strata: [^\n]+\.\n$/);
    expect(stderr).not.toContain('secret');
  });
});
