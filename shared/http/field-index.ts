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

const PLACES = new Map([...HOP_BY_HOP, ...LOOKED_AT].map((name, place) => [name, place]));

export interface KnownName {
  readonly lower: string;
  /** In `FieldIndex.values`; absent for a name that caching does not look at. */
  readonly place: number | undefined;
}

/** Spellings remembered; a stranger can send any number of them. */
const REMEMBERED = 4096;

const spellings = new Map<string, KnownName>();

/** A field name in lower case, and its place. The same few spellings come with every message. */
export function knownName(name: string): KnownName {
  const known = spellings.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  const made = { lower, place: PLACES.get(lower) };
  if (spellings.size < REMEMBERED) spellings.set(name, made);
  return made;
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

const NOTHING: readonly undefined[] = Array.from(PLACES, () => undefined);

function made(fields: FieldLines): FieldIndex {
  const values: (string | undefined)[] = NOTHING.slice();
  let repeated: Set<number> | undefined;
  let hopByHop = false;
  for (const line of fields) {
    const { place } = knownName(line[0]);
    if (place === undefined) continue;
    if (values[place] !== undefined) (repeated ??= new Set()).add(place);
    values[place] = line[1];
    if (place < HOP_BY_HOP.length) hopByHop = true;
  }
  return { fields, values, repeated, hopByHop };
}
