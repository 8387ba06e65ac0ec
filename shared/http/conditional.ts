// What does a conditional request ask, and what does a 304 change? (RFC 9111 sections 3.2, 4.3; RFC 9110 section 13)
import type { Behaviour } from '../dialects/dialect.ts';
import type { Instant } from '../model/interval.ts';
import { formatDate, parseDate } from './date.ts';
import { combined, first, listMembers, withField, without } from './fields.ts';
import type { FieldLine, FieldLines } from './fields.ts';
import type { Control } from './control.ts';
import { storableFields } from './storage.ts';
import type { ResponseHead } from './storage.ts';

const CONDITIONALS = ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range', 'range'];

/** Fields that a 304 leaves as they are stored (section 3.2). */
const NOT_UPDATED = ['content-length', 'content-range'];

/** The client's preconditions replaced by the stored response's validators (section 4.3.1), its Date among them if `byDate`. */
export function validating(requestFields: FieldLines, stored: FieldLines, byDate = false): FieldLine[] {
  const etag = combined(stored, 'etag');
  const modified =
    combined(stored, 'last-modified') ?? (byDate && etag === undefined ? first(stored, 'date') : undefined);
  return [
    ...withoutConditionals(requestFields),
    ...(etag === undefined ? [] : [['If-None-Match', etag] as const]),
    ...(modified === undefined ? [] : [['If-Modified-Since', modified] as const]),
  ];
}

/** The client's preconditions kept beside those of the product: Last-Modified or Date, and a strong ETag in place of none. */
export function validatingBeside(requestFields: FieldLines, stored: FieldLines): FieldLine[] {
  const kept = without(requestFields, 'if-modified-since');
  const etag = combined(kept, 'if-none-match') === undefined ? combined(stored, 'etag') : undefined;
  const modified = combined(stored, 'last-modified') ?? first(stored, 'date');
  return [
    ...kept,
    ...(etag?.startsWith('"') === true ? [['If-None-Match', etag] as const] : []),
    ...(modified === undefined ? [] : [['If-Modified-Since', modified] as const]),
  ];
}

/** Without the sign of a weak tag. */
export const withStrongTag = (fields: FieldLines): FieldLines =>
  fields.map(([name, value]) => [name, name === 'If-None-Match' ? value.replace(/^W\//, '') : value] as const);

/** What the client says of its own copy is left out, its range is not. */
export const withoutPreconditions = (requestFields: FieldLines): FieldLines =>
  without(requestFields, ...CONDITIONALS.filter((name) => name !== 'range'));

/** What the client says of a range and of its own copy is left out. */
export const withoutConditionals = (requestFields: FieldLines): FieldLines => without(requestFields, ...CONDITIONALS);

/** Whether the client said something of its own copy, which `*` does not. */
export const hasPrecondition = (requestFields: FieldLines): boolean =>
  CONDITIONALS.some((name) => name !== 'range' && (combined(requestFields, name) ?? '*').trim() !== '*');

/** How a product reads preconditions. */
type Precondition = Pick<Behaviour, 'comparesAll' | 'notModifiedOfAny' | 'comparesOneTag' | 'comparesDateExactly'>;

const ONE_TAG = /^\s*(W\/)?"[^"]*"\s*$/;

/** Whether the client's precondition fails against this stored response, so that 304 answers it (section 4.3.2). */
export function isNotModified(
  requestFields: FieldLines,
  stored: ResponseHead,
  receivedAt: Instant,
  { comparesAll, notModifiedOfAny, comparesOneTag, comparesDateExactly }: Precondition = {},
): boolean {
  if (stored.status !== 200 && comparesAll !== true && notModifiedOfAny !== true) return false;
  const ifNoneMatch = combined(requestFields, 'if-none-match');
  if (ifNoneMatch !== undefined && comparesOneTag === true && !ONE_TAG.test(ifNoneMatch)) return false;
  // there is a current representation, whether it has a tag or not (RFC 9110 section 13.1.2)
  if (ifNoneMatch?.trim() === '*') return comparesAll !== true || combined(stored.fields, 'etag') !== undefined;
  if (ifNoneMatch !== undefined) return matchesWeakly(ifNoneMatch, combined(stored.fields, 'etag'));
  if (comparesDateExactly === true && !isOfDate(requestFields, stored)) return false;
  return isUnmodifiedSince(requestFields, stored, receivedAt);
}

/** Whether If-Modified-Since names its Last-Modified. */
const isOfDate = (requestFields: FieldLines, stored: ResponseHead): boolean =>
  combined(requestFields, 'if-modified-since') === combined(stored.fields, 'last-modified');

/** Whether If-Modified-Since is there, and nothing was modified since. */
export function isUnmodifiedSince(requestFields: FieldLines, stored: ResponseHead, receivedAt: Instant): boolean {
  const since = parseDate(combined(requestFields, 'if-modified-since') ?? '', receivedAt);
  if (since === undefined) return false;
  const changed = combined(stored.fields, 'last-modified') ?? combined(stored.fields, 'date') ?? '';
  return (parseDate(changed, receivedAt) ?? receivedAt) <= since;
}

/** What a 304 made from a stored response carries (RFC 9110 section 15.4.5). */
export function notModifiedFields(fields: FieldLines): FieldLine[] {
  return fields.filter(([name]) => !/^content-(?!location$)/i.test(name));
}

/** The stored fields updated by those of a 304 or of a response to HEAD (section 3.2); its Age replaces the stored one. */
export function freshened(stored: FieldLines, response: ResponseHead, control: Control): FieldLines {
  const update = without(storableFields(response, control), ...NOT_UPDATED);
  return [...without(stored, 'age', ...update.map(([name]) => name)), ...update];
}

/** Whether a 304 speaks of this stored response: a validator that it carries must be the stored one (section 4.3.4). */
export function confirms(response: FieldLines, stored: FieldLines): boolean {
  const etag = combined(response, 'etag');
  if (etag !== undefined) return matchesWeakly(etag, combined(stored, 'etag'));
  const modified = combined(response, 'last-modified');
  return modified === undefined || modified === combined(stored, 'last-modified');
}

/** With the Date that section 6.6.1 of RFC 9110 adds on arrival where there is none. */
export function withDate(fields: FieldLines, receivedAt: Instant): FieldLines {
  return first(fields, 'date') === undefined ? withField(fields, 'Date', formatDate(receivedAt)) : fields;
}

/** Weak comparison (RFC 9110 section 8.8.3.2). */
function matchesWeakly(list: string, etag: string | undefined): boolean {
  if (etag === undefined) return false;
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
  const members = listMembers(list);
  return members.some((member) => opaque(member) === opaque(etag));
}
