// How long is a response fresh, and how long may it be used after that? (RFC 9111 sections 4.2.1, 4.2.2, 4.2.4; RFC 5861)
import type { Behaviour, LifetimeSource } from '../dialects/dialect.ts';
import type { Instant } from '../model/interval.ts';
import type { Policy } from '../topology.ts';
import { deltaSeconds, has } from './cache-control.ts';
import type { CacheControl } from './cache-control.ts';
import { controlOf } from './control.ts';
import type { Control } from './control.ts';
import { parseDate } from './date.ts';
import { combined, first } from './fields.ts';
import type { FieldLines } from './fields.ts';
import { isHeuristicallyCacheable } from './status.ts';

/** Whether the response itself gives it. */
export const isExplicit = (lifetime: Lifetime | undefined): boolean =>
  lifetime !== undefined && EXPLICIT.has(lifetime.from);

const EXPLICIT: ReadonlySet<Lifetime['from']> = new Set(['x-accel-expires', 's-maxage', 'max-age', 'expires']);

/** How long a response stays fresh, and who said so. Seconds. */
export interface Lifetime {
  /** Counted from the generation where the product honours Age, else from its own storing. Never negative. */
  readonly seconds: number;
  readonly from: LifetimeSource | 'heuristic' | 'default' | 'policy';
  /** Set when the operator's cap is the shorter: it counts from this node's own storing, whatever the Age. */
  readonly cap?: number;
  /** The directive or field could not be read, and so counts as no lifetime at all (section 4.2.1). */
  readonly invalid?: true;
}

/**
 * The freshness lifetime as a product with this behaviour applies it; undefined when nothing gives one.
 * `receivedAt` stands in for a missing Date, and for Date where the product has its own clock only.
 */
export function lifetimeOf(
  status: number,
  fields: FieldLines,
  behaviour: Behaviour,
  policy: Policy,
  receivedAt: Instant,
  control: Control = controlOf(fields, behaviour),
): Lifetime | undefined {
  const lifetime =
    explicitLifetime(fields, behaviour, receivedAt, control) ??
    heuristicLifetime(status, fields, behaviour, receivedAt, control) ??
    defaultLifetime(status, fields, behaviour, policy, control);
  if (lifetime === undefined || policy.cap === undefined || policy.cap >= lifetime.seconds) return lifetime;
  return behaviour.cutsLifetime === true ? { ...lifetime, seconds: policy.cap } : { ...lifetime, cap: policy.cap };
}

/** How long after freshness the old copy may be served while a new one is fetched behind it, in seconds. */
export function staleWindow(control: Control, behaviour: Behaviour, policy: Policy): number {
  if (control.forbidsStale) return 0;
  return policy.grace ?? control.staleWhileRevalidate ?? behaviour.grace;
}

/** How long after freshness the old copy may be served when the parent fails, in seconds (RFC 5861 section 4). */
export function staleIfErrorWindow({ forbidsStale, staleIfError }: Control, behaviour: Behaviour): number {
  if (forbidsStale) return 0;
  const own = behaviour.staleOnError ?? 0;
  if (staleIfError === undefined) return own;
  return behaviour.staleIfErrorDecides === true ? staleIfError : Math.max(staleIfError, own);
}

/** Section 4.2.1: the first source that is present decides, also when it cannot be read. */
function explicitLifetime(
  fields: FieldLines,
  behaviour: Behaviour,
  receivedAt: Instant,
  control: Control,
): Lifetime | undefined {
  for (const from of behaviour.lifetimeFrom) {
    const granted = grantedBy(from, fields, control, behaviour, receivedAt);
    if (granted === 'invalid') return { seconds: 0, from, invalid: true };
    if (granted !== undefined) return { seconds: Math.max(0, granted), from };
  }
  return undefined;
}

function grantedBy(
  from: LifetimeSource,
  fields: FieldLines,
  { sMaxage, maxAge, expiresCounts }: Control,
  behaviour: Behaviour,
  receivedAt: Instant,
): number | 'invalid' | undefined {
  switch (from) {
    case 's-maxage':
      return sMaxage;
    case 'max-age':
      return maxAge;
    case 'expires':
      return expiresCounts ? expiresAfter(fields, behaviour, receivedAt) : undefined;
    case 'x-accel-expires':
      return accelExpires(fields, receivedAt);
  }
}

