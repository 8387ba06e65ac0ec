// When are two parts parts of the same thing, and what do they make together? (RFC 9110 sections 8.8.1, 8.8.2.2 and 15.3.7.3)
import type { Instant } from '../model/interval.ts';
import { parseDate } from './date.ts';
import { combined, first } from './fields.ts';
import type { FieldLines } from './fields.ts';
import type { Part } from './range.ts';

const STRONG_TAG = /^"[^"]*"$/;

/**
 * What If-Range can name so that bytes of two responses may stand beside each other: a strong entity tag or, where there
 * is no tag at all, a Last-Modified that is strong by its Date. Undefined: nothing is.
 */
export function strongValidator(fields: FieldLines, receivedAt: Instant): string | undefined {
  const etag = combined(fields, 'etag');
  if (etag !== undefined) return STRONG_TAG.test(etag) ? etag : undefined;
  const modified = combined(fields, 'last-modified');
  return modified !== undefined && isStrongDate(modified, fields, receivedAt) ? modified : undefined;
}

/** A date is strong where the representation did not change in the second in which it was sent (8.8.2.2). */
export function isStrongDate(modified: string, fields: FieldLines, receivedAt: Instant): boolean {
  const at = parseDate(modified, receivedAt);
  const dated = parseDate(first(fields, 'date') ?? '', receivedAt);
  return at !== undefined && dated !== undefined && dated - at >= 1;
}

/**
 * The part that two parts of one representation make where they overlap or touch. Undefined where a gap is between them,
 * or where they contradict each other about the length of the whole.
 */
export function unitedPart(one: Part, other: Part): Part | undefined {
  if (one.first > other.last + 1 || other.first > one.last + 1) return undefined;
  if (one.size !== undefined && other.size !== undefined && one.size !== other.size) return undefined;
  const size = one.size ?? other.size;
  const last = Math.max(one.last, other.last);
  if (size !== undefined && last >= size) return undefined;
  return { first: Math.min(one.first, other.first), last, ...(size === undefined ? {} : { size }) };
}

/** Whether it is no part any more, but all there is. */
export const isWholePart = ({ first: start, last, size }: Part): boolean => start === 0 && last + 1 === size;
