// Which layers speak in several responses, and in which order? Hits and misses are joined by dialect, order and name.
import { dialectOf } from '../dialects/index.ts';
import { hopsIn, type Hop } from '../hops.ts';
import { lineOf } from './claim.ts';
import { ownWords, productOf } from './plain-words.ts';
import type { Sighting } from './seen.ts';

/** What one cache said in one answer. */
export interface Voice {
  readonly hop: Hop;
  readonly sighting: Sighting;
  /** The field line that decided, as it was received. */
  readonly line?: string;
  /** How many caches spoke that are nearer to the client. */
  readonly depth: number;
}

export interface FoundLayer {
  /** A name of its own: the dialect's, `cache` where none is recognised. */
  readonly id: string;
  /** `generic` where no product is known. */
  readonly dialect: string;
  /** Why the product is a guess, where its words are not its alone. */
  readonly guess?: string;
  readonly voices: readonly Voice[];
}

export interface Chain {
  /** Outermost first. */
  readonly layers: readonly FoundLayer[];
  /** Whom each layer asks, by id; empty: the origin. */
  readonly parents: ReadonlyMap<string, readonly string[]>;
  /** Pairs of layers that were seen in either order. */
  readonly contradictions: readonly (readonly [string, string])[];
  /** What is no layer of its own, but tells something: weaker signs, and words that another layer may have written. */
  readonly hints: readonly Voice[];
}

/** Of a response with more voices than any real way has, what lies deeper is left out. */
const DEEPEST = 24;

export function chainOf(sightings: readonly Sighting[]): Chain {
  const answers = sightings.map((sighting) => voicesIn(sighting));
  const spoken = answers.map((voices) => voices.filter(speaks));
  const drafts = ownWords(draftsOf(spoken));
  // an Age without a word is made a layer only where nobody else has spoken: it may be anybody's
  const found = drafts.length > 0 ? drafts : draftsOf(answers.map((voices) => voices.filter(isAgeOnly)));
  const named = withIds(found);
  const before = orderOf(named);
  const layers = sorted(named, before);
  const heard = new Set(layers.flatMap(({ voices }) => voices));
  const hints = answers.flat().filter((voice) => !heard.has(voice));
  return {
    layers,
    parents: parentsOf(layers, before),
    contradictions: contradictionsIn(layers, before),
    hints,
  };
}

/** Whether this is more than a hint: a line that only such a product writes, or a word about a store. */
function speaks({ hop, sighting }: Voice): boolean {
  if (hop.dialect === 'generic') return hop.by.toLowerCase() !== 'age';
  return dialectOf(hop.dialect)?.signature(sighting.fields) !== undefined;
}

const isAgeOnly = ({ hop }: Voice): boolean => hop.dialect === 'generic' && hop.by.toLowerCase() === 'age';

function voicesIn(sighting: Sighting): Voice[] {
  const { fields, status } = sighting;
  const hops = hopsIn(fields, status).slice(0, DEEPEST);
  return hops.map((hop, depth) => {
    const line = lineOf(hop, fields);
    return { hop, sighting, ...(line !== undefined && { line }), depth };
  });
}

/** How this cache calls itself; undefined where it does not. */
export const nameOf = ({ hop }: Voice): string | undefined => hop.cacheStatus.cache;

interface Draft {
  /** What holds its voices together: the product, or the field in which a plain word stands. */
  readonly key: string;
  readonly dialect: string;
  readonly voices: Voice[];
  readonly names: Set<string>;
}

const keyOf = ({ hop }: Voice): string => (hop.dialect === 'generic' ? `generic ${hop.by.toLowerCase()}` : hop.dialect);

/** There are as many layers of a kind as one single response has shown: no more are ever made up. */
function draftsOf(answers: readonly (readonly Voice[])[]): Draft[] {
  const drafts = new Map<string, Draft[]>();
  // the longest first: it makes the layers into which the shorter ones are put
  for (const voices of answers.toSorted((a, b) => b.length - a.length)) {
    for (const key of new Set(voices.map(keyOf))) {
      const own = voices.filter((voice) => keyOf(voice) === key);
      const layers = drafts.get(key) ?? [];
      drafts.set(key, layers);
      while (layers.length < own.length)
        layers.push({ key, dialect: own[0]!.hop.dialect, voices: [], names: new Set() });
      const slots = slotsFor(own.map(nameOf), layers);
      own.forEach((voice, i) => add(layers[slots[i]!]!, voice));
    }
  }
  return [...drafts.values()].flat();
}

