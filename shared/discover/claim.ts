// What is claimed of a site, and on what does each claim rest?
import { dialectOf } from '../dialects/index.ts';
import type { FieldLines } from '../http/fields.ts';
import type { Hop } from '../hops.ts';

/** What a claim is about: a place in the topology file. */
export const ABOUT = [
  'layer',
  'dialect',
  'node',
  'parents',
  'policy',
  'purge',
  'origin',
  'target',
  'marker',
  'way',
] as const;
export type About = (typeof ABOUT)[number];

export interface Claim {
  /** Id of the layer; absent: the whole way, or the page. */
  readonly layer?: string;
  readonly about: About;
  /** Id of the node, where it is one node's. */
  readonly node?: string;
  /** One clause. */
  readonly what: string;
  /** `measured`: field lines or connections say so. `guessed`: likely, and may be wrong. */
  readonly kind: 'measured' | 'guessed';
  /** One clause or sentence. */
  readonly because: string;
  /** The field line that it rests on, as it was received, or its beginning. */
  readonly line?: string;
}

/** A line that somebody else must fill in. */
export interface FillIn {
  readonly layer?: string;
  readonly node?: string;
  readonly about: About;
  /** As it would stand in the file. */
  readonly write: string;
  /** What to put there, and how one finds out. */
  readonly remedy: string;
}

const LONGEST = 160;

/** `Name: value`, on one line, cut where it is long. */
export function lineText(name: string, value: string): string {
  // oxlint-disable-next-line no-control-regex
  const text = `${name}: ${value}`.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '?');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** The last line named `name`, as it was received; undefined when there is none. */
export function lineNamed(fields: FieldLines, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const line = fields.findLast(([n]) => n.toLowerCase() === wanted);
  return line === undefined ? undefined : lineText(...line);
}

/** The line that decided what this hop says; of several of one name, one in which the node's own name stands. */
export function lineOf(hop: Hop, fields: FieldLines): string | undefined {
  const own = hop.line === undefined ? undefined : fields[hop.line];
  const { cache } = hop.cacheStatus;
  const wanted = (own?.[0] ?? hop.by).toLowerCase();
  const isNamed = (value: string): boolean => cache !== undefined && value.includes(cache);
  if (own !== undefined && isNamed(own[1])) return lineText(...own);
  const named = fields.findLast(([name, value]) => name.toLowerCase() === wanted && isNamed(value)) ?? own;
  return named === undefined ? lineNamed(fields, hop.by) : lineText(...named);
}

/** The product as a sentence names it. */
export function productName(dialect: string): string {
  if (dialect === 'rfc9211') return 'a standard cache';
  return dialectOf(dialect)?.title ?? dialect;
}
