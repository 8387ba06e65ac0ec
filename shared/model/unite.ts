// What does a part become beside the parts that are stored already? (RFC 9111 section 3.4, RFC 9110 section 15.3.7.3)
import { freshened } from '../http/conditional.ts';
import { controlOf } from '../http/control.ts';
import { withField, without } from '../http/fields.ts';
import type { FieldLines } from '../http/fields.ts';
import { isWholePart, strongValidator, unitedPart } from '../http/parts.ts';
import type { Part } from '../http/range.ts';
import { lengthOf, readIn } from './cache-state.ts';
import type { CacheState } from './cache-state.ts';
import { OF_ONE_MESSAGE } from './one-message.ts';
import { isSameVariant } from './same-variant.ts';
import type { PendingStore, Stored } from './stored.ts';
import type { Piece } from './verdict.ts';

export interface United<B> {
  readonly pending: PendingStore;
  readonly body: B;
}

/** A stored response that lies beside the new part, and where. */
interface Held<B> {
  readonly stored: Stored<B>;
  readonly part: Part;
}

/** The new part with all that overlap or touch it; it alone where there are none. */
export function united<B>(cache: CacheState<B>, pending: PendingStore, part: Part, body: B): United<B> {
  const alone = { pending, body };
  const { joining, behaviour } = cache;
  if (joining === undefined || behaviour.combinesParts !== true) return alone;
  let union = part;
  const beside: Held<B>[] = [];
  for (const held of heldWith(cache, pending)) {
    const wider = unitedPart(union, held.part);
    if (wider === undefined || wider.last + 1 - wider.first > joining.mostBytes) continue;
    union = wider;
    beside.push(held);
  }
  // the length of the whole may only now be known
  if (beside.length === 0 && !isWholePart(union)) return alone;
  const fields = beside.length === 0 ? pending.fields : unitedFields(cache, pending, beside);
  const pieces = inOrder([...beside.map((held) => ({ body: held.stored.body, part: held.part })), { body, part }]);
  return { pending: madeOf(cache, pending, union, fields), body: joining.join(pieces) };
}

/** Stored responses of the same representation: same variant, same strong validator. In order of position. */
function heldWith<B>(cache: CacheState<B>, pending: PendingStore): Held<B>[] {
  const validator = strongValidator(pending.fields, pending.storedAt);
  if (validator === undefined) return [];
  const held = cache.index.under(pending.key).flatMap((stored) => {
    const part = isSameVariant(stored, pending, cache.behaviour) ? placeOf(cache, stored) : undefined;
    return part !== undefined && strongValidator(stored.fields, stored.storedAt) === validator
      ? [{ stored, part }]
      : [];
  });
  return held.sort((a, b) => a.part.first - b.part.first);
}

/** A whole is a part too: from the first byte to the last. */
function placeOf<B>(cache: CacheState<B>, stored: Stored<B>): Part | undefined {
  if (stored.part !== undefined) return stored.part;
  const size = stored.status === 200 ? lengthOf(cache, stored) : undefined;
  return size === undefined || size === 0 ? undefined : { first: 0, last: size - 1, size };
}

/** Those of the stored response that is the newest, updated by those of the new one; an incomplete 200 brings all its own. */
function unitedFields<B>(cache: CacheState<B>, pending: PendingStore, beside: readonly Held<B>[]): FieldLines {
  const { status, fields } = pending;
  if (status === 200) return fields;
  const newest = beside.map(({ stored }) => stored).reduce((a, b) => (b.terms.date >= a.terms.date ? b : a));
  return freshened(newest.fields, { status, fields }, controlOf(fields, cache.behaviour));
}

/** The pieces that make the union, each byte once: of two that hold it the one that begins earlier. */
function inOrder<B>(bodies: readonly { readonly body: B; readonly part: Part }[]): Piece<B>[] {
  const sorted = [...bodies].sort((a, b) => a.part.first - b.part.first || b.part.last - a.part.last);
  let next = sorted[0]?.part.first ?? 0;
  const pieces: Piece<B>[] = [];
  for (const { body, part } of sorted) {
    if (part.last < next) continue;
    pieces.push({ body, slice: { from: next - part.first, to: part.last + 1 - part.first } });
    next = part.last + 1;
  }
  return pieces;
}

/** What is stored of the union; a complete 200 where nothing is missing. */
function madeOf<B>(cache: CacheState<B>, pending: PendingStore, union: Part, updated: FieldLines): PendingStore {
  const kept = without(updated, 'content-range', ...OF_ONE_MESSAGE);
  const isWhole = isWholePart(union);
  const status = isWhole ? 200 : pending.status;
  const fields = withField(kept, 'Content-Length', String(union.last + 1 - union.first));
  const { terms } = readIn(cache, { status, fields }, pending.storedAt);
  return { ...pending, status, fields, terms, lifetime: terms.lifetime, part: isWhole ? undefined : union };
}