/** Of several Expires lines the first counts; an invalid date means already expired (section 5.3). */
function expiresAfter(fields: FieldLines, behaviour: Behaviour, receivedAt: Instant): number | 'invalid' | undefined {
  const expires = first(fields, 'expires');
  if (expires === undefined) return undefined;
  const at = parseDate(expires, receivedAt);
  // what ignores Age compares Expires with its own clock (nginx, HAProxy)
  const from = behaviour.honoursAge ? dateOf(fields, receivedAt) : ownClock(behaviour, receivedAt);
  if (at === undefined) return behaviour.ignoresUnreadableExpires === true ? undefined : 'invalid';
  return at - from;
}

const ownClock = ({ clock }: Behaviour, now: Instant): Instant =>
  clock.kind === 'whole-second' ? Math.floor(now) : now;

/** nginx: seconds, or `@` and an instant; 0 forbids caching (ngx_http_upstream_module, X-Accel-Expires). */
function accelExpires(fields: FieldLines, receivedAt: Instant): number | undefined {
  const value = first(fields, 'x-accel-expires');
  if (value === undefined) return undefined;
  const at = value.startsWith('@') ? deltaSeconds(value.slice(1)) : undefined;
  return at === undefined ? deltaSeconds(value) : at - receivedAt;
}

/** Section 4.2.2: a share of the time since Last-Modified, only where nothing explicit was said. */
function heuristicLifetime(
  status: number,
  fields: FieldLines,
  behaviour: Behaviour,
  receivedAt: Instant,
  { isPublic, directives }: Control,
): Lifetime | undefined {
  const { heuristicShare } = behaviour;
  if (heuristicShare === 0 || !(isPublic || mayBeGuessed(status, fields, behaviour, directives))) return undefined;
  const modified = parseDate(combined(fields, 'last-modified') ?? '', receivedAt);
  if (modified === undefined) return undefined;
  const unchangedFor = Math.max(0, dateOf(fields, receivedAt) - modified);
  const { least = 0, most = Infinity } = behaviour.heuristicWithin ?? NO_LIMITS;
  const seconds = Math.floor(unchangedFor * heuristicShare);
  return { seconds: Math.min(Math.max(seconds, least), most), from: 'heuristic' };
}

const NO_LIMITS: Partial<NonNullable<Behaviour['heuristicWithin']>> = {};

function defaultLifetime(
  status: number,
  fields: FieldLines,
  behaviour: Behaviour,
  policy: Policy,
  { directives }: Control,
): Lifetime | undefined {
  if (!mayBeGuessed(status, fields, behaviour, directives)) return undefined;
  if (needsValidator(status, behaviour) && !hasValidator(fields)) return undefined;
  if (policy.defaultTtl !== undefined) return { seconds: policy.defaultTtl, from: 'policy' };
  return behaviour.defaultTtl === undefined ? undefined : { seconds: behaviour.defaultTtl, from: 'default' };
}

const needsValidator = (status: number, { defaultTtlNeedsValidator: needs }: Behaviour): boolean =>
  needs === true || (needs === 'of-200' && status === 200);

/** The response's Date, or the instant of its arrival where it has none that can be read (RFC 9110 section 6.6.1). */
export function dateOf(fields: FieldLines, receivedAt: Instant): Instant {
  return parseDate(first(fields, 'date') ?? '', receivedAt) ?? receivedAt;
}

function mayBeGuessed(
  status: number,
  fields: FieldLines,
  { heuristicStatus, guessesBeside, guessesBesideControl }: Behaviour,
  directives: CacheControl,
): boolean {
  if (heuristicStatus?.includes(status) ?? isHeuristicallyCacheable(status)) return true;
  if (guessesBeside?.some((name) => has(directives, name)) === true) return true;
  return (
    guessesBesideControl === true && ['cache-control', 'expires'].some((name) => combined(fields, name) !== undefined)
  );
}

/** Whether a conditional request can ask about it (section 4.3.1). */
export const hasValidator = (fields: FieldLines): boolean =>
  combined(fields, 'etag') !== undefined || combined(fields, 'last-modified') !== undefined;
