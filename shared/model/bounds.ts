// Between which instants does a node begin to serve the change, whatever the uncertain inputs truly are?
import { isFooting } from './footing.ts';
import type { Term } from './forecast.ts';
import { hull, interval, type Instant, type Interval } from './interval.ts';
import { busy, type NodeSituation, type Situation } from './situation.ts';

/** `latest` is absent when nothing bounds it. */
export interface Bounds {
  readonly earliest: Instant;
  readonly latest?: Instant;
  readonly terms: readonly Term[];
}

/** How many refills with an old copy are followed before giving up on an upper bound. */
const MOST_REFILLS = 64;

/** What a node's parents are like together: the same for every node that has the same ones. */
interface Parents {
  /** Any of them may be the one that is asked, so the first and the last of them bound what it answers. */
  readonly bounds: Bounds;
  /** A parent with grace gives its old copy once more to whoever asks first after its expiry. */
  readonly serveOldOnce: boolean;
  readonly sendAge: boolean;
  /** When their copies were generated; absent where one cannot be dated, or may itself be refilled with an old one. */
  readonly generatedAt?: Interval;
}

interface Known {
  readonly nodes: Map<string, Bounds>;
  readonly parents: Map<readonly string[], Parents>;
}

const known = new WeakMap<Situation, Known>();

/** The bounds for one node; each node of a situation is worked out once. */
export function boundsAt(situation: Situation, node: string): Bounds {
  const { nodes } = knownOf(situation);
  const before = nodes.get(node);
  if (before !== undefined) return before;
  const found = work(situation, node);
  nodes.set(node, found);
  return found;
}

function parentsOf(situation: Situation, node: NodeSituation): Parents {
  const { parents } = knownOf(situation);
  const before = parents.get(node.parents);
  if (before !== undefined) return before;
  const found = together(situation, node.parents);
  parents.set(node.parents, found);
  return found;
}

function knownOf(situation: Situation): Known {
  const before = known.get(situation);
  if (before !== undefined) return before;
  const found = { nodes: new Map(), parents: new Map() };
  known.set(situation, found);
  return found;
}

function together(situation: Situation, ids: readonly string[]): Parents {
  const parents = ids.flatMap((id) => situation.nodes.get(id) ?? []);
  const generated = parents.flatMap((p) => (p.emitsAge && p.state?.generatedAt) || []);
  const datable =
    generated.length > 0 &&
    generated.length === ids.length &&
    parents.every((p) => refillsFromReadyOrigin(situation, p));
  return {
    bounds: boundsTogether(situation, ids),
    serveOldOnce: parents.some((p) => !p.shows && p.window > 0),
    sendAge: parents.some((p) => p.emitsAge || p.mayEmitAge),
    ...(datable ? { generatedAt: generated.reduce(hull) } : {}),
  };
}

function work(situation: Situation, id: string): Bounds {
  const node = situation.nodes.get(id);
  if (node === undefined) throw new Error(`no node ${id} in this topology`);
  const layer = node.layer.id;
  if (node.layer.role === 'origin') return atOrigin(situation, node);
  if (node.shows) return sinceThen(node);
  const parents = parentsOf(situation, node);
  const parent = parents.bounds;
  if (node.state === undefined || node.state.outcome === 'failed') {
    return {
      earliest: parent.earliest,
      terms: [...parent.terms, { layer, node: id, seconds: 0, because: { code: 'never-answered' } }],
    };
  }
  if (node.empty) return through(situation, node, parent);
  if (node.expiry === undefined) {
    return {
      earliest: Math.max(situation.now, parent.earliest),
      terms: [...parent.terms, { layer, node: id, seconds: 0, because: { code: 'clock-unknown' } }],
    };
  }
  return refills(situation, node, parents, node.expiry);
}

function atOrigin({ now }: Situation, node: NodeSituation): Bounds {
  if (node.shows) return sinceThen(node);
  const notReady: Term = { layer: node.layer.id, node: node.node, seconds: 0, because: { code: 'origin-not-ready' } };
  return { earliest: now, terms: [notReady] };
}

/** It began to serve the change between two exchanges, and asked from then on it answers so. */
function sinceThen({ layer, node, state }: NodeSituation): Bounds {
  const since = state?.since ?? state?.observedAt ?? interval(-Infinity, Infinity);
  const terms: Term[] = [{ layer: layer.id, node, seconds: 0, because: { code: 'shows-it-already' } }];
  return { earliest: since.earliest, latest: since.latest, terms };
}

function boundsTogether(situation: Situation, ids: readonly string[]): Bounds {
  const all = ids.map((id) => boundsAt(situation, id));
  const slowest = all.reduce(
    (a, b) => ((b.latest ?? Infinity) > (a.latest ?? Infinity) ? b : a),
    all[0] ?? { earliest: situation.now, terms: [] },
  );
  const latest = all.map((b) => b.latest);
  return {
    earliest: Math.min(...all.map((b) => b.earliest)),
    ...(latest.every((l) => l !== undefined) ? { latest: Math.max(...latest) } : {}),
    terms: slowest.terms,
  };
}

/** Nothing is held here: the node shows what its parent shows, one refill later. */
function through(situation: Situation, node: NodeSituation, parent: Bounds): Bounds {
  return {
    earliest: Math.max(situation.now, parent.earliest),
    ...(parent.latest === undefined ? {} : { latest: parent.latest + slack(situation, node) }),
    terms: [...parent.terms, ...trafficTerms(situation, node)],
  };
}

