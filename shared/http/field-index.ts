// Where in a message are the fields that caching looks at? Found once for all who ask about the same message.
import type { FieldLines } from './fields.ts';

/** Fields that belong to one connection, besides those that Connection names (RFC 9110 section 7.6.1). */
export const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const LOOKED_AT = [
  ['age', 'authorization', 'cache-control', 'cache-groups', 'cdn-cache-control', 'content-length', 'content-location'],
  ['content-range', 'date', 'etag', 'expires', 'if-modified-since', 'if-none-match', 'if-range', 'last-modified'],
  ['if-match', 'if-unmodified-since'],
  // what pages vary by
  ['accept-encoding', 'accept-language', 'cookie', 'origin'],
  ['pragma', 'range', 'set-cookie', 'vary', 'via'],
].flat();

interface Spelling {
  readonly text: string;
  readonly place: number;
}

/** In place of a place: the field belongs to the connection; caching does not look at it. */
const OF_CONNECTION = LOOKED_AT.length;
const NOWHERE = -1;

/** By length and first letter: most of the names that caching does not look at fall where nothing is. */
const BUCKETS: (Spelling[] | undefined)[] = Array.from({ length: 1024 }, () => undefined);

const LONGEST = 31;

/** Spellings in one bucket; a stranger can send any number of them. */
const MOST_SPELLINGS = 16;

const bucketOf = (name: string): number => ((name.length << 5) | (name.charCodeAt(0) & 31)) & 1023;

/** The spelling that most senders use. */
const usual = (name: string): string =>
  name === 'etag' ? 'ETag' : name.replaceAll(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());

function learn(name: string, place: number): void {
  (BUCKETS[bucketOf(name)] ??= []).push({ text: usual(name), place }, { text: name, place });
}

LOOKED_AT.forEach(learn);
for (const name of HOP_BY_HOP) learn(name, OF_CONNECTION);

function knownPlace(name: string): number {
  const bucket = BUCKETS[bucketOf(name)];
  if (bucket === undefined || name.length > LONGEST) return NOWHERE;
  // an index, because every line of every message comes here
  for (let i = 0; i < bucket.length; i++) {
    const spelling = bucket[i]!;
    if (spelling.text === name) return spelling.place;
  }
  const lower = name.toLowerCase();
  const place = bucket.find(({ text }) => text === lower)?.place ?? NOWHERE;
  if (bucket.length < MOST_SPELLINGS) bucket.push({ text: name, place });
  return place;
}

/** Where `FieldIndex.values` has this field (any case); undefined for a name that is not looked up there. */
export function placeOf(name: string): number | undefined {
  const place = knownPlace(name);
  return place === OF_CONNECTION || place === NOWHERE ? undefined : place;
}

export interface FieldIndex {
  readonly fields: FieldLines;
  /** By place: the value of the (last) line. */
  readonly values: readonly (string | undefined)[];
  /** Places that were met more than once. */
  readonly repeated: ReadonlySet<number> | undefined;
  /** Whether any field belongs to the connection. */
  readonly hopByHop: boolean;
}

// the last few messages: what was asked, what was sent on, what came, what is kept
let first: FieldIndex | undefined;
let second: FieldIndex | undefined;
let third: FieldIndex | undefined;

export function indexOf(fields: FieldLines): FieldIndex {
  if (first !== undefined && first.fields === fields) return first;
  if (second !== undefined && second.fields === fields) return second;
  if (third !== undefined && third.fields === fields) return third;
  third = second;
  second = first;
  first = made(fields);
  return first;
}

const NOTHING: readonly undefined[] = LOOKED_AT.map(() => undefined);

function made(fields: FieldLines): FieldIndex {
  const values: (string | undefined)[] = NOTHING.slice();
  let repeated: Set<number> | undefined;
  let hopByHop = false;
  for (const line of fields) {
    const place = knownPlace(line[0]);
    if (place === NOWHERE) continue;
    if (place === OF_CONNECTION) {
      hopByHop = true;
      continue;
    }
    if (values[place] !== undefined) (repeated ??= new Set()).add(place);
    values[place] = line[1];
  }
  return { fields, values, repeated, hopByHop };
}
