// Secrets are planted wherever one may stand; none of them may be found in what is kept, shown or given away.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { strata } from './strata.ts';

const CANARIES = {
  HEADER_SECRET: 'canary-header-41f7',
  COOKIE_SECRET: 'canary-cookie-a90c',
  PURGE_SECRET: 'canary-purge-77d2',
  SESSION: 'canary-session-5b1e',
  NAMELESS: 'canary-nameless-c6a4',
  PASSWORD: 'canary-password-02e9',
};

let server: Server;
let folder: string;
let file: string;
let told: string[];
beforeAll(async () => {
  told = [];
  server = createServer((request, response) => {
    const sent = [request.headers['x-api-key'], request.headers.cookie, request.headers['x-purge-token']];
    told.push(...sent.flat().filter((v) => v !== undefined));
    response.setHeader('Set-Cookie', [`session=${CANARIES.SESSION}; Path=/; HttpOnly`, `${CANARIES.NAMELESS}; Path=/`]);
    response.setHeader('Content-Location', `http://user:${CANARIES.PASSWORD}@shop.example/`);
    // a server may send back what it was sent
    response.setHeader('X-Echo', sent.flat().join(' '));
    response.setHeader('X-Build', '4f2c').end(`<p>${sent.flat().join(' ')}</p>`);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'strata-canaries-'));
  file = join(folder, 'strata.yaml');
  await writeFile(
    file,
    `layers:
  - id: edge
    nodes: [ { id: edge-1, address: "${address}" } ]
    purge: { by: http-purge, headers: { X-Purge-Token: "\${PURGE_SECRET}" } }
  - { id: origin, role: origin, nodes: [ { id: app-1, address: "${address}" } ] }
targets:
  - id: home
    url: "${address}/"
    marker: { header: x-build }
    variants: [ { id: member, headers: { X-Api-Key: "\${HEADER_SECRET}", Cookie: "session=\${COOKIE_SECRET}" } } ]
`,
  );
});
afterAll(async () => {
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  await rm(folder, { recursive: true, force: true });
});

/** Where a canary is found in these bytes, in the forms in which one may be written. */
function found(where: string, bytes: Buffer): string[] {
  return Object.entries(CANARIES).flatMap(([name, secret]) => {
    const forms = [secret, Buffer.from(secret).toString('base64').slice(0, -4), encodeURIComponent(secret)];
    return forms.some((form) => bytes.includes(form)) ? [`${name} in ${where}`] : [];
  });
}

async function filesIn(base: string): Promise<[string, Buffer][]> {
  const entries = await readdir(base, { recursive: true, withFileTypes: true });
  const names = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  return Promise.all(names.map(async (name): Promise<[string, Buffer]> => [name, await readFile(name)]));
}

it('no secret of the topology, of the environment or of an answer is kept on disk, printed, or given away in a file', async () => {
  const env = { ...CANARIES };
  const trace = await strata(['trace', '--topology', file, '--expect', '4f2c', '--purge', '--budget', '5s', '--json'], {
    env,
  });
  const summary = JSON.parse(trace.stdout.trimEnd().split('\n').at(-1) ?? '{}') as { trace?: string };
  const id = summary.trace ?? '';
  expect(id).toMatch(/^[\w-]{22}$/);
  const data = ['--data', join(folder, '.strata')];
  const outputs = [
    trace,
    await strata(['purge', '--topology', file, '--json'], { env }),
    await strata(['traces', 'list', '--json', ...data]),
    await strata(['traces', 'export', id, ...data]),
    await strata(['traces', 'export', id, '--har', ...data]),
    await strata(['traces', 'show', id, '--json', ...data]),
    await strata(['replay', id, '--json', ...data]),
  ];
  // they were all sent and answered
  for (const name of ['HEADER_SECRET', 'COOKIE_SECRET', 'PURGE_SECRET'] as const) {
    expect(told.some((text) => text.includes(CANARIES[name]))).toBe(true);
  }
  const kept = await filesIn(join(folder, '.strata'));
  expect(kept.map(([name]) => name).filter((name) => name.endsWith('strata.db')).length).toBe(2);
  expect(outputs[3]?.stdout).toContain('[redacted]');
  expect(outputs[4]?.stdout).toContain('session=[redacted]; Path=/; HttpOnly');
  expect([
    ...kept.flatMap(([name, bytes]) => found(name, bytes)),
    ...outputs.flatMap(({ stdout, stderr }, i) => found(`output ${i}`, Buffer.from(stdout + stderr))),
  ]).toEqual([]);
});
