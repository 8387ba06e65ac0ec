// How are two versions served side by side although every purge went as it should?
import { setTimeout as sleep } from 'node:timers/promises';
import { placesOf, type Place } from '../../probe/trace/places.ts';
import type { Fault } from './faults-scene.ts';
import {
  accusation,
  askDaemon,
  asVisitor,
  deploy,
  known,
  lookFirst,
  opened,
  purgeElsewhere,
  relayOf,
  trace,
  warm,
} from './faults-scene.ts';
import { pageOf, type Stack } from './faults-stack.ts';

/** A roll that stops half way: an address of the origin behind which both versions answer, or an origin left behind. */
export const halfRolledOrigin: Fault = async (stack, site, random) => {
  const swaying = random.isSo(0.7);
  const scene = opened(stack, site, random, swaying ? { apps: 1 } : {});
  if (swaying) relayOf(scene, 'app-1').share(`/${site}/`, stack.daemons.get('app-2')!);
  await warm(scene);
  let rolled: Promise<unknown> = Promise.resolve();
  const when = await known(scene, async () => {
    rolled = deploy(scene, swaying ? 20 : 75);
  });
  const document = await trace(scene, swaying ? random.between(6, 9) : 66, { purge: true, hold: false });
  await rolled;
  const [origin] = placesOf(scene.topology, { node: swaying ? 'app-1' : 'app-2' });
  return {
    document,
    expected: [accusation('half-rolled-origin', origin!)],
    how: `${swaying ? 'both behind one address' : 'one left behind'}, ${when}`,
    session: scene.session,
  };
};

/** Two Varnish answer behind one address, and the purge reaches one of them. */
export const nodesDisagree: Fault = async (stack, site, random) => {
  const scene = opened(stack, site, random, { edges: random.whole(1, 3) });
  const edges = placesOf(scene.topology, { layer: 'edge' });
  const place = edges[random.whole(0, edges.length - 1)]!;
  const hidden = { ...place, node: { ...place.node, id: 'edge-sin' } };
  relayOf(scene, place.node.id).share(`/${site}/`, stack.daemons.get(hidden.node.id)!);
  await warm(scene);
  await tellApart(stack, hidden, place);
  const before = await asVisitor(stack, hidden);
  const when = await known(scene, () => deploy(scene));
  const document = await trace(scene, random.between(5, 7), { purge: true });
  if ((await asVisitor(stack, hidden)) !== before) throw new Error('the hidden Varnish has let go of its copy');
  return {
    document,
    expected: [accusation('nodes-disagree', place)],
    how: `edge-sin behind ${place.node.id}, ${when}`,
    session: scene.session,
  };
};

/** Two Varnish that were started together may have counted alike until they stored the page. */
async function tellApart(stack: Stack, hidden: Place, place: Place): Promise<void> {
  const copyOf = async (of: Place) => (await askDaemon(stack, of)).field('x-varnish')?.split(' ')[1] ?? '';
  await asVisitor(stack, hidden);
  for (let tries = 0; tries < 20; tries++) {
    if ((await copyOf(hidden)) !== (await copyOf(place))) return;
    await askDaemon(stack, hidden, 'PURGE');
    await asVisitor(stack, hidden);
  }
  throw new Error('two Varnish went on counting alike');
}

/** Only the shields are purged; each edge serves its old copy once more when it has expired, and fetches the new one. */
export const staleWhileRevalidate: Fault = async (stack, site, random) => {
  const lifetime = random.whole(10, 14);
  const scene = opened(stack, site, random, { targets: [pageOf(site, lifetime)] });
  await warm(scene);
  await lookFirst(scene);
  await deploy(scene);
  const tracing = trace(scene, lifetime + 4);
  await sleep(random.between(300, 1200));
  await purgeElsewhere(scene, { layer: 'shield' });
  const document = await tracing;
  const edges = placesOf(scene.topology, { layer: 'edge' });
  return {
    document,
    expected: edges.map((p) => accusation('stale-while-revalidate', p)),
    how: `life ${lifetime}`,
    session: scene.session,
  };
};
