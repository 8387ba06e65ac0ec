// Where inside its bounds will each flip probably fall? Draws whole situations and plays them through.
import { busy, type NodeSituation, type Situation } from './situation.ts';
import type { Instant } from './interval.ts';

/** One node in a play; what is drawn for it is written over by the next draw. */
interface Player {
  readonly node: NodeSituation;
  readonly parents: readonly Player[];
  /** Seconds that a refill takes, with all hops. */
  readonly refill: number;
  readonly parentsSendAge: boolean;
  /** When it serves the change. */
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
  const flips = players.map(() => new Float64Array(count));
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < players.length; k++) {
      const player = players[k]!;
      player.flip = draw(player, situation.now, chance);
      flips[k]![i] = player.flip;
    }
  }
  return new Map(players.map((player, k) => [player.node.node, flips[k]!]));
}

/** The values below which these shares of `values` lie; undefined entries when there are none. */
export function quantiles(values: ArrayLike<number>, shares: readonly number[]): (number | undefined)[] {
  const sorted = new Float64Array(values).sort();
  return shares.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
}

/** Every node after all of its parents. */
function playersOf(situation: Situation): Player[] {
  const players = new Map<string, Player>();
  const parentsFirst = [...situation.nodes.values()].toSorted(
    (a, b) => situation.depth(a.node) - situation.depth(b.node),
  );
  for (const node of parentsFirst) {
    const parents = node.parents.flatMap((id) => players.get(id) ?? []);
    players.set(node.node, {
      node,
      parents,
      refill: busy.typicalRefill * situation.depth(node.node),
      parentsSendAge: parents.some((p) => p.node.emitsAge),
      flip: Infinity,
      copies: [],
      isParent: false,
    });
    for (const parent of parents) parent.isParent = true;
  }
  return [...players.values()];
}

/** Draws what is uncertain about one node whose parents are drawn already; returns its flip. */
function draw(player: Player, now: Instant, chance: () => number): Instant {
  const { node, refill } = player;
  if (player.isParent) player.copies.length = 0;
  if (node.shows) return node.state?.since?.latest ?? now;
  if (node.layer.role === 'origin') return Infinity;
  const parent = pick(player, chance);
  if (node.empty) return Math.max(now, parent?.flip ?? Infinity) + refill;
  if (node.expiry === undefined) return Infinity;
  const seen = node.state?.observedAt.earliest ?? now;
  const drawnEnd = node.expiry.earliest + chance() * (node.expiry.latest - node.expiry.earliest);
  hold(player, drawnEnd - (node.lifetime ?? 0), -Infinity);
  return drawRefills(player, parent, node.state?.outcome === 'stale' ? seen : Math.max(drawnEnd, seen), chance);
}

/** At each end of its copy the node asks a parent, until that one serves the change. */
function drawRefills(player: Player, parent: Player | undefined, firstEnd: Instant, chance: () => number): Instant {
  const { node, refill } = player;
  let end = firstEnd;
  for (let k = 0; k < MOST_REFILLS; k++) {
    const asked = end + wait(player, chance);
    const source = k === 0 || node.layer.placement === 'hash' ? parent : pick(player, chance);
    if (source === undefined || source.flip === Infinity) return Infinity;
    if (end >= source.flip) return asked;
    const generatedAt = end - ageTaken(player, source, end);
    const until = refilledUntil(node, generatedAt);
    if (until <= asked) return Math.max(asked, source.flip + refill);
    hold(player, generatedAt, asked);
    end = until;
  }
  return Infinity;
}

const pick = ({ parents }: Player, chance: () => number): Player | undefined =>
  parents[Math.floor(chance() * parents.length)];

function wait({ node, refill }: Player, chance: () => number): number {
  return chance() * busy.typicalGap + refill + (node.window > 0 ? chance() * busy.typicalGap : 0);
}

function hold({ isParent, copies }: Player, generatedAt: Instant, from: Instant): void {
  if (isParent) copies.push({ generatedAt, from });
}

/** The Age with which a node begins to count, of a copy taken from a parent still holding the old one at `at`. */
function ageTaken({ node, parentsSendAge }: Player, source: Player, at: Instant): number {
  if (!node.honoursAge || !parentsSendAge) return 0;
  const held = source.copies.findLast((copy) => copy.from <= at);
  return held === undefined ? 0 : Math.floor(Math.max(0, at - held.generatedAt));
}

function refilledUntil({ behaviour: { clock }, lifetime = 0 }: NodeSituation, generatedAt: Instant): Instant {
  if (clock.kind === 'continuous') return generatedAt + lifetime;
  return Math.floor(generatedAt) + lifetime + (clock.staleWhen === 'age > lifetime' ? 1 : 0);
}

/** Repeatable draws in [0, 1) from a 32-bit state (a multiply-xorshift step): shared/ knows no chance of its own. */
function chanceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