/** The old copy is refilled at each expiry until the parent serves the change: V(n) is the first Fk at or after V(parent). */
function refills(situation: Situation, node: NodeSituation, parents: Parents, expiry: Interval): Bounds {
  const parent = parents.bounds;
  const ready = interval(parent.earliest, parent.latest ?? Infinity);
  const wait = slack(situation, node);
  const parentName = node.layer.parents[0] ?? '';
  const place = { layer: node.layer.id, node: node.node };
  let ends = firstRefill(node, expiry);
  let oldOnce = parents.serveOldOnce;
  const terms: Term[] = [...parent.terms, lifetimeTerm(situation, node, ends), ...footingTerms(node)];
  let earliest: Instant | undefined;
  for (let k = 0; k < MOST_REFILLS; k++) {
    const asked = interval(ends.earliest, ends.latest + wait);
    if (earliest === undefined && asked.latest >= ready.earliest) earliest = Math.max(ends.earliest, ready.earliest);
    const answeredNew = ends.earliest >= ready.latest;
    if (answeredNew && !oldOnce) return bounded(situation, node, earliest ?? ends.earliest, asked.latest, terms);
    const lastOld = answeredNew ? asked.latest : Math.min(asked.latest, ready.latest + (oldOnce ? wait : 0));
    if (answeredNew) oldOnce = false;
    const next = expiryOfOldRefill(parents, node, interval(asked.earliest, Math.max(asked.earliest, lastOld)));
    if (next === undefined) break;
    if (next.earliest <= ends.earliest) {
      terms.push({ ...place, seconds: 0, because: { code: 'asks-every-time', parent: parentName } });
      const until = Math.max(ready.latest + wait, next.latest + wait, asked.latest) + (oldOnce ? wait : 0);
      return bounded(situation, node, earliest ?? Math.max(ends.earliest, ready.earliest), until, terms);
    }
    terms.push({
      ...place,
      seconds: next.latest - ends.latest,
      because: { code: 'refills-with-old', parent: parentName },
    });
    // With no end to the wait in sight, one more lifetime says it all.
    if (ready.latest === Infinity && earliest !== undefined) break;
    ends = next;
  }
  return { earliest: earliest ?? ends.earliest, terms };
}

/**
 * When the copy that was seen last gives way: not before it was seen. A stale answer means that its refresh is under
 * way already, or was started by the very request that got it.
 */
function firstRefill({ state }: NodeSituation, expiry: Interval): Interval {
  const seen = state?.observedAt ?? expiry;
  if (state?.outcome === 'stale') return interval(seen.earliest - busy.refill, seen.latest);
  return interval(Math.max(expiry.earliest, seen.earliest), Math.max(expiry.latest, seen.latest));
}

function bounded(situation: Situation, node: NodeSituation, earliest: Instant, latest: Instant, terms: Term[]): Bounds {
  return {
    earliest: Math.min(earliest, latest),
    ...(Number.isFinite(latest) && situation.traffic === 'busy' ? { latest } : {}),
    terms: [...terms, ...trafficTerms(situation, node)],
  };
}

/** When an old copy taken from the parent inside `taken` would expire here; undefined when its lifetime is unknown. */
function expiryOfOldRefill(parents: Parents, node: NodeSituation, taken: Interval): Interval | undefined {
  const { behaviour, lifetime, guessed } = node;
  if (lifetime === undefined) return undefined;
  const late = behaviour.clock.kind === 'continuous' && !guessed.clock ? 0 : 1;
  const own = interval(taken.earliest + lifetime - late, taken.latest + lifetime + late);
  if ((!node.honoursAge && !guessed.honoursAge) || !parents.sendAge) return own;
  // a parent that cannot be dated allows anything up to a full lifetime
  if (parents.generatedAt === undefined) return interval(taken.earliest, own.latest);
  const { earliest, latest } = parents.generatedAt;
  const byAge = interval(earliest + lifetime - late, latest + lifetime + 1 + late);
  return guessed.honoursAge ? hull(own, byAge) : byAge;
}

function refillsFromReadyOrigin(situation: Situation, node: NodeSituation): boolean {
  return node.parents.every((p) => situation.nodes.get(p)?.shows === true);
}

/** How long after the copy's end the change is seen at the latest: a request must come, be refilled, and with grace one more. */
function slack(situation: Situation, node: NodeSituation): number {
  const refill = busy.refill * situation.depth(node.node);
  return busy.gap + refill + (node.window > 0 ? busy.gap : 0);
}

function lifetimeTerm(situation: Situation, node: NodeSituation, ends: Interval): Term {
  const seconds = Math.max(0, ends.latest - situation.now);
  return { layer: node.layer.id, node: node.node, seconds, because: { code: 'lifetime-runs-out' } };
}

/** On what ground the product's behaviour is known by which the copy's end was worked out. */
function footingTerms({ layer, node, state }: NodeSituation): Term[] {
  const reasons = state?.because.filter(isFooting) ?? [];
  return reasons.map((because) => ({ layer: layer.id, node, seconds: 0, because }));
}

function trafficTerms(situation: Situation, node: NodeSituation): Term[] {
  const place = { layer: node.layer.id, node: node.node };
  const terms: Term[] = [
    { ...place, seconds: busy.gap, because: { code: 'waits-for-request' } },
    { ...place, seconds: busy.refill * situation.depth(node.node), because: { code: 'refill-takes' } },
  ];
  if (node.window > 0) terms.push({ ...place, seconds: busy.gap, because: { code: 'grace-serves-old-once' } });
  return terms;
}
