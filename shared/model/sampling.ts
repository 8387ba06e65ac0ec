// Where inside its bounds will each flip probably fall? Draws whole situations and plays them through.
import { chanceFrom } from './chance.ts';
import { busy, type NodeSituation, type Situation } from './situation.ts';
import type { Instant } from './interval.ts';

/** One node in a play. All that a draw needs stands here, because thousands of draws look at it. */
interface Player {
  readonly id: string;
  readonly parents: readonly Player[];
  readonly hash: boolean;
  /** Holds nothing: shows what its parent shows. */
  readonly empty: boolean;
  /** The end of its old copy is drawn from here on... */
  readonly earliestEnd: Instant;
  /** ...over so many seconds, and is not before it was seen. A stale copy had ended when it was seen. */
  readonly spread: number;
  readonly seen: Instant;
  readonly stale: boolean;
  readonly lifetime: number;
  /** Seconds added where the product expires at whole seconds; absent on a continuous clock. */
  readonly late: number | undefined;
  readonly countsAge: boolean;
  readonly grace: boolean;
  /** Seconds that a refill takes, with all hops. */
  readonly refill: number;
  /** When it serves the change; drawn anew in each play, unless it is known. */
  flip: Instant;
  /** The old copies it holds until then, one after the other: generated (as this node counts) and stored. */
  readonly copies: { generatedAt: Instant; from: Instant }[];
  /** Somebody may take one of them. */
  isParent: boolean;
}

const MOST_REFILLS = 64;

/** The drawn flips of every node, `count` each; a flip that never comes within reach is Infinity. */
export function sampleFlips(situation: Situation, count: number): Map<string, Float64Array> {
  const players = playersOf(situation);
  const chance = chanceFrom(count * 7919 + situation.nodes.size);
  const flips = new Map(players.map(({ id, flip }) => [id, new Float64Array(count).fill(flip)]));
  const drawn = players.flatMap((player) => {
    return Number.isNaN(player.flip) ? [{ player, into: flips.get(player.id)! }] : [];
  });
  for (let i = 0; i < count; i++) {
    for (const { player, into } of drawn) {
      player.flip = draw(player, situation.now, chance);
      into[i] = player.flip;
    }
  }
  return flips;
}

/** The values below which these shares of `values` lie; undefined entries when there are none. */
export function quantiles(values: ArrayLike<number>, shares: readonly number[]): (number | undefined)[] {
  const sorted = new Float64Array(values).sort();
  return shares.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
}

/** Every node after all of its parents. */
function playersOf(situation: Situation): Player[] {
  const players = new Map<string, Player>();
  const depths = [...situation.nodes.values()].map((node) => ({ node, depth: situation.depth(node.node) }));
  for (const { node, depth } of depths.toSorted((a, b) => a.depth - b.depth)) {
    const parents = node.parents.flatMap((id) => players.get(id) ?? []);
    for (const parent of parents) parent.isParent = true;
    const sentAge = node.parents.some((id) => situation.nodes.get(id)?.emitsAge === true);
    players.set(node.node, playerFor(node, parents, sentAge, busy.typicalRefill * depth, situation.now));
  }
  return [...players.values()];
}

function playerFor(
  node: NodeSituation,
  parents: readonly Player[],
  sentAge: boolean,
  refill: number,
  now: Instant,
): Player {
  const { state, expiry, empty, lifetime = 0, behaviour } = node;
  const { clock } = behaviour;
  return {
    id: node.node,
    parents,
    hash: node.layer.placement === 'hash',
    empty,
    earliestEnd: expiry?.earliest ?? Infinity,
    spread: expiry === undefined ? 0 : expiry.latest - expiry.earliest,
    seen: state?.observedAt.earliest ?? now,
    stale: state?.outcome === 'stale',
    lifetime,
    late: clock.kind === 'continuous' ? undefined : clock.staleWhen === 'age > lifetime' ? 1 : 0,
    countsAge: node.honoursAge && sentAge,
    grace: node.window > 0,
    refill,
    flip: knownFlip(node, now) ?? NaN,
    copies: [],
    isParent: false,
  };
}

/** Undefined where it has to be drawn. */
function knownFlip({ shows, state, layer, empty, expiry }: NodeSituation, now: Instant): Instant | undefined {
  if (shows) return state?.since?.latest ?? now;
  return layer.role === 'origin' || (!empty && expiry === undefined) ? Infinity : undefined;
}

/** Draws what is uncertain about one node whose parents are drawn already; returns its flip. */
function draw(player: Player, now: Instant, chance: () => number): Instant {
  const parent = pick(player, chance);
  if (player.empty) return Math.max(now, parent?.flip ?? Infinity) + player.refill;
  const end = player.earliestEnd + chance() * player.spread;
  if (player.isParent) player.copies.length = 0;
  hold(player, end - player.lifetime, -Infinity);
  return drawRefills(player, parent, player.stale ? player.seen : Math.max(end, player.seen), chance);
}

/** At each end of its copy the node asks a parent, until that one serves the change. */
function drawRefills(player: Player, parent: Player | undefined, firstEnd: Instant, chance: () => number): Instant {
  let end = firstEnd;
  for (let k = 0; k < MOST_REFILLS; k++) {
    const asked = end + wait(player, chance);
    const source = k === 0 || player.hash ? parent : pick(player, chance);
    if (source === undefined || source.flip === Infinity) return Infinity;
    if (end >= source.flip) return asked;
    const generatedAt = end - ageTaken(player, source, end);
    const until = refilledUntil(player, generatedAt);
    if (until <= asked) return Math.max(asked, source.flip + player.refill);
    hold(player, generatedAt, asked);
    end = until;
  }
  return Infinity;
}

const pick = ({ parents }: Player, chance: () => number): Player | undefined =>
  parents[Math.floor(chance() * parents.length)];

function wait({ refill, grace }: Player, chance: () => number): number {
  return chance() * busy.typicalGap + refill + (grace ? chance() * busy.typicalGap : 0);
}

function hold({ isParent, copies }: Player, generatedAt: Instant, from: Instant): void {
  if (isParent) copies.push({ generatedAt, from });
}

/** The Age with which a node begins to count, of a copy taken from a parent still holding the old one at `at`. */
function ageTaken({ countsAge }: Player, source: Player, at: Instant): number {
  if (!countsAge) return 0;
  const held = source.copies.findLast((copy) => copy.from <= at);
  return held === undefined ? 0 : Math.floor(Math.max(0, at - held.generatedAt));
}

function refilledUntil({ lifetime, late }: Player, generatedAt: Instant): Instant {
  return late === undefined ? generatedAt + lifetime : Math.floor(generatedAt) + lifetime + late;
}