/** Layers of one product are numbered as they stand. */
function withIds(drafts: readonly Draft[]): FoundLayer[] {
  const taken = new Map<string, number>();
  return drafts.map(({ dialect, voices }) => {
    const product = productOf(dialect, voices);
    const name = product.dialect === 'generic' ? 'cache' : product.dialect;
    const number = (taken.get(name) ?? 0) + 1;
    taken.set(name, number);
    return { id: number === 1 ? name : `${name}-${number}`, ...product, voices };
  });
}

function add(layer: Draft, voice: Voice): void {
  layer.voices.push(voice);
  const name = nameOf(voice);
  if (name !== undefined) layer.names.add(name);
}

/** Which layer each voice belongs to: in order, with as many names as possible where they were seen before. */
function slotsFor(names: readonly (string | undefined)[], layers: readonly Draft[]): number[] {
  const known = new Map<number, { readonly score: number; readonly slots: readonly number[] }>();
  function best(i: number, j: number): { readonly score: number; readonly slots: readonly number[] } {
    if (i === names.length) return { score: 0, slots: [] };
    const key = i * (layers.length + 1) + j;
    const before = known.get(key);
    if (before !== undefined) return before;
    const name = names[i];
    const rest = best(i + 1, j + 1);
    const matches = name !== undefined && layers[j]?.names.has(name) === true ? 1 : 0;
    const here = { score: rest.score + matches, slots: [j, ...rest.slots] };
    const skips = layers.length - j > names.length - i ? best(i, j + 1) : here;
    const found = skips.score > here.score ? skips : here;
    known.set(key, found);
    return found;
  }
  return [...best(0, 0).slots];
}

/** How often one layer was seen nearer than another, in one response: `${nearer} ${deeper}`. */
type Order = ReadonlyMap<string, number>;

const pair = (a: FoundLayer, b: FoundLayer): string => `${a.id} ${b.id}`;

function orderOf(layers: readonly FoundLayer[]): Order {
  const order = new Map<string, number>();
  for (const a of layers) {
    for (const b of layers) {
      const times = a.voices.filter((v) => b.voices.some((w) => w.sighting === v.sighting && v.depth < w.depth)).length;
      if (times > 0) order.set(pair(a, b), times);
    }
  }
  return order;
}

/** Whether `a` is nearer than `b`, as most responses have it. */
const isNearer = (a: FoundLayer, b: FoundLayer, order: Order): boolean =>
  (order.get(pair(a, b)) ?? 0) > (order.get(pair(b, a)) ?? 0);

function sorted(layers: readonly FoundLayer[], order: Order): FoundLayer[] {
  const left = [...layers];
  const found: FoundLayer[] = [];
  while (left.length > 0) {
    const free = left.findIndex((b) => !left.some((a) => isNearer(a, b, order)));
    // where they run in a circle nobody is first
    found.push(...left.splice(Math.max(free, 0), 1));
  }
  return found;
}

/** The layers seen behind it with none seen between: what never stood in one response is not put in a row. */
function parentsOf(layers: readonly FoundLayer[], order: Order): Map<string, string[]> {
  return new Map(
    layers.map((layer, i) => {
      const deeper = layers.slice(i + 1).filter((b) => isNearer(layer, b, order));
      const next = deeper.filter((b) => !deeper.some((a) => a !== b && isNearer(a, b, order)));
      return [layer.id, next.map(({ id }) => id)];
    }),
  );
}

function contradictionsIn(layers: readonly FoundLayer[], order: Order): [string, string][] {
  return layers.flatMap((a, i) =>
    layers.slice(i + 1).flatMap((b): [string, string][] => {
      return order.has(pair(a, b)) && order.has(pair(b, a)) ? [[a.id, b.id]] : [];
    }),
  );
}
