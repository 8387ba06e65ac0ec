// Needs varnishd and nginx with its purge module: what a pipeline is told of real caches, purged as they should be and not.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { topologyYaml } from '../../probe/cli/topology-yaml.ts';
import { startLab, type Lab } from '../../probe/lab/lab.ts';
import { nginx } from '../../probe/lab/real/nginx.ts';
import type { Topology } from '../../shared/topology.ts';
import { type Ended, strata } from '../probe/cli/strata.ts';
import { startRelay, type Relay } from '../truth/faults-relay.ts';
import { needs } from './needs.ts';

/** nginx can be there without the module that lets it forget. */
function needsPurgeModule(): boolean {
  if (nginx.purge() !== undefined) return true;
  const sentence = 'not installed: the purge module of nginx (apt-get install libnginx-mod-http-cache-purge)';
  if (process.env['STRATA_REQUIRE_PEERS'] === '1') throw new Error(sentence);
  process.stderr.write(`skipped, ${sentence}\n`);
  return false;
}
const canPurge = needs('varnishd', 'nginx') && needsPurgeModule();

// two daemons and a command are started for each
vi.setConfig({ hookTimeout: 60_000 });

let lab: Lab;
let relay: Relay;
let folder: string;
beforeEach(async () => {
  lab = await startLab({ real: ['varnish', 'nginx'], edges: 2, maxAge: 600 });
  const nyc = lab.topology.layers[0]!.nodes.find((n) => n.id === 'edge-nyc')!;
  relay = await startRelay(nyc.address);
  folder = await mkdtemp(join(tmpdir(), 'strata-wait-'));
  await writeFile(join(folder, 'strata.yaml'), topologyYaml(behind(lab.topology, 'edge-nyc', relay.address)));
  await strata(['look'], { cwd: folder });
});
afterEach(async () => {
  await relay.stop();
  await lab.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The same, with this address of one node. */
const behind = (topology: Topology, id: string, address: string): Topology => ({
  ...topology,
  layers: topology.layers.map((l) => ({ ...l, nodes: l.nodes.map((n) => (n.id === id ? { id, address } : n)) })),
});

async function waited(budget: string, more: readonly string[] = []): Promise<Ended & { readonly build: string }> {
  const { build } = await lab.origin.deploy();
  const args = ['wait', '--expect', build, '--purge', '--budget', budget, '--junit', 'wait.xml', ...more];
  return { ...(await strata(args, { cwd: folder })), build };
}
const report = (): Promise<string> => readFile(join(folder, 'wait.xml'), 'utf8');

describe.runIf(canPurge)('strata wait --purge before Varnish and nginx', () => {
  it('ends with 0 once all of them show the build, long before anything expires', async () => {
    const { code, stdout, build } = await waited('60s');
    expect({ code, first: stdout.split('\n')[0] }).toEqual({ code: 0, first: `${build} is visible everywhere.` });
    expect(await report()).toContain('tests="5" failures="0"');
  });

  it('ends with 1 where one purge was lost, and names layer, node and cause', async () => {
    relay.decide('/', { is: 'lost' });
    const { code, stdout, build } = await waited('15s', ['--github']);
    expect({ code, first: stdout.split('\n')[0] }).toEqual({
      code: 1,
      first: `${build} is not visible at 1 of 5 places (within 15 s).`,
    });
    expect(stdout).toMatch(/^ {2}edge: edge-nyc still shows 4f2c \(purge lost: .+\)\.$/m);
    expect(stdout).toMatch(/^::error title=strata wait%3A edge\/edge-nyc::edge-nyc still shows 4f2c \(purge lost: /m);
    expect(await report()).toContain('<failure type="purge-lost" message="edge-nyc still shows 4f2c (purge lost: ');
  });

  it('ends with 1 where only the edges were purged: they took the old page from the shield again', async () => {
    const { code, stdout } = await waited('8s', ['--layer', 'edge']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}edge: edge-ams still shows 4f2c \(purge race: .+\)\.$/m);
  });
});
