// What of a stored response answers this request: all of it, a part, or only the word that nothing changed?
import { isNotModified, notModifiedFields } from '../http/conditional.ts';
import type { FieldLine, FieldLines } from '../http/fields.ts';
import { withField, without } from '../http/fields.ts';
import { askedRange, contentRange, rangeHolds, rangeIn, rangeWithin } from '../http/range.ts';
import type { ByteRange } from '../http/range.ts';
import { lengthOf } from './cache-state.ts';
import type { CacheState } from './cache-state.ts';
import type { Stored } from './stored.ts';
import type { CacheRequest, Head, Slice } from './verdict.ts';

export interface FromStore {
  readonly head: Head;
  /** Absent: the whole body. */
  readonly slice?: Slice;
  /** There is no body to send: 304 or 416. */
  readonly bodyless?: true;
}

/** @param fields Those of the stored response as they are sent now. */
export function answerFrom<B>(
  cache: CacheState<B>,
  request: CacheRequest,
  stored: Stored<B>,
  fields: FieldLines,
): FromStore {
  if (isNotModified(request.fields, stored, stored.storedAt)) {
    return { head: { status: 304, fields: notModifiedFields(fields) }, bodyless: true };
  }
  return rangeFrom(cache, request, stored, fields) ?? { head: { status: stored.status, fields } };
}

function rangeFrom<B>(
  cache: CacheState<B>,
  request: CacheRequest,
  stored: Stored<B>,
  fields: FieldLines,
): FromStore | undefined {
  const asked = cache.behaviour.answersRanges ? askedRange(request.method, request.fields) : undefined;
  if (asked === undefined) return undefined;
  const { part } = stored;
  if (part !== undefined) {
    const range = rangeWithin(asked, part);
    return range && partial(fields, range, part.size, part.first);
  }
  const size = stored.status === 200 ? lengthOf(cache, stored) : undefined;
  if (size === undefined || !rangeHolds(request.fields, stored.fields, stored.storedAt)) return undefined;
  const range = rangeIn(asked, size);
  return range === 'unsatisfiable' ? unsatisfiable(fields, size) : partial(fields, range, size, 0);
}

/** @param start Position of the stored body's first byte. */
function partial(fields: FieldLines, range: ByteRange, size: number | undefined, start: number): FromStore {
  const slice = { from: range.first - start, to: range.last + 1 - start };
  const shown = withField(fields, 'Content-Range', contentRange(range, size));
  return { head: { status: 206, fields: withField(shown, 'Content-Length', String(slice.to - slice.from)) }, slice };
}

/** RFC 9110 section 15.5.17. */
function unsatisfiable(fields: FieldLines, size: number): FromStore {
  const kept = without(fields, 'content-length', 'content-type', 'content-encoding', 'etag', 'last-modified');
  const said: FieldLine[] = [
    ['Content-Range', `bytes */${size}`],
    ['Content-Length', '0'],
  ];
  return { head: { status: 416, fields: [...kept, ...said] }, bodyless: true };
}
