// Which part of a representation does a request want, and which part is this? (RFC 9110 sections 13.1.5 and 14)
import type { Instant } from '../model/interval.ts';
import type { FieldLines } from './fields.ts';
import { combined } from './fields.ts';
import { isStrongDate } from './parts.ts';

/** Positions of the first and the last byte, counted from 0. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** What a part is a part of. */
export interface Part extends ByteRange {
  /** Bytes of the whole; absent where the origin did not know. */
  readonly size?: number;
}

/** One range as it was asked for: from `first` on, to `last` where there is one; or the last `suffix` bytes. */
export type AskedRange = { readonly first: number; readonly last?: number } | { readonly suffix: number };

/** The one range of bytes that is asked for; undefined where there is none, several, or what is to be ignored (14.2). */
export function askedRange(method: string, fields: FieldLines): AskedRange | undefined {
  const value = method === 'GET' ? combined(fields, 'range') : undefined;
  if (value === undefined) return undefined;
  const spec = /^bytes[ \t]*=([^,]*)$/i.exec(value)?.[1];
  return spec === undefined ? undefined : rangeSpec(spec);
}

/** One range of a set, such as `0-4`, `5-` or `-2`; undefined where it is none. */
export function rangeSpec(spec: string): AskedRange | undefined {
  const match = /^(\d*)-(\d*)$/.exec(spec.trim());
  if (match === null) return undefined;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  if (first === '') return last === '' ? undefined : { suffix: Number(last) };
  if (last === '') return { first: Number(first) };
  return Number(last) < Number(first) ? undefined : { first: Number(first), last: Number(last) };
}

/** The bytes that are meant in a representation of `size` bytes; `unsatisfiable` where it has none of them. */
export function rangeIn(asked: AskedRange, size: number): ByteRange | 'unsatisfiable' {
  if ('suffix' in asked) {
    if (asked.suffix === 0 || size === 0) return 'unsatisfiable';
    return { first: Math.max(0, size - asked.suffix), last: size - 1 };
  }
  if (asked.first >= size) return 'unsatisfiable';
  return { first: asked.first, last: Math.min(asked.last ?? size - 1, size - 1) };
}

/** The bytes that are meant where this part holds all of them; undefined where it does not, or one cannot know. */
export function rangeWithin(asked: AskedRange, part: Part): ByteRange | undefined {
  const wanted = part.size === undefined ? absolute(asked) : rangeIn(asked, part.size);
  if (wanted === undefined || wanted === 'unsatisfiable') return undefined;
  return wanted.first >= part.first && wanted.last <= part.last ? wanted : undefined;
}

const absolute = (asked: AskedRange): ByteRange | undefined =>
  'suffix' in asked || asked.last === undefined ? undefined : { first: asked.first, last: asked.last };

/**
 * What Content-Range says of a 206 with one part; undefined where it says nothing that can be used: another unit, several
 * parts, positions that cannot be, or another length than Content-Length says.
 */
export function partOf(fields: FieldLines): Part | undefined {
  const match = /^bytes[ \t]+(\d+)-(\d+)\/(\d+|\*)$/i.exec(combined(fields, 'content-range') ?? '');
  if (match === null) return undefined;
  const [first, last] = [Number(match[1]), Number(match[2])];
  const size = match[3] === '*' ? undefined : Number(match[3]);
  if (!Number.isSafeInteger(size ?? last) || last < first || last >= (size ?? Infinity)) return undefined;
  const length = combined(fields, 'content-length');
  if (length !== undefined && length !== String(last + 1 - first)) return undefined;
  if (/^[ \t]*multipart\/byteranges\b/i.test(combined(fields, 'content-type') ?? '')) return undefined;
  return { first, last, ...(size === undefined ? {} : { size }) };
}

export const contentRange = ({ first, last }: ByteRange, size: number | undefined): string =>
  `bytes ${first}-${last}/${size ?? '*'}`;

/** Whether If-Range lets a range of this stored response stand (13.1.5): absent, or exactly its strong validator. */
export function rangeHolds(requestFields: FieldLines, stored: FieldLines, receivedAt: Instant): boolean {
  const condition = combined(requestFields, 'if-range');
  if (condition === undefined) return true;
  if (condition.startsWith('"')) return condition === combined(stored, 'etag');
  return condition === combined(stored, 'last-modified') && isStrongDate(condition, stored, receivedAt);
}
