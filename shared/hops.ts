// Which caches speak in one response, and which of them tell of this request?
import { productsLines, wordAt, wordNames } from './dialects/generic.ts';
import { dialects } from './dialects/index.ts';
import type { Decoded, Dialect } from './dialects/dialect.ts';
import { indicesOf } from './dialects/read.ts';
import type { FieldLines } from './http/fields.ts';

/** What one cache on the way says. */
export interface Hop extends Decoded {
  readonly dialect: string;
  /**
   * What it says came out of the store of a cache nearer to the client: it tells of the request that filled that store, not
   * of this one.
   */
  readonly replayed?: true;
}

/** A hop and how far down the wire it stands. */
interface Placed {
  readonly hop: Hop;
  readonly dialect: Dialect | undefined;
  readonly at: number;
}

/**
 * Every cache that left a sign, the nearest to the client first. A cache adds its lines below those it received, so of two
 * signs the lower is the nearer cache's; Cache-Status lists its members the same way (RFC 9211 section 2). Where nobody
 * signs, the weaker signs are told for what they are.
 */
export function hopsIn(fields: FieldLines, status: number): Hop[] {
  const signed = withoutParts(signedIn(fields, status));
  const all = withoutEchoes(fields, wordsIn(fields, signed));
  if (all.length === 0) return hintsIn(fields, status);
  if (all.length === 1) return replayedFrom(all);
  return replayedFrom(all.filter(isToldOnce).sort((a, b) => b.at - a.at));
}

/** The nearest node of a dialect stands where that signs, each further one no lower. */
function signedIn(fields: FieldLines, status: number): Placed[] {
  const found: Placed[] = [];
  // a loop, because every dialect is asked about every response
  for (const dialect of dialects) {
    let at = dialect.signature(fields);
    if (at === undefined) continue;
    let isNearest = true;
    for (const said of saidBy(dialect, fields, status)) {
      if (!isNearest) at = Math.min(at, said.line ?? at);
      found.push({ hop: { ...said, dialect: dialect.id }, dialect, at });
      isNearest = false;
    }
  }
  return found;
}

function withoutParts(signed: Placed[]): Placed[] {
  if (!signed.some(({ dialect }) => dialect?.madeOf !== undefined)) return signed;
  const parts = new Set(signed.flatMap(({ dialect }) => dialect?.madeOf ?? []));
  return signed.filter(({ hop }) => !parts.has(hop.dialect));
}

function saidBy(dialect: Dialect, fields: FieldLines, status: number): readonly Decoded[] {
  if (dialect.decodeAll !== undefined) return dialect.decodeAll(fields, status);
  const said = dialect.decode(fields, status);
  return said === undefined ? [] : [said];
}

/** With these also the plain words of caches that nobody recognises, in fields that none of those who sign writes. */
function wordsIn(fields: FieldLines, signed: Placed[]): Placed[] {
  let all = signed;
  for (const at of [...wordNames.flatMap((name) => indicesOf(fields, name)), ...productsLines(fields)]) {
    const name = fields[at]![0].toLowerCase();
    if (signed.some((other) => other.hop.line === at || isWriterOf(other, name))) continue;
    const said = wordAt(fields, at);
    if (said !== undefined) all = [...all, { hop: { ...said, dialect: 'generic' }, dialect: undefined, at }];
  }
  return all;
}

/** Of nginx each hop tells which of these lines is its own. */
const isWriterOf = ({ dialect }: Placed, name: string): boolean =>
  dialect !== undefined && dialect.id !== 'nginx' && dialect.reads.includes(name);

const TWO_FIELDS = 'Two fields say the same: one cache that was told to write both, or two caches.';

/**
 * Operators add such fields under names of their choice, and often two of them. So the same word under another name is not
 * taken for another cache; under the same name it is, as that is how a configuration that is used twice looks.
 */
function withoutEchoes(fields: FieldLines, all: Placed[]): Placed[] {
  const plain = all.filter(isPlain);
  if (plain.length < 2) return all;
  const told = plain.map((placed) => ({ placed, said: sayingOf(fields, placed) }));
  const kept = new Map<string, string>();
  for (const { said } of told) {
    const best = kept.get(said.word);
    const times = (name: string): number =>
      told.filter((t) => t.said.word === said.word && t.said.name === name).length;
    if (best === undefined || times(said.name) > times(best)) kept.set(said.word, said.name);
  }
  return all.flatMap((placed) => {
    const said = told.find((t) => t.placed === placed)?.said;
    if (said === undefined) return [placed];
    if (kept.get(said.word) !== said.name) return [];
    const hasEcho = told.some((t) => t.said.word === said.word && t.said.name !== said.name);
    return hasEcho && placed.hop.notSeparable === undefined
      ? [{ ...placed, hop: { ...placed.hop, notSeparable: TWO_FIELDS } }]
      : [placed];
  });
}

/** Told by a word in a field that some operator added, by which nobody gives his own name. */
const isPlain = ({ hop }: Placed): boolean =>
  (hop.dialect === 'nginx' || hop.dialect === 'generic') &&
  hop.line !== undefined &&
  hop.cacheStatus.cache === undefined;

function sayingOf(fields: FieldLines, { hop }: Placed): { readonly name: string; readonly word: string } {
  const [name, value] = fields[hop.line!]!;
  return { name: name.toLowerCase(), word: value.trim().toUpperCase().replace(/^TCP_/, '') };
}

/** A node that is known by its product, or by Cache-Status, is not told again by the same name. */
function isToldOnce({ hop }: Placed, index: number, all: readonly Placed[]): boolean {
  const { cache } = hop.cacheStatus;
  if (cache === undefined || all.length === 1) return true;
  const isBetter = (other: Placed): boolean =>
    other.hop.cacheStatus.cache === cache && rankOf(other.hop.dialect) > rankOf(hop.dialect);
  return !all.some((other, i) => i !== index && isBetter(other));
}

const rankOf = (dialect: string): number => (dialect === 'generic' ? 0 : dialect === 'rfc9211' ? 1 : 2);

const hinting = dialects.filter((dialect) => dialect.hint !== undefined);

function hintsIn(fields: FieldLines, status: number): Hop[] {
  return hinting.flatMap((dialect) => {
    const said = dialect.hint?.(fields, status);
    return said === undefined ? [] : [{ ...said, dialect: dialect.id }];
  });
}

const PERHAPS_REPLAYED =
  'Whether this tells of this request is not known: the cache before it may have stored it with its copy.';

/**
 * Behind the first hit everything was stored with the copy, and so behind a copy that a 304 renewed where the product keeps
 * the stored fields as they are. Age is that of the nearest cache that works it out.
 */
function replayedFrom(all: readonly Placed[]): Hop[] {
  let isReplayed = false;
  let isDoubtful = false;
  let hasAge = false;
  return all.map(({ hop: { age, ...hop }, dialect }) => {
    const ownAge = !hasAge && !isReplayed && age !== undefined;
    const told: Hop = {
      ...hop,
      ...(ownAge && { age }),
      ...(isReplayed && { replayed: true as const }),
      ...(isDoubtful && !isReplayed && hop.notSeparable === undefined && { notSeparable: PERHAPS_REPLAYED }),
    };
    hasAge ||= ownAge;
    isReplayed ||= hop.cacheStatus.hit === true;
    isReplayed ||= hop.revalidated === true && dialect?.behaviour.mergesNotModified === false;
    isDoubtful ||= hop.cacheStatus.hit === undefined && hop.cacheStatus.fwd === undefined && hop.made === undefined;
    return told;
  });
}
