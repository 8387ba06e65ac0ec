import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { start, strata } from './strata.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'strata-purge-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const servers: Server[] = [];
/** PURGE requests that have arrived, by node. */
let purges: string[];
beforeEach(() => void (purges = []));
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

type Answer = number | 'nothing';

/** A node that answers every purge with this status, or leaves it without an answer. */
async function nodeThat(node: string, answer: Answer): Promise<string> {
  const listener: RequestListener = (request, response) => {
    purges.push(`${request.method} ${node}`);
    if (answer !== 'nothing') response.writeHead(answer).end();
  };
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** To purge a shield and two edges, whose nodes answer like this; a node without an answer here is not there. */
async function argsFor(answers: Readonly<Record<string, Answer>>, ...more: string[]): Promise<string[]> {
  const closed = 'http://127.0.0.1:1';
  const at = Object.fromEntries(
    await Promise.all(Object.entries(answers).map(async ([node, answer]) => [node, await nodeThat(node, answer)])),
  ) as Record<string, string>;
  const node = (id: string) => `{ id: ${id}, address: "${at[id] ?? closed}" }`;
  const file = join(folder, 'strata.yaml');
  await writeFile(
    file,
    `layers:
  - { id: edge, nodes: [ ${node('edge-1')}, ${node('edge-2')} ], purge: { by: http-purge } }
  - { id: shield, nodes: [ ${node('shield-1')} ], purge: { by: http-purge } }
  - { id: origin, role: origin, nodes: [ { id: app-1, address: "${closed}" } ] }
targets: [ { id: home, url: "http://shop.example/", marker: { header: x-build } } ]
`,
  );
  return ['purge', '--topology', file, '--timeout', '500ms', '--no-record', ...more];
}

const purge = async (...told: Parameters<typeof argsFor>) => strata(await argsFor(...told));

/** The same for a reader that has left before anything is printed. */
async function purgeUnread(answers: Readonly<Record<string, Answer>>): Promise<number | null> {
  const child = start(await argsFor(answers));
  child.stdout.destroy();
  child.stderr.destroy();
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

describe('strata purge ends', () => {
  it('with 0 when every node took it, the shield first, with a line for each', async () => {
    const { code, stdout } = await purge({ 'shield-1': 200, 'edge-1': 204, 'edge-2': 200 });
    expect({ code, first: purges[0], all: purges.toSorted() }).toEqual({
      code: 0,
      first: 'PURGE shield-1',
      all: ['PURGE edge-1', 'PURGE edge-2', 'PURGE shield-1'],
    });
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(stdout).toContain('shield-1 home/default: accepted.');
  });

  it('with 0 when there was nothing to forget', async () => {
    const { code, stdout } = await purge({ 'shield-1': 404, 'edge-1': 404, 'edge-2': 404 });
    expect(code).toBe(0);
    expect(stdout).toContain('edge-2 home/default: was-not-there.');
  });

  it('with 1 when a node refuses it, and the layers outside are left alone', async () => {
    const { code, stdout, stderr } = await purge({ 'shield-1': 403, 'edge-1': 200, 'edge-2': 200 });
    expect({ code, purges }).toEqual({ code: 1, purges: ['PURGE shield-1'] });
    expect(stdout).toContain('shield-1 home/default: refused.');
    expect(stderr).toContain('shield-1 did not take its purge, so the layers outside shield were left alone');
  });

  it('with 1 when one of several nodes cannot be reached', async () => {
    const { code, stdout } = await purge({ 'shield-1': 200, 'edge-1': 200 });
    expect(code).toBe(1);
    expect(stdout).toMatch(/edge-2 home\/default: failed\. It was not sent: /);
  });

  it('with 4 when nobody says what became of it, and sends it once', async () => {
    const { code, stdout } = await purge({ 'shield-1': 'nothing', 'edge-1': 200, 'edge-2': 200 });
    expect({ code, purges }).toEqual({ code: 4, purges: ['PURGE shield-1'] });
    expect(stdout).toContain('whether it was done is not known, and it is not sent again by itself');
  });

  it('with 4 when nothing can be reached', async () => {
    expect((await purge({})).code).toBe(4);
  });

  it('as a document with the same receipts, on request', async () => {
    const { code, stdout } = await purge({ 'shield-1': 429 }, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      strata: 1,
      verb: 'purge',
      dryRun: false,
      receipts: [{ node: 'shield-1', outcome: 'refused', status: 429 }],
      stopped: expect.stringContaining('left alone') as string,
    });
  });

  it('as it would have when nobody reads what it prints: no layer is left half done, no refusal looks like a success', async () => {
    expect(await purgeUnread({ 'shield-1': 200, 'edge-1': 200, 'edge-2': 200 })).toBe(0);
    expect(purges.toSorted()).toEqual(['PURGE edge-1', 'PURGE edge-2', 'PURGE shield-1']);
    expect(await purgeUnread({ 'shield-1': 403 })).toBe(1);
  });

  it('with 4 when one of several nodes does not say what became of it', async () => {
    expect((await purge({ 'shield-1': 200, 'edge-1': 200, 'edge-2': 'nothing' })).code).toBe(4);
  });
});
