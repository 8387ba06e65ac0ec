import { afterEach, describe, expect, it } from 'vitest';
import { lookAround } from '../../../probe/discover/look-around.ts';
import { startLab, type Lab } from '../../../probe/lab/lab.ts';
import { discoverDocument } from '../../../shared/discover/discover.ts';
import { wallNow } from '../../../probe/exchange/clock.ts';

let lab: Lab | undefined;
afterEach(() => lab?.stop());

async function discovered(...dialects: readonly string[]) {
  lab = await startLab({ dialects, edges: 1 });
  const url = `${lab.topology.layers[0]!.nodes[0]!.address}/`;
  const around = await lookAround(url, { connections: 6, pause: 0.3 });
  if ('problem' in around) throw new Error(around.problem);
  const { topology } = discoverDocument(around.seen, wallNow());
  return topology.layers.map(({ dialect, role = 'cache' }) => dialect ?? role);
}

describe('an embedded stack that nobody has described', () => {
  it.each([
    ['varnish', 'nginx'],
    ['nginx', 'varnish'],
    ['squid', 'varnish'],
    ['trafficserver', 'squid'],
    ['rfc9211', 'rfc9211'],
    ['haproxy', 'varnish'],
    ['httpd', 'nginx'],
    ['fastly', 'nginx'],
    ['cloudflare', 'varnish'],
    ['cloudfront', 'trafficserver'],
    ['squid', 'trafficserver', 'rfc9211'],
  ])('is found with its layers, their order and their dialects: %s before %s', async (...stack) => {
    expect(await discovered(...stack.filter((dialect) => typeof dialect === 'string'))).toEqual([...stack, 'origin']);
  });

  it.each([
    [['generic', 'varnish'], ['varnish']],
    [['varnish', 'generic'], ['varnish']],
    [['generic'], ['cache']],
  ])('has no layer that writes no field of its own: of %j there are %j', async (stack, found) => {
    expect(await discovered(...stack)).toEqual([...found, 'origin']);
  });
});
