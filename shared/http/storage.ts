// May this cache store this response to this request? (RFC 9111 section 3, in its order)
import type { Behaviour } from '../dialects/dialect.ts';
import type { Policy } from '../topology.ts';
import { freshUntil, initialAge } from './age.ts';
import type { Exchanged } from './age.ts';
import { cacheControlOf, has, qualifiedBy } from './cache-control.ts';
import type { CacheControl } from './cache-control.ts';
import { varyNames } from './cache-key.ts';
import { combined, endToEnd, valuesOf, without } from './fields.ts';
import type { FieldLine, FieldLines } from './fields.ts';
import { lifetimeOf, staleIfErrorWindow, staleWindow } from './freshness.ts';
import { isUnderstood } from './status.ts';

export type NotStored =
  | 'method'
  | 'status'
  | 'no-store'
  | 'private'
  | 'authorization'
  | 'request-passes'
  | 'set-cookie'
  | 'vary-star'
  | 'no-cache'
  | 'no-lifetime'
  | 'stale-on-arrival';

export type Storage = { readonly store: true } | { readonly store: false; readonly because: NotStored };

export interface RequestHead {
  readonly method: string;
  readonly fields: FieldLines;
}

export interface ResponseHead {
  readonly status: number;
  readonly fields: FieldLines;
}

/** Whether a shared cache of this behaviour stores the response, and if not, the first rule that forbids it. */
export function mayStore(
  request: RequestHead,
  response: ResponseHead,
  behaviour: Behaviour,
  policy: Policy,
  exchanged: Exchanged,
): Storage {
  const because =
    forbiddenByStandard(request, response, behaviour) ??
    forbiddenByProduct(request, response, behaviour) ??
    uselessOnceStored(response, behaviour, policy, exchanged);
  return because === undefined ? { store: true } : { store: false, because };
}

/** The fields that are kept: nothing of the connection's, nothing that a qualified directive withholds (section 3.1). */
export function storableFields(response: ResponseHead): FieldLine[] {
  const cc = cacheControlOf(response.fields);
  const withheld = [...(qualifiedBy(cc, 'private') ?? []), ...(qualifiedBy(cc, 'no-cache') ?? [])];
  return without(endToEnd(response.fields), ...withheld);
}

/** Whether no-cache covers the whole response, so that every reuse needs validation (section 5.2.2.4). */
export function mustAlwaysValidate(cc: CacheControl): boolean {
  return has(cc, 'no-cache') && qualifiedBy(cc, 'no-cache') === undefined;
}

function forbiddenByStandard(
  request: RequestHead,
  response: ResponseHead,
  behaviour: Behaviour,
): NotStored | undefined {
  const cc = cacheControlOf(response.fields);
  if (request.method !== 'GET') return 'method';
  // 206 and 304 are parts of other responses, which are not combined here
  if (response.status < 200 || response.status === 206 || response.status === 304) return 'status';
  const mustUnderstand = has(cc, 'must-understand');
  if (mustUnderstand && !isUnderstood(response.status)) return 'status';
  if (has(cc, 'no-store') && !mustUnderstand) return 'no-store';
  if (behaviour.obeysRequestDirectives && has(cacheControlOf(request.fields), 'no-store')) return 'no-store';
  if (has(cc, 'private') && qualifiedBy(cc, 'private') === undefined) return 'private';
  if (behaviour.ignoresAuthorization !== true && !allowsAuthorization(request, cc)) return 'authorization';
  return undefined;
}

/** Section 3.5: what lets a shared cache keep the answer to a request with Authorization. */
function allowsAuthorization(request: RequestHead, cc: CacheControl): boolean {
  if (combined(request.fields, 'authorization') === undefined) return true;
  return ['must-revalidate', 'public', 's-maxage'].some((name) => has(cc, name));
}

function forbiddenByProduct(request: RequestHead, response: ResponseHead, behaviour: Behaviour): NotStored | undefined {
  const { fields, status } = response;
  if (behaviour.storesOnlyStatus !== undefined && !behaviour.storesOnlyStatus.includes(status)) return 'status';
  if (passes(request, behaviour)) return 'request-passes';
  if (!behaviour.storesSetCookie && valuesOf(fields, 'set-cookie').length > 0) return 'set-cookie';
  // it could be stored, and would never match (section 4.1)
  if (varyNames(fields).includes('*')) return 'vary-star';
  if (!behaviour.storesNoCache && has(cacheControlOf(fields), 'no-cache')) return 'no-cache';
  return undefined;
}

/** Whether the product never looks into its store for a request with these fields. */
export function passes(request: RequestHead, behaviour: Behaviour): boolean {
  return behaviour.passesRequestsWith.some((name) => combined(request.fields, name) !== undefined);
}

/** The last clause of section 3, and what no copy can be good for: neither fresh nor to be validated nor served stale. */
function uselessOnceStored(
  response: ResponseHead,
  behaviour: Behaviour,
  policy: Policy,
  exchanged: Exchanged,
): NotStored | undefined {
  const { status, fields } = response;
  const lifetime = lifetimeOf(status, fields, behaviour, policy, exchanged.responseTime);
  const windows = staleWindow(fields, behaviour, policy) + staleIfErrorWindow(fields, behaviour);
  const useful = behaviour.storesNoCache && (hasValidator(fields) || (lifetime !== undefined && windows > 0));
  if (useful && (lifetime !== undefined || isUnderstood(status))) return undefined;
  if (lifetime === undefined) return 'no-lifetime';
  const generatedAt = exchanged.responseTime - initialAge(fields, behaviour, exchanged);
  const end = freshUntil({ generatedAt, storedAt: exchanged.responseTime, lifetime }, behaviour);
  return end <= exchanged.responseTime ? 'stale-on-arrival' : undefined;
}

/** Whether a conditional request can ask about it (section 4.3.1). */
export function hasValidator(fields: FieldLines): boolean {
  return combined(fields, 'etag') !== undefined || combined(fields, 'last-modified') !== undefined;
}
