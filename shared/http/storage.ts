// May this cache store this response to this request? (RFC 9111 section 3, in its order)
import type { Behaviour } from '../dialects/dialect.ts';
import { ageValue, freshUntil } from './age.ts';
import type { Clocks } from './age.ts';
import { has } from './cache-control.ts';
import type { Directive } from './cache-control.ts';
import { combined, endToEnd, without } from './fields.ts';
import type { FieldLines } from './fields.ts';
import { isExplicit } from './freshness.ts';
import type { Lifetime } from './freshness.ts';
import { partOf } from './range.ts';
import { requestDirectives } from './reuse.ts';
import { isHeuristicallyCacheable, isUnderstood } from './status.ts';
import type { Control } from './control.ts';
import type { Terms } from './terms.ts';
import { resolved } from './uri.ts';

export type NotStored =
  | 'method'
  | 'status'
  | 'no-store'
  | 'private'
  | 'authorization'
  | 'request-passes'
  | 'set-cookie'
  | 'vary-star'
  | 'vary'
  | 'age'
  | 'no-cache'
  | 'no-lifetime'
  | 'stale-on-arrival';

export type Storage = { readonly store: true } | { readonly store: false; readonly because: NotStored };

export interface RequestHead {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly fields: FieldLines;
}

export interface ResponseHead {
  readonly status: number;
  readonly fields: FieldLines;
}

/** A response, once it was read. */
export interface Read {
  readonly control: Control;
  readonly terms: Terms;
}

/** Whether a cache of this behaviour stores the response, and if not, the first rule that forbids it. */
export function mayStore(
  request: RequestHead,
  response: ResponseHead,
  behaviour: Behaviour,
  { control, terms }: Read,
  clocks: Clocks,
): Storage {
  const because =
    forbiddenByStandard(request, response, behaviour, control, terms) ??
    forbiddenByProduct(request, response, behaviour, control, terms) ??
    uselessOnceStored(response.status, behaviour, terms, clocks);
  return because === undefined ? STORED : { store: false, because };
}

const STORED: Storage = { store: true };

/** The fields that are kept: nothing of the connection's, nothing that a qualified directive withholds (section 3.1). */
export function storableFields(response: ResponseHead, { withheld }: Control): FieldLines {
  const kept = endToEnd(response.fields);
  return withheld.length === 0 ? kept : without(kept, ...withheld);
}

function forbiddenByStandard(
  request: RequestHead,
  response: ResponseHead,
  behaviour: Behaviour,
  control: Control,
  { lifetime }: Terms,
): NotStored | undefined {
  if (request.method !== 'GET' && !isPageItself(request, response, behaviour, lifetime)) return 'method';
  const { status, fields } = response;
  // 304 is part of another response; a part that does not say which it is can be used for nothing
  if (status < 200 || status === 304) return 'status';
  if (status === 206 && (!behaviour.storesPartial || partOf(fields) === undefined)) return 'status';
  // it speaks of the ranges that one request asked for
  if (status === 416 && behaviour.storesPartial) return 'status';
  const { mustUnderstand } = control;
  if (mustUnderstand && !isUnderstood(status)) return 'status';
  if (control.noStore && !mustUnderstand) return 'no-store';
  if (has(requestDirectives(request.fields, behaviour), 'no-store')) return 'no-store';
  const isShared = behaviour.isPrivate !== true;
  if (isShared && control.isPrivate) return 'private';
  if (isShared && behaviour.ignoresAuthorization !== true && !control.allowsAuthorization && isAuthorized(request))
    return 'authorization';
  return lifetime === undefined && !mayLackLifetime(status, control) ? 'no-lifetime' : undefined;
}

/** The last clause of section 3: without an explicit lifetime, only where the status or `public` allows to guess one. */
const mayLackLifetime = (status: number, { isPublic }: Control): boolean =>
  isPublic || isHeuristicallyCacheable(status);

/** RFC 9110 section 9.3.3: what answers a POST may answer later GETs where it says so in two ways. */
function isPageItself(
  request: RequestHead,
  { status, fields }: ResponseHead,
  behaviour: Behaviour,
  lifetime: Lifetime | undefined,
): boolean {
  if (!behaviour.storesPost || request.method !== 'POST' || status < 200 || status > 299) return false;
  const location = combined(fields, 'content-location');
  return (
    isExplicit(lifetime) &&
    location !== undefined &&
    resolved(location, request.url) === resolved(request.url, request.url)
  );
}

const isAuthorized = ({ fields }: RequestHead): boolean => combined(fields, 'authorization') !== undefined;

function forbiddenByProduct(
  request: RequestHead,
  response: ResponseHead,
  behaviour: Behaviour,
  control: Control,
  terms: Terms,
): NotStored | undefined {
  const { fields, status } = response;
  if (behaviour.refusesStatus?.includes(status) === true) return 'status';
  if (behaviour.explicitOnly?.includes(status) === true && !isExplicit(terms.lifetime)) return 'no-lifetime';
  if (behaviour.storesOnlyStatus !== undefined && !behaviour.storesOnlyStatus.includes(status)) return 'status';
  if (passes(request, behaviour)) return 'request-passes';
  if (!behaviour.storesSetCookie && combined(fields, 'set-cookie') !== undefined) return 'set-cookie';
  // it could be stored, and would never match (section 4.1)
  if (terms.vary.includes('*') && behaviour.storesVaryStar !== 'unmatched') return 'vary-star';
  const { variesBy } = behaviour;
  if (variesBy !== undefined && !terms.vary.every((name) => variesBy.includes(name))) return 'vary';
  if (behaviour.refusesAgeZero === true && ageValue(fields) === 0) return 'age';
  if (behaviour.refusesAgeBeyond === true && (ageValue(fields) ?? 0) > (terms.lifetime?.seconds ?? 0)) return 'age';
  if (!behaviour.storesNoCache && control.mentionsNoCache) return 'no-cache';
  if (behaviour.refusesQualifiedNoCache === true && control.directives.some(isQualifiedNoCache)) return 'no-cache';
  return undefined;
}

const isQualifiedNoCache = ({ name, raw }: Directive): boolean => name === 'no-cache' && raw.includes('=');

/** Whether the product never looks into its store for a request with these fields. */
export function passes(request: Pick<RequestHead, 'fields'>, behaviour: Behaviour): boolean {
  if (behaviour.passesNoStore === true && has(requestDirectives(request.fields, behaviour), 'no-store')) return true;
  return behaviour.passesRequestsWith.some((name) => combined(request.fields, name) !== undefined);
}

/** What no copy can be good for: neither fresh nor to be validated nor served stale. */
function uselessOnceStored(
  status: number,
  behaviour: Behaviour,
  { lifetime, hasValidator, staleFor, ifErrorFor }: Terms,
  clocks: Clocks,
): NotStored | undefined {
  if (lifetime === undefined && behaviour.needsLifetime === true) return 'no-lifetime';
  if (behaviour.refusesExpired === true && lifetime?.from === 'expires' && lifetime.seconds === 0)
    return 'stale-on-arrival';
  const isFreshOnly = behaviour.storesFreshOnly?.includes(status) === true;
  if (
    !isFreshOnly &&
    behaviour.storesNoCache &&
    (hasValidator || (lifetime !== undefined && staleFor + ifErrorFor > 0))
  )
    return undefined;
  if (lifetime === undefined) return 'no-lifetime';
  if (isFreshOnly) return lifetime.seconds > 0 ? undefined : 'stale-on-arrival';
  if (behaviour.storesStale === true) return undefined;
  return freshUntil(clocks, behaviour) <= clocks.storedAt ? 'stale-on-arrival' : undefined;
}
