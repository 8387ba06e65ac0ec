// Which bytes are missing for what is asked, and what do they make with those that are stored? (RFC 9111 sections 3.3 and 3.4)
import { remaining } from '../http/age.ts';
import type { Exchanged } from '../http/age.ts';
import { matchesVary } from '../http/cache-key.ts';
import { freshened, withoutConditionals } from '../http/conditional.ts';
import { controlOf } from '../http/control.ts';
import { combined, endToEnd, withField, without } from '../http/fields.ts';
import type { FieldLines } from '../http/fields.ts';
import { strongValidator } from '../http/parts.ts';
import { askedRange, contentRange, partOf, rangeHolds, rangeIn } from '../http/range.ts';
import type { ByteRange } from '../http/range.ts';
import type { ResponseHead } from '../http/storage.ts';
import { clocksOf, readIn } from './cache-state.ts';
import type { CacheState } from './cache-state.ts';
import type { Instant } from './interval.ts';
import { OF_ONE_MESSAGE } from './one-message.ts';
import { toStore } from './passed-on.ts';
import { passedOnHead } from './response-head.ts';
import { spokenOf } from './spoken.ts';
import type { Stored } from './stored.ts';
import type { Around, CacheRequest, Completing, Forward, Head, Received } from './verdict.ts';

/** What is to be asked for in place of all that the client asks for; undefined where that would save nothing. */
export function completionOf<B>(
  cache: CacheState<B>,
  kept: readonly Stored<B>[],
  request: CacheRequest,
): Completing<B> | undefined {
  const { behaviour, joining } = cache;
  if (joining === undefined || behaviour.completesParts !== true || !asksPlainly(request)) return undefined;
  const parts = partsFor(cache, kept, request);
  const newest = parts.reduce<Stored<B> | undefined>(later, undefined);
  const size = newest?.part?.size;
  if (newest === undefined || size === undefined) return undefined;
  const validator = strongValidator(newest.fields, newest.storedAt);
  const wanted = wantedIn(request, newest, size);
  if (validator === undefined || wanted === undefined) return undefined;
  const same = parts.filter((p) => p.part?.size === size && strongValidator(p.fields, p.storedAt) === validator);
  const before = same.find((stored) => isIn(wanted.first, stored));
  const after = same.find((stored) => isIn(wanted.last, stored));
  const asked = {
    first: before?.part === undefined ? wanted.first : before.part.last + 1,
    last: after?.part === undefined ? wanted.last : after.part.first - 1,
  };
  if ((before === undefined && after === undefined) || asked.last < asked.first) return undefined;
  const isWhole = combined(request.fields, 'range') === undefined;
  return { asked, wanted, isWhole, size, validator, before, after };
}

/** The fields of the request for what is missing. */
export const completingFields = (fields: FieldLines, { asked, validator }: Completing<unknown>): FieldLines => [
  ...withoutConditionals(endToEnd(fields)),
  ['Range', `bytes=${asked.first}-${asked.last}`],
  ['If-Range', validator],
];

const PRECONDITIONS = ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since'];

/** GET without content, and without a word on a copy that the client has. */
const asksPlainly = ({ method, fields }: CacheRequest): boolean =>
  method === 'GET' &&
  !PRECONDITIONS.some((name) => combined(fields, name) !== undefined) &&
  combined(fields, 'transfer-encoding') === undefined &&
  (combined(fields, 'content-length') ?? '0') === '0';

const partsFor = <B>({ behaviour }: CacheState<B>, kept: readonly Stored<B>[], request: CacheRequest): Stored<B>[] =>
  kept.filter(({ part, terms, selecting }) => {
    return part !== undefined && matchesVary(terms.vary, selecting, request.fields, behaviour);
  });

const later = <B>(best: Stored<B> | undefined, stored: Stored<B>): Stored<B> =>
  best === undefined || stored.terms.date >= best.terms.date ? stored : best;

/** The bytes that the client wants; undefined where it is left to the next hop to say. */
function wantedIn<B>({ fields }: CacheRequest, stored: Stored<B>, size: number): ByteRange | undefined {
  if (combined(fields, 'range') === undefined) return { first: 0, last: size - 1 };
  const asked = askedRange('GET', fields);
  if (asked === undefined || !rangeHolds(fields, stored.fields, stored.storedAt)) return undefined;
  const range = rangeIn(asked, size);
  return range === 'unsatisfiable' ? undefined : range;
}

