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
  ['pragma', 'range', 'set-cookie', 'vary', 'via'],
].flat();

const NAMES = [...HOP_BY_HOP, ...LOOKED_AT];

interface Spelling {
  readonly text: string;
  readonly place: number;
}

/** By length and first letter: most of the names that caching does not look at fall where nothing is. */
const BUCKETS: (Spelling[] | undefined)[] = Array.from({ length: 1024 }, () => undefined);

/** The same few spellings come with every message. */
const capitalised = (name: string): string => name.replaceAll(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());

const bucketOf = (name: string): number => (name.length << 5) | (name.charCodeAt(0) & 31);

for (const [place, name] of NAMES.entries()) {
  const bucket = (BUCKETS[bucketOf(name)] ??= []);
  bucket.push({ text: capitalised(name), place }, { text: name, place });
  if (name === 'etag') bucket.push({ text: 'ETag', place });
}

/** Where `FieldIndex.values` has this field (any case); undefined for a name that caching does not look at. */
export function placeOf(name: string): number | undefined {
  const bucket = BUCKETS[bucketOf(name)];
  if (bucket === undefined) return undefined;
  for (const { text, place } of bucket) if (text === name) return place;
  const lower = name.toLowerCase();
  return bucket.find(({ text }) => text === lower)?.place;
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

const NOTHING: readonly undefined[] = NAMES.map(() => undefined);

function made(fields: FieldLines): FieldIndex {
  const values: (string | undefined)[] = NOTHING.slice();
  let repeated: Set<number> | undefined;
  let hopByHop = false;
  for (const line of fields) {
    const place = placeOf(line[0]);
    if (place === undefined) continue;
    if (values[place] !== undefined) (repeated ??= new Set()).add(place);
    values[place] = line[1];
    if (place < HOP_BY_HOP.length) hopByHop = true;
  }
  return { fields, values, repeated, hopByHop };
}
