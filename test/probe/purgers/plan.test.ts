import { expect, it } from 'vitest';
import { parseTopology } from '../../../shared/topology-file.ts';
import type { Topology } from '../../../shared/topology.ts';
import { planPurge } from '../../../probe/purgers/plan.ts';

function topology(text: string): Topology {
  const parsed = parseTopology(text, 'strata.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems[0]?.message);
  return parsed.topology;
}

const SHOP = topology(`layers:
  - { id: eu, nodes: [{ id: eu-1, address: "http://h:1" }, { id: eu-2, address: "http://h:2" }], parents: [shield], purge: { by: http-purge } }
  - { id: us, nodes: [{ id: us-1, address: "http://h:3" }], parents: [origin], purge: { by: http-purge } }
  - { id: mute, nodes: [{ id: mute-1, address: "http://h:6" }], parents: [shield] }
  - { id: shield, nodes: [{ id: shield-1, address: "http://h:4" }], purge: { by: http-purge, method: GET, path: "/purge{path}" } }
  - { id: origin, role: origin, nodes: [{ id: app, address: "http://h:5" }] }
targets:
  - { id: home, url: "http://shop.example/", variants: [{ id: desktop }, { id: mobile }] }
  - { id: news, url: "http://shop.example/news" }
`);

it('a plan goes inside out: a layer comes after every layer that it refills itself from', () => {
  const plan = planPurge(SHOP, { target: 'news' });
  expect(plan.steps.map((s) => `${s.wave} ${s.node?.id}`)).toEqual(['0 us-1', '0 shield-1', '1 eu-1', '1 eu-2']);
});

it('a plan says why each layer stands where it stands', () => {
  const { steps } = planPurge(SHOP, { target: 'news' });
  expect(steps.at(-1)?.because).toBe('After shield, from which eu refills itself.');
  expect(steps[0]?.because).toBe('First: no layer that us refills itself from is purged.');
});

it('a plan names caches that nobody can purge', () => {
  expect(planPurge(SHOP).warnings).toEqual(['Layer mute names no purger: what it holds stays until it expires.']);
  expect(planPurge(SHOP, { layer: 'eu' }).warnings).toEqual([]);
});

it('a plan has one step for every node, target and variant', () => {
  expect(planPurge(SHOP).steps).toHaveLength(4 * 3);
});

it('a plan can be narrowed to a layer, a node, a target or a variant', () => {
  const places = (choice: Parameters<typeof planPurge>[1]) => planPurge(SHOP, choice).steps.map((s) => s.node?.id);
  expect(places({ layer: 'eu', variant: 'mobile' })).toEqual(['eu-1', 'eu-2']);
  expect(places({ node: 'eu-2', target: 'news' })).toEqual(['eu-2']);
  expect(places({ node: 'nowhere' })).toEqual([]);
});

it('one layer alone is purged first, whatever lies below it', () => {
  expect(planPurge(SHOP, { layer: 'eu', target: 'news' }).steps.map((s) => s.wave)).toEqual([0, 0]);
});
