// How does each fault come about on real daemons, and which places are truly concerned?
import { setTimeout as sleep } from 'node:timers/promises';
import { placesOf } from '../../probe/trace/places.ts';
import type { PurgeFate } from './faults-relay.ts';
import type { Fault, Scene } from './faults-scene.ts';
import {
  accusation,
  deploy,
  known,
  lookFirst,
  opened,
  purgeElsewhere,
  relayOf,
  STAY,
  stillOld,
  trace,
  warm,
} from './faults-scene.ts';
import { HOST, pageOf } from './faults-stack.ts';
import { halfRolledOrigin, nodesDisagree, staleWhileRevalidate } from './faults-two-versions.ts';

const doomed = (scene: Scene, node: string, fate: PurgeFate) => relayOf(scene, node).decide(`/${scene.site}/`, fate);

/** The edges are purged while the shields still hold the old page: their purge comes late, or nobody purges them. */
const purgeRace: Fault = async (stack, site, random) => {
  const late = random.isSo(0.5);
  const scene = opened(stack, site, random, late ? {} : { shieldPurge: undefined });
  const seconds = random.between(2, 4);
  if (late) for (const id of ['shield-1', 'shield-2']) doomed(scene, id, { is: 'late', seconds });
  await warm(scene);
  const when = await known(scene, () => deploy(scene));
  const document = await trace(scene, late ? seconds + 5 : random.between(4, 6), { purge: true });
  const old = await stillOld(scene, { layer: 'edge' });
  const how = `${late ? `shields purged ${seconds.toFixed(1)} s late` : 'shields not purged'}, ${when}`;
  return { document, expected: old.map((p) => accusation('purge-race', p)), how, session: scene.session };
};

/** Everything is purged in order, but the origins serve the change only afterwards. */
const prematurePurge: Fault = async (stack, site, random) => {
  const scene = opened(stack, site, random);
  await warm(scene);
  await lookFirst(scene);
  const early = random.between(1, 4);
  const own = random.isSo(0.5);
  const tracing = trace(scene, early + 7, own ? { purge: true, hold: false } : {});
  if (!own) await purgeElsewhere(scene);
  await sleep(early * 1000);
  await deploy(scene, random.between(0, 1));
  const document = await tracing;
  const old = await stillOld(scene);
  return {
    document,
    expected: old.map((p) => accusation('premature-purge', p)),
    session: scene.session,
    how: `${early.toFixed(1)} s early, ${own ? 'by the trace' : 'by somebody'}`,
  };
};

/** The purge of one edge does not get there: swallowed, refused, or taken and never answered. */
const purgeLost: Fault = async (stack, site, random) => {
  const scene = opened(stack, site, random);
  const edges = placesOf(scene.topology, { layer: 'edge' });
  const lost = edges[random.whole(0, edges.length - 1)]!;
  const fate = random.one<PurgeFate>([
    { is: 'lost' },
    { is: 'lost' },
    { is: 'refused', status: 403 },
    { is: 'silent' },
  ]);
  doomed(scene, lost.node.id, fate);
  await warm(scene);
  const when = await known(scene, () => deploy(scene));
  const silent = fate.is === 'silent';
  const tracing = trace(scene, silent ? 14 : random.between(4, 6), silent ? {} : { purge: true });
  if (silent) await sleep(500).then(() => purgeElsewhere(scene, { timeout: 1.5 }));
  const document = await tracing;
  return {
    document,
    session: scene.session,
    expected: [accusation('purge-lost', lost)],
    how: `${fate.is} at ${lost.node.id}, ${when}`,
  };
};

const GERMAN = { 'accept-language': 'de' };

