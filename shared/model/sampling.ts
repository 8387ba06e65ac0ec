// Where inside its bounds will each flip probably fall? Draws whole situations and plays them through.
import { busy, type NodeSituation, type Situation } from './situation.ts';
import type { Instant } from './interval.ts';

/** One drawn node: what it holds from when on, until it serves the change at `flip`. */
interface Drawn {
  readonly flip: Instant;
  /** The old copies it holds one after the other: generated (as this node counts) and stored. */
  readonly copies: readonly { readonly generatedAt: Instant; readonly from: Instant }[];
}

const MOST_REFILLS = 64;

/** The drawn flips of every node, `count` each; a flip that never comes within reach is Infinity. */
export function sampleFlips(situation: Situation, count: number): Map<string, number[]> {
  const flips = new Map<string, number[]>([...situation.nodes.keys()].map((id) => [id, []]));
  const chance = chanceFrom(count * 7919 + situation.nodes.size);
  for (let i = 0; i < count; i++) {
    const drawn = new Map<string, Drawn>();
    for (const id of situation.nodes.keys()) flips.get(id)?.push(draw(situation, id, drawn, chance).flip);
  }
  return flips;
}

/** The values below which these shares of `values` lie; undefined entries when there are none. */
export function quantiles(values: readonly number[], shares: readonly number[]): (number | undefined)[] {
  const sorted = values.toSorted((a, b) => a - b);
  return shares.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
}

function draw(situation: Situation, id: string, drawn: Map<string, Drawn>, chance: () => number): Drawn {
  const before = drawn.get(id);
  if (before !== undefined) return before;
  const node = situation.nodes.get(id);
  const result = node === undefined ? { flip: Infinity, copies: [] } : drawNode(situation, node, drawn, chance);
  drawn.set(id, result);
  return result;
}

function drawNode(situation: Situation, node: NodeSituation, drawn: Map<string, Drawn>, chance: () => number): Drawn {
  const { now } = situation;
  if (node.shows) return { flip: node.state?.since?.latest ?? now, copies: [] };
  if (node.layer.role === 'origin') return { flip: Infinity, copies: [] };
  const pick = (): Drawn | undefined => {
    const parent = node.parents[Math.floor(chance() * node.parents.length)];
    return parent === undefined ? undefined : draw(situation, parent, drawn, chance);
  };
  const refill = busy.typicalRefill * situation.depth(node.node);
  const wait = () => chance() * busy.typicalGap + refill + (node.window > 0 ? chance() * busy.typicalGap : 0);
  const parent = pick();
  if (node.empty) return { flip: Math.max(now, parent?.flip ?? Infinity) + refill, copies: [] };
  if (node.expiry === undefined) return { flip: Infinity, copies: [] };
  const seen = node.state?.observedAt.earliest ?? now;
  const drawnEnd = node.expiry.earliest + chance() * (node.expiry.latest - node.expiry.earliest);
  let end = node.state?.outcome === 'stale' ? seen : Math.max(drawnEnd, seen);
  const copies = [{ generatedAt: drawnEnd - (node.lifetime ?? 0), from: -Infinity }];
  for (let k = 0; k < MOST_REFILLS; k++) {
    const asked = end + wait();
    const source = k === 0 || node.layer.placement === 'hash' ? parent : pick();
    if (source === undefined || !Number.isFinite(source.flip)) return { flip: Infinity, copies };
    if (end >= source.flip) return { flip: asked, copies };
    const next = refilledUntil(node, source, end, situation);
    if (next.until <= asked) return { flip: Math.max(asked, source.flip + refill), copies };
    copies.push({ generatedAt: next.generatedAt, from: asked });
    end = next.until;
  }
  return { flip: Infinity, copies };
}

/** The copy that a node takes from a parent still holding the old one at `at`. */
function refilledUntil(node: NodeSituation, source: Drawn, at: Instant, situation: Situation) {
  const lifetime = node.lifetime ?? 0;
  const held = source.copies.findLast((c) => c.from <= at);
  const parentsSendAge = node.parents.some((p) => situation.nodes.get(p)?.emitsAge === true);
  const age =
    node.honoursAge && parentsSendAge && held !== undefined ? Math.floor(Math.max(0, at - held.generatedAt)) : 0;
  const generatedAt = at - age;
  const { clock } = node.behaviour;
  if (clock.kind === 'continuous') return { generatedAt, until: generatedAt + lifetime };
  return { generatedAt, until: Math.floor(generatedAt) + lifetime + (clock.staleWhen === 'age > lifetime' ? 1 : 0) };
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
