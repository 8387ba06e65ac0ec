// How are the small things in a field value read that several dialects share?
import type { FieldLines } from '../http/fields.ts';
import type { Decoded } from './dialect.ts';

/** Numbers for the lower-case names that dialects ask for; they are few, and never a stranger's. */
const numbers = new Map<string, number>();

/** The number of each spelling that was met on the wire; 0 for a name that nobody has asked for. */
let spellings = new Map<string, number>();

/** Spellings that are remembered; a stranger can send any number of them. */
const MOST_SPELLINGS = 2000;

function numberOf(name: string): number {
  let number = numbers.get(name);
  if (number === undefined) {
    number = numbers.size + 1;
    numbers.set(name, number);
    // what was met before as nobody's may be this one
    spellings = new Map();
    latest = undefined;
  }
  return number;
}

function spelled(name: string): number {
  let number = spellings.get(name);
  if (number === undefined) {
    number = numbers.get(name.toLowerCase()) ?? 0;
    if (spellings.size < MOST_SPELLINGS) spellings.set(name, number);
  }
  return number;
}

interface Numbered {
  readonly fields: FieldLines;
  /** By line: the number of its name. */
  readonly lines: readonly number[];
  /** One bit for each number (modulo 32) that occurs. */
  readonly some: number;
}

/** The message that was asked about last: every dialect asks about the same one in turn. */
let latest: Numbered | undefined;

function numbered(fields: FieldLines): Numbered {
  if (latest?.fields === fields) return latest;
  const lines: number[] = [];
  let some = 0;
  for (const [name] of fields) {
    const number = spelled(name);
    lines.push(number);
    some |= 1 << (number & 31);
  }
  latest = { fields, lines, some };
  return latest;
}

/** Index of the last line named `name` (lower case, one of few) whose value passes, or undefined. */
export function lastIndex(
  fields: FieldLines,
  name: string,
  passes: (value: string) => boolean = () => true,
): number | undefined {
  const number = numberOf(name);
  const { lines, some } = numbered(fields);
  if ((some & (1 << (number & 31))) === 0) return undefined;
  for (let i = lines.length - 1; i >= 0; i--) if (lines[i] === number && passes(fields[i]![1])) return i;
  return undefined;
}

/** The value of the last line named `name` (lower case, one of few), or undefined when absent. */
export function lastOf(fields: FieldLines, name: string): string | undefined {
  const index = lastIndex(fields, name);
  return index === undefined ? undefined : fields[index]![1];
}

/** The indices of all lines named `name` (lower case, one of few), the last first. */
export function indicesOf(fields: FieldLines, name: string): readonly number[] {
  const number = numberOf(name);
  const { lines, some } = numbered(fields);
  if ((some & (1 << (number & 31))) === 0) return NOWHERE;
  const found: number[] = [];
  for (let i = lines.length - 1; i >= 0; i--) if (lines[i] === number) found.push(i);
  return found;
}

const NOWHERE: readonly number[] = [];

/** A non-negative whole number of at most ten digits, or undefined. */
export function wholeNumber(value: string | undefined): number | undefined {
  if (value === undefined || value.length > 64) return undefined;
  const text = value.trim();
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** Seconds of Age, or undefined where it cannot be read: of several lines or members the first (RFC 9111 section 5.1). */
export function ageOf(fields: FieldLines): number | undefined {
  const line = indicesOf(fields, 'age').at(-1);
  return line === undefined ? undefined : wholeNumber(fields[line]![1].split(',', 1)[0]);
}

/** Of several indices the greatest; undefined when none is given. */
export function furthest(...indices: readonly (number | undefined)[]): number | undefined {
  let found: number | undefined;
  for (const index of indices) if (index !== undefined && (found === undefined || index > found)) found = index;
  return found;
}

/** Of a cache that writes Age on hits only: what it fetched has the Age that its parent gave it, which is not its own. */
export function withoutParentsAge(said: Decoded): Decoded {
  if (said.age === undefined || said.cacheStatus.fwd === undefined || said.revalidated === true) return said;
  const { age: _, ...rest } = said;
  return rest;
}