/** A page in two languages whose purge names one of them, at caches that keep them apart. */
const variantNotPurged: Fault = async (stack, site, random) => {
  const variants = [
    { id: 'default', headers: {} },
    { id: 'german', headers: GERMAN },
  ];
  const targets = [pageOf(site, random.whole(...STAY), { variants })] as const;
  const scene = opened(stack, site, random, { targets, edges: random.isSo(0.5) ? 0 : random.whole(2, 3) });
  for (const app of ['app-1', 'app-2']) relayOf(scene, app).adorn(`/${site}/`, { Vary: 'Accept-Language' });
  // what came first is what nginx keeps under the page's own key, and finds again whatever else it forgets; Squid forgets both
  // with the one that names a field
  const spared = stack.shields === 'squid' ? 'german' : random.one(['default', 'german']);
  await warm(scene, spared);
  const when = await known(scene, () => deploy(scene));
  const tracing = trace(scene, 6);
  await sleep(random.between(300, 1200));
  await purgeElsewhere(scene, { variant: spared === 'german' ? 'default' : 'german' });
  const document = await tracing;
  const old = await stillOld(scene);
  // an edge drops all variants, and takes the old one again from a shield that kept it
  const expected = old.map((p) => accusation(p.layer.id === 'edge' ? 'purge-race' : 'variant-not-purged', p));
  return { document, session: scene.session, expected, how: `${spared} spared, ${when}` };
};

/** Two forms of one URL are in caches, and the purge names only one of them. */
const wrongKey: Fault = async (stack, site, random) => {
  const lifetime = random.whole(...STAY);
  const form = random.one(['slash', 'host']);
  const page = pageOf(site, lifetime);
  const url = form === 'slash' ? `${page.url}/` : page.url.replace(HOST, `www.${HOST}`);
  const other = { ...page, id: `home-${form}`, url, sameAs: 'home' };
  const scene = opened(stack, site, random, { targets: [page, other] });
  await warm(scene);
  const when = await known(scene, () => deploy(scene));
  const tracing = trace(scene, 6);
  await sleep(random.between(300, 1200));
  const purged = random.one([page, other]);
  await purgeElsewhere(scene, {}, { ...scene.topology, targets: [purged] });
  const document = await tracing;
  const old = await stillOld(scene);
  return {
    document,
    expected: old.map((p) => accusation('wrong-key-purged', p)),
    session: scene.session,
    how: `${form} form, only ${purged.id} purged, ${when}`,
  };
};

export const faults: Readonly<Record<string, Fault>> = {
  'purge-race': purgeRace,
  'premature-purge': prematurePurge,
  'purge-lost': purgeLost,
  'variant-not-purged': variantNotPurged,
  'wrong-key-purged': wrongKey,
  'half-rolled-origin': halfRolledOrigin,
  'nodes-disagree': nodesDisagree,
  'stale-while-revalidate': staleWhileRevalidate,
};

/** Everything done in order, by random shapes: whatever is said of any place is wrong. */
export const healthy: Fault = async (stack, site, random) => {
  const variants = random.isSo(0.4)
    ? [
        { id: 'default', headers: {} },
        { id: 'german', headers: GERMAN },
      ]
    : [{ id: 'default', headers: {} }];
  const lifetime = random.isSo(0.3) ? random.whole(2, 6) : random.whole(...STAY);
  const page = pageOf(site, lifetime, { variants });
  const slash = random.isSo(0.3) ? [{ ...page, id: 'home-slash', url: `${page.url}/`, sameAs: 'home' }] : [];
  const shape = { targets: [page, ...slash] as const, edges: random.isSo(0.2) ? 0 : random.whole(2, 4) };
  const scene = opened(stack, site, random, shape);
  if (variants.length > 1)
    for (const app of ['app-1', 'app-2']) relayOf(scene, app).adorn(`/${site}/`, { Vary: 'Accept-Language' });
  await warm(scene);
  const roll = random.isSo(0.4) ? random.between(0.2, 2) : 0;
  // what expires meanwhile is new everywhere before somebody else's purge has come to its end
  const elsewhere = random.isSo(0.4) && lifetime >= STAY[0];
  const later = random.isSo(0.3);
  if (random.isSo(0.5)) await lookFirst(scene);
  if (!later) await deploy(scene, roll);
  const tracing = trace(scene, 8, elsewhere ? {} : { purge: true });
  if (later) await sleep(random.between(300, 1500)).then(() => deploy(scene, roll));
  if (elsewhere) await sleep(random.between(200, 1000)).then(() => purgeElsewhere(scene));
  const document = await tracing;
  const how = `life ${lifetime}, ${variants.length} variants, ${slash.length + 1} forms, ${shape.edges} edges, roll ${roll.toFixed(1)}, purged by ${elsewhere ? 'somebody' : 'the trace'}, deployed ${later ? 'later' : 'before'}`;
  return { document, session: scene.session, expected: [], how };
};
