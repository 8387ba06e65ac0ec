// Which bytes answer a request for several ranges, and when is it answered with the whole? (RFC 9110 sections 14.2, 14.6 and 17.15)
import { combined, listMembers } from './fields.ts';
import type { FieldLines } from './fields.ts';
import { rangeIn, rangeSpec } from './range.ts';
import type { AskedRange, ByteRange } from './range.ts';

/** More than these are asked for to harm, not to read. */
const MOST_RANGES = 16;
/** And so are more overlaps than these. */
const MOST_OVERLAPS = 2;

/**
 * The ranges that are asked for, where there are several. Undefined where they are to be ignored: one of them cannot be
 * read, or there are too many.
 */
export function severalRanges(method: string, fields: FieldLines): AskedRange[] | undefined {
  const value = method === 'GET' ? combined(fields, 'range') : undefined;
  if (value === undefined || !value.includes(',')) return undefined;
  const set = /^bytes[ \t]*=(.*)$/is.exec(value)?.[1];
  if (set === undefined) return undefined;
  const members = listMembers(set);
  const asked = members.length > MOST_RANGES ? [] : members.map(rangeSpec);
  return asked.length > 0 && asked.every((range) => range !== undefined) ? asked : undefined;
}

/**
 * The bytes to send of a representation of `size` bytes: those that overlap or touch as one, the others in the order in
 * which they were asked for, those beyond its end left out. `whole`: they overlap so often that the whole
 * costs less.
 */
export function rangesIn(asked: readonly AskedRange[], size: number): ByteRange[] | 'unsatisfiable' | 'whole' {
  const within = asked.map((range) => rangeIn(range, size)).filter((range) => range !== 'unsatisfiable');
  if (within.length === 0) return 'unsatisfiable';
  return overlaps(within) > MOST_OVERLAPS ? 'whole' : coalesced(within);
}

/** Pairs that have a byte in common. */
const overlaps = (ranges: readonly ByteRange[]): number =>
  ranges.reduce((sum, range, i) => sum + ranges.slice(i + 1).filter((other) => isNear(range, other, 0)).length, 0);

/** Whether at most so many bytes away from one another begins what the other ends. */
const isNear = (one: ByteRange, other: ByteRange, apart: 0 | 1): boolean =>
  one.first <= other.last + apart && other.first <= one.last + apart;

function coalesced(ranges: readonly ByteRange[]): ByteRange[] {
  const made: ByteRange[] = [];
  for (const range of ranges) {
    const near = made.filter((other) => isNear(range, other, 1));
    const merged = {
      first: Math.min(range.first, ...near.map((other) => other.first)),
      last: Math.max(range.last, ...near.map((other) => other.last)),
    };
    const place = near.length === 0 ? made.length : made.indexOf(near[0]!);
    made.splice(place, near.length === 0 ? 0 : 1, merged);
    for (const gone of near.slice(1)) made.splice(made.indexOf(gone), 1);
  }
  return made;
}
