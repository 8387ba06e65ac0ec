// What of a stored response answers this request: all of it, a part, or only the word that nothing changed?
import { isNotModified, isUnmodifiedSince, notModifiedFields } from '../http/conditional.ts';
import type { Behaviour } from '../dialects/dialect.ts';
import type { FieldLine, FieldLines } from '../http/fields.ts';
import { combined, withField, without } from '../http/fields.ts';
import { askedRange, contentRange, rangeHolds, rangeIn, rangeWithin } from '../http/range.ts';
import type { AskedRange, ByteRange } from '../http/range.ts';
import type { ResponseHead } from '../http/storage.ts';
import { rangesIn, severalRanges } from '../http/several-ranges.ts';
import { lengthOf } from './cache-state.ts';
import type { CacheState } from './cache-state.ts';
import type { Instant } from './interval.ts';
import { multipartFields, partsOf } from './multipart.ts';
import type { Parts } from './multipart.ts';
import type { Stored } from './stored.ts';
import type { CacheRequest, Forward, Head, Multipart, Slice } from './verdict.ts';

/** `size`: bytes of the whole representation; `start`: position of the stored body's first byte in it. */
export type Wanted =
  | { readonly what: 'whole' | 'not-modified' }
  | { readonly what: 'unsatisfiable'; readonly size: number }
  | { readonly what: 'part'; readonly range: ByteRange; readonly size: number | undefined; readonly start: number }
  | { readonly what: 'several'; readonly parts: Parts };

const WHOLE: Wanted = { what: 'whole' };

/** What this request wants of a stored response that may answer it. */
export function wantedOf<B>(cache: CacheState<B>, request: CacheRequest, stored: Stored<B>): Wanted {
  if (isNotModified(request.fields, stored, stored.storedAt, cache.behaviour)) return { what: 'not-modified' };
  return wantedPart(cache, request, stored);
}

/** The part that is asked for, where there is one that can be cut. */
function wantedPart<B>(cache: CacheState<B>, request: CacheRequest, stored: Stored<B>): Wanted {
  const asked = mayCut(cache, stored) ? askedOf(cache.behaviour, request) : undefined;
  if (asked === undefined)
    return cache.behaviour.answersSeveralRanges === true ? several(cache, request, stored) : WHOLE;
  const { part } = stored;
  if (part !== undefined) {
    const range = rangeWithin(asked, part);
    return range === undefined ? WHOLE : { what: 'part', range, size: part.size, start: part.first };
  }
  const size = stored.status === 200 ? lengthOf(cache, stored) : undefined;
  if (size === undefined || !rangeHolds(request.fields, stored.fields, stored.storedAt)) return WHOLE;
  const range = rangeIn(asked, size);
  if (range === 'unsatisfiable' && cache.behaviour.ignoresUnsatisfiable === true) return WHOLE;
  return range === 'unsatisfiable' ? { what: 'unsatisfiable', size } : { what: 'part', range, size, start: 0 };
}

/** Several parts of a whole copy, or the one that they come to. */
function several<B>(cache: CacheState<B>, request: CacheRequest, stored: Stored<B>): Wanted {
  const asked = severalRanges(request.method, request.fields);
  if (asked === undefined || stored.status !== 200 || stored.part !== undefined) return WHOLE;
  // whose coding would it be: that of each part, or of all of them together?
  if (combined(stored.fields, 'content-encoding') !== undefined) return WHOLE;
  const size = lengthOf(cache, stored);
  if (size === undefined || !rangeHolds(request.fields, stored.fields, stored.storedAt)) return WHOLE;
  const ranges = rangesIn(asked, size);
  if (ranges === 'whole') return WHOLE;
  if (ranges === 'unsatisfiable') return { what: 'unsatisfiable', size };
  if (ranges.length === 1) return { what: 'part', range: ranges[0]!, size, start: 0 };
  return { what: 'several', parts: partsOf(stored, ranges, size) };
}

/** Nothing begins so late: what cannot be satisfied. */
const NOWHERE: AskedRange = { first: Infinity };

function askedOf({ rangesOf, refusesSeveralRanges }: Behaviour, request: CacheRequest): AskedRange | undefined {
  const { fields } = request;
  const method = rangesOf?.includes(request.method) === true ? 'GET' : request.method;
  return refusesSeveralRanges === true && method === 'GET' && combined(fields, 'range')?.includes(',') === true
    ? NOWHERE
    : askedRange(method, fields);
}

/** What goes out of a stored response that a 304 has just confirmed. */
export function wantedOnceValidated<B>(cache: CacheState<B>, request: CacheRequest, stored: Stored<B>): Wanted {
  if (cache.behaviour.cutsFetched === 'replacing') return satisfiable(wantedOf(cache, request, stored));
  if (cache.behaviour.comparesDateOnceValidated !== true) return wantedOf(cache, request, stored);
  if (isUnmodifiedSince(request.fields, stored, stored.storedAt)) return { what: 'not-modified' };
  return wantedPart(cache, request, stored);
}