const isIn = <B>(position: number, { part }: Stored<B>): boolean =>
  part !== undefined && part.first <= position && position <= part.last;

/**
 * What the client gets once the missing bytes come. Undefined: the answer is the client's own, as if nothing had been
 * stored.
 * @param response With a Date
 */
export function completed<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  completing: Completing<B>,
  response: ResponseHead,
  exchanged: Exchanged,
  now: Instant,
): Received<B> | undefined {
  const { status, fields } = response;
  const isSame = strongValidator(fields, exchanged.responseTime) === completing.validator;
  if (status === 206 && isSame && isMissing(fields, completing))
    return filled(cache, forward, completing, response, exchanged, now);
  const isOther = (status === 200 || status === 206) && !isSame;
  if (isOther || status === 416) forget(cache, completing);
  // what the client did not ask for is no answer to it
  return status === 206 || status === 416 || status === 304 ? anew(cache, forward) : undefined;
}

/** Whether these are the bytes that were asked for, of a whole of the length that is known. */
function isMissing(fields: FieldLines, { asked, size }: Completing<unknown>): boolean {
  const part = partOf(fields);
  return part?.first === asked.first && part.last === asked.last && (part.size ?? size) === size;
}

function forget<B>({ index }: CacheState<B>, { before, after }: Completing<B>): void {
  for (const stored of [before, after]) if (stored !== undefined) index.remove(stored);
}

/** The client's own request; whoever cannot send it answers 502. */
function anew<B>(cache: CacheState<B>, { request, exchange, fwd, ifErrorUntil }: Forward<B>): Received<B> {
  const fields = endToEnd(request.fields);
  const again: Forward<B> = { kind: 'forward', request, fields, fwd, exchange, conditional: false, ifErrorUntil };
  const head: Head = { status: 502, fields: [['Content-Length', '0']] };
  return { head, bodyFrom: 'none', spoken: spokenOf(cache, again, { fwd }), again };
}

/** Stored bytes, those that came, stored bytes; the stored fields updated by those that came (section 3.4). */
function filled<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  completing: Completing<B>,
  response: ResponseHead,
  exchanged: Exchanged,
  now: Instant,
): Received<B> {
  const { behaviour } = cache;
  const { asked, wanted, size, isWhole, before, after } = completing;
  const base = [before, after].filter((stored) => stored !== undefined).reduce(later);
  const updated = freshened(base.fields, response, controlOf(response.fields, behaviour));
  const part = { status: 206, fields: placed(updated, asked, size) };
  const read = readIn(cache, part, exchanged.responseTime);
  const clocks = clocksOf(cache, updated, read.terms, exchanged);
  const store = toStore(cache, forward, part, read, clocks);
  const shown = isWhole ? whole(updated, size) : placed(updated, wanted, size);
  const stored = store === undefined ? {} : { stored: true, ttl: remaining(clocks, behaviour, now) };
  return {
    head: {
      status: isWhole ? 200 : 206,
      fields: passedOnHead(shown, clocks, behaviour, now, store !== undefined),
    },
    bodyFrom: 'response',
    slice: { from: 0, to: asked.last + 1 - asked.first },
    around: aroundOf(completing),
    store,
    spoken: spokenOf(cache, forward, { fwd: forward.fwd, fwdStatus: 206, ...stored }),
  };
}

function aroundOf<B>({ asked, wanted, before, after }: Completing<B>): Around<B> {
  const pieceOf = (stored: Stored<B> | undefined, from: number, to: number) => {
    const start = stored?.part?.first ?? 0;
    return stored === undefined ? undefined : { body: stored.body, slice: { from: from - start, to: to - start } };
  };
  return {
    before: pieceOf(before, wanted.first, asked.first),
    after: pieceOf(after, asked.last + 1, wanted.last + 1),
  };
}

const ofParts = (fields: FieldLines): FieldLines => without(fields, 'content-range', ...OF_ONE_MESSAGE);

const whole = (fields: FieldLines, size: number): FieldLines =>
  withField(ofParts(fields), 'Content-Length', String(size));

const placed = (fields: FieldLines, range: ByteRange, size: number): FieldLines =>
  withField(
    [...ofParts(fields), ['Content-Range', contentRange(range, size)]],
    'Content-Length',
    String(range.last + 1 - range.first),
  );
