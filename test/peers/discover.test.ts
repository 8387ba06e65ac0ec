// Needs the daemons named: stacks of real caches, of which discover is told nothing but a URL.
import { afterEach, describe, expect, it } from 'vitest';
import { lookAround } from '../../probe/discover/look-around.ts';
import { wallNow } from '../../probe/exchange/clock.ts';
import { startLab, type Lab } from '../../probe/lab/lab.ts';
import { discoverDocument } from '../../shared/discover/discover.ts';
import { discoverYaml } from '../../shared/discover/yaml-text.ts';
import { parseTopology } from '../../shared/topology-file.ts';
import { needs } from './needs.ts';

let lab: Lab | undefined;
afterEach(() => lab?.stop());

const PROGRAMS: Readonly<Record<string, string>> = {
  varnish: 'varnishd',
  nginx: 'nginx',
  squid: 'squid',
  trafficserver: 'traffic_server',
  httpd: 'apache2',
  haproxy: 'haproxy',
};

const programsOf = (stack: readonly string[]): string[] => [...new Set(stack.map((id) => PROGRAMS[id] ?? id))];

async function discovered(stack: readonly string[]) {
  lab = await startLab({ real: stack, edges: 1 });
  const around = await lookAround(`${lab.topology.layers[0]!.nodes[0]!.address}/`, { connections: 8 });
  if ('problem' in around) throw new Error(around.problem);
  const document = discoverDocument(around.seen, wallNow());
  const read = parseTopology(discoverYaml(document), 'strata.yaml');
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return { layers: read.topology.layers.map(({ dialect, role }) => dialect ?? role), claims: document.claims };
}

const STACKS = [
  ['varnish', 'nginx'],
  ['nginx', 'varnish'],
  ['squid', 'varnish'],
  ['haproxy', 'varnish'],
  ['varnish', 'haproxy'],
  ['varnish', 'squid'],
  ['varnish', 'varnish'],
  ['squid', 'squid'],
  ['httpd', 'nginx'],
  ['squid', 'trafficserver'],
];

describe.each(STACKS.map((stack) => [stack.join(' before '), stack] as const))('a real stack: %s', (_, stack) => {
  it.runIf(needs(...programsOf(stack)))('is found with its layers, their order and their dialects', async () => {
    expect((await discovered(stack)).layers).toEqual([...stack, 'origin']);
  });
});

describe.runIf(needs('haproxy', 'nginx'))('HAProxy whose word takes the place of nginx’s', () => {
  it('is found alone, and the Server line is told as what it is: a guess', async () => {
    const { layers, claims } = await discovered(['haproxy', 'nginx']);
    expect(layers).toEqual(['haproxy', 'origin']);
    expect(claims.filter(({ line }) => line?.toLowerCase().startsWith('server: nginx'))).toMatchObject([
      { layer: 'origin', kind: 'guessed' },
    ]);
  });
});