const satisfiable = (wanted: Wanted): Wanted => (wanted.what === 'unsatisfiable' ? WHOLE : wanted);

/** What this request wants of what is served in place of an error. `status`: of that error, where one came. */
export function wantedOnError<B>(
  cache: CacheState<B>,
  request: CacheRequest,
  stored: Stored<B>,
  status: number | undefined,
): Wanted {
  const { wholeOnError } = cache.behaviour;
  if (wholeOnError === true) return WHOLE;
  if (wholeOnError === 'of-precondition') return wantedPart(cache, request, stored);
  const wanted = wantedOf(cache, request, stored);
  return wholeOnError === undefined || status === undefined || wanted.what === 'not-modified' ? wanted : WHOLE;
}

const isRead = ({ method }: CacheRequest): boolean => method === 'GET' || method === 'HEAD';

/** What this request wants of a response that has just come, where the product cuts it. */
export function cutFrom<B>(
  { behaviour }: CacheState<B>,
  { request, selected, conditional }: Forward<B>,
  response: ResponseHead,
  now: Instant,
  isStored: boolean,
  mayCompare: boolean,
): Wanted {
  if (response.status !== 200 || !(isRead(request) || behaviour.rangesOf?.includes(request.method) === true))
    return WHOLE;
  const { comparesAll, cutsFetched } = behaviour;
  const isReplacing = selected !== undefined && isStored;
  if (comparesAll === true && selected !== undefined && !isStored) return WHOLE;
  if (mayCompare && isRead(request) && isNotModified(request.fields, response, now, behaviour))
    return { what: 'not-modified' };
  if (cutsFetched === undefined || (cutsFetched === 'replacing' && !isReplacing)) return WHOLE;
  if (cutsFetched === 'unless-stored' && (isStored || conditional)) return WHOLE;
  const asked = request.method === 'HEAD' ? undefined : askedOf(behaviour, request);
  const length = combined(response.fields, 'content-length');
  if (asked === undefined || length === undefined || !/^\d+$/.test(length)) return WHOLE;
  const size = Number(length);
  const range = rangeIn(asked, size);
  if (range === 'unsatisfiable') return cutsFetched === 'replacing' ? WHOLE : { what: 'unsatisfiable', size };
  return { what: 'part', range, size, start: 0 };
}

function mayCut<B>({ behaviour: { answersRanges } }: CacheState<B>, { fields }: Stored<B>): boolean {
  return answersRanges === 'as-parent' ? combined(fields, 'accept-ranges')?.trim() === 'bytes' : answersRanges;
}

/** @param fields Those of the stored response as they are sent now. */
export function headFor(wanted: Wanted, status: number, fields: FieldLines): Head {
  switch (wanted.what) {
    case 'whole':
      return { status, fields };
    case 'not-modified':
      return { status: 304, fields: notModifiedFields(fields) };
    case 'unsatisfiable':
      return unsatisfiable(fields, wanted.size);
    case 'part': {
      const { range, size } = wanted;
      const shown = withField(fields, 'Content-Range', contentRange(range, size));
      const length = String(range.last + 1 - range.first);
      return { status: 206, fields: withField(shown, 'Content-Length', length) };
    }
    case 'several':
      return { status: 206, fields: multipartFields(fields, wanted.parts) };
  }
}

/** The bytes of the stored body that are sent; undefined: all. */
export function sliceFor(wanted: Wanted): Slice | undefined {
  if (wanted.what !== 'part') return undefined;
  const { range, start } = wanted;
  return { from: range.first - start, to: range.last + 1 - start };
}

/** What is sent in place of one body. */
export const multipartFor = (wanted: Wanted): Multipart | undefined =>
  wanted.what === 'several' ? wanted.parts.content : undefined;

/** Whether a product sends no Age with this. */
export const isAgeless = ({ noAgeIn }: Behaviour, { what }: Wanted): boolean =>
  (noAgeIn?.includes('bodyless') === true && (what === 'not-modified' || what === 'unsatisfiable')) ||
  (noAgeIn?.includes('unsatisfiable') === true && what === 'unsatisfiable');

export const isBodyless = ({ what }: Wanted): boolean => what === 'not-modified' || what === 'unsatisfiable';

/** RFC 9110 section 15.5.17. */
function unsatisfiable(fields: FieldLines, size: number): Head {
  const kept = without(fields, 'content-length', 'content-type', 'content-encoding', 'etag', 'last-modified');
  const said: FieldLine[] = [
    ['Content-Range', `bytes */${size}`],
    ['Content-Length', '0'],
  ];
  return { status: 416, fields: [...kept, ...said] };
}
