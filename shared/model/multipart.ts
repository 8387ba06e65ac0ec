// How do several ranges of a stored response travel in one message? (RFC 9110 sections 14.6 and 15.3.7.2)
import { combined, withField, without } from '../http/fields.ts';
import type { FieldLine, FieldLines } from '../http/fields.ts';
import { contentRange } from '../http/range.ts';
import type { ByteRange } from '../http/range.ts';
import { OF_ONE_MESSAGE } from './one-message.ts';
import type { Stored } from './stored.ts';
import type { Multipart } from './verdict.ts';

export interface Parts {
  readonly boundary: string;
  readonly content: Multipart;
  /** Bytes of all of it. */
  readonly length: number;
}

/** The ranges as parts, in the order given; `size`: bytes of the whole representation. */
export function partsOf<B>(stored: Stored<B>, ranges: readonly ByteRange[], size: number): Parts {
  const boundary = boundaryOf(stored);
  const type = combined(stored.fields, 'content-type');
  const described = type === undefined ? '' : `Content-Type: ${type}\r\n`;
  const content = ranges.flatMap((range, i) => [
    `${i === 0 ? '' : '\r\n'}--${boundary}\r\n${described}Content-Range: ${contentRange(range, size)}\r\n\r\n`,
    { from: range.first, to: range.last + 1 },
  ]);
  const all = [...content, `\r\n--${boundary}--\r\n`];
  const length = all.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : part.to - part.from), 0);
  return { boundary, content: all, length };
}

/** Nobody who wrote the content could know when it would be stored. */
const boundaryOf = <B>({ storedBy, storedAt }: Stored<B>): string =>
  `range-${storedBy.toString(36)}-${Math.round(storedAt * 1e6).toString(36)}`;

/** The fields around the parts: where each of them lies stands with it, and nowhere else. */
export function multipartFields(fields: FieldLines, { boundary, length }: Parts): FieldLine[] {
  const typed = withField(fields, 'Content-Type', `multipart/byteranges; boundary=${boundary}`);
  return withField(without(typed, 'content-range', ...OF_ONE_MESSAGE), 'Content-Length', String(length));
}
