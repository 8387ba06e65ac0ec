// What does one exchange with a cache say by itself, before anything known from earlier exchanges is used?
import { cacheControlOf, seconds } from '../http/cache-control.ts';
import type { CacheStatus } from '../http/cache-status.ts';
import { controlOf } from '../http/control.ts';
import { parseDate } from '../http/date.ts';
import { last, type FieldLines } from '../http/fields.ts';
import { lifetimeOf, staleWindow, type Lifetime } from '../http/freshness.ts';
import { isAssumed } from '../dialects/grounds.ts';
import { dialectOf, dialects, recognise } from '../dialects/index.ts';
import type { Decoded, Dialect } from '../dialects/dialect.ts';
import type { Answer, Observation, ProbeRequest } from '../observation.ts';
import type { Layer, Policy } from '../topology.ts';
import { footing, traitsBehind } from './footing.ts';
import type { Instant, Interval } from './interval.ts';
import type { Outcome } from './layer-state.ts';
import type { Reason } from './reason.ts';

/** What the node that the copy was fetched from said in it, by its own dialect. */
export interface Heard {
  readonly dialect: string;
  /** It went forward for the copy and may keep it: it stored it then. */
  readonly stored: boolean;
}

/** All that a layer's dialect and the RFCs make of the head of one answer. */
export interface Said {
  readonly dialect: Dialect;
  readonly decoded: Decoded | undefined;
  /** As sent, with the freshness that the node's own Age and lifetime leave where it does not say so itself. */
  readonly cacheStatus: CacheStatus | undefined;
  readonly lifetime: number | undefined;
  readonly window: number;
  readonly stale: boolean;
  readonly outcome: Outcome;
  /** The reasons that lie in this exchange alone. */
  readonly because: readonly Reason[];
  readonly heard: Heard | undefined;
  /** A browser is a private cache: s-maxage is not for it (RFC 9111 section 5.2.2.10). */
  readonly privateLifetime: number | undefined;
  readonly carriesAge: boolean;
  /** Date, of a product that writes it itself. */
  readonly ownDate: Instant | undefined;
}

/** One answer with what was said in it. */
export interface Evidence {
  readonly observation: Observation;
  readonly answer: Answer;
  readonly layer: Layer;
  readonly said: Said;
  readonly bracket: Interval;
  /** The node's clock minus ours, where its Date has told. */
  readonly offset: Interval | undefined;
}

/** What tells versions apart: the marker where one was found, else the digest. */
export const contentOf = (answer: Answer): string | undefined => answer.marker ?? answer.digest;

interface Known {
  readonly layer: Layer;
  readonly status: number;
  readonly said: Said;
}

const known = new WeakMap<FieldLines, Known>();

/**
 * Reads the head of a cache's answer that arrived at `at`. Answers that share one list of field lines, as those of a busy
 * node do that arrive within one second, are read once.
 */
export function saidIn({ fields, status }: Answer, layer: Layer, at: Instant): Said {
  const before = known.get(fields);
  if (before !== undefined && before.layer === layer && before.status === status) return before.said;
  const dialect = (layer.dialect === undefined ? undefined : dialectOf(layer.dialect)) ?? recognise(fields);
  const lifetime = lifetimeOf(status, fields, dialect.behaviour, layer.policy, at);
  const said = read(fields, status, layer, dialect, lifetime, at);
  if (!countsFromArrival(lifetime)) known.set(fields, { layer, status, said });
  return said;
}

/** Whether the same head would grant another lifetime had it arrived at another instant. */
function countsFromArrival(lifetime: Lifetime | undefined): boolean {
  return lifetime?.from === 'expires' || lifetime?.from === 'x-accel-expires' || lifetime?.from === 'heuristic';
}

function read(
  fields: FieldLines,
  status: number,
  layer: Layer,
  dialect: Dialect,
  granted: Lifetime | undefined,
  at: Instant,
): Said {
  const decoded = dialect.decode(fields, status);
  const lifetime = granted?.seconds;
  const window = staleWindow(controlOf(fields, dialect.behaviour), dialect.behaviour, layer.policy);
  const stale = isStale(decoded, dialect, lifetime, layer);
  const forBrowsers = seconds(cacheControlOf(fields), 'max-age');
  return {
    dialect,
    decoded,
    cacheStatus: statusOf(decoded, dialect, lifetime, layer),
    lifetime,
    window,
    stale,
    outcome: outcomeOf(decoded, lifetime, window, stale),
    because: becauseOf(decoded, dialect, granted, window, stale, layer.policy),
    heard: heardIn(fields, status, dialect),
    privateLifetime: typeof forBrowsers === 'number' ? forBrowsers : undefined,
    carriesAge: last(fields, 'age') !== undefined,
    ownDate:
      isAssumed(dialect, 'keepsDate') || dialect.behaviour.keepsDate
        ? undefined
        : parseDate(last(fields, 'date') ?? '', at),
  };
}

/** Said by the node, or shown by an Age that has reached the lifetime on a product that counts its lifetime by Age. */
function isStale(decoded: Decoded | undefined, { behaviour }: Dialect, lifetime: number | undefined, layer: Layer) {
  if (decoded?.cacheStatus.hit !== true) return false;
  if (decoded.stale !== undefined) return decoded.stale;
  if (decoded.age === undefined || lifetime === undefined || layer.policy.cap !== undefined) return false;
  const late = behaviour.clock.kind === 'whole-second' && behaviour.clock.staleWhen === 'age > lifetime';
  return behaviour.honoursAge && (late ? decoded.age > lifetime : decoded.age >= lifetime);
}

function statusOf(decoded: Decoded | undefined, dialect: Dialect, lifetime: number | undefined, layer: Layer) {
  if (decoded === undefined) return undefined;
  const { cacheStatus, age } = decoded;
  const counts = dialect.behaviour.honoursAge && !isAssumed(dialect, 'honoursAge') && layer.policy.cap === undefined;
  if (cacheStatus.hit !== true || cacheStatus.ttl !== undefined || !counts) return cacheStatus;
  return age === undefined || lifetime === undefined ? cacheStatus : { ...cacheStatus, ttl: lifetime - age };
}

/**
 * A request with a field that makes this product pass (a Cookie at Varnish) is passed where nothing was ever seen to be
 * kept; Varnish itself says a pass in the words of a miss.
 */
export function unlessPassed(said: Said, request: ProbeRequest, wasKept: () => boolean): Said {
  const { passesRequestsWith } = said.dialect.behaviour;
  if (said.outcome !== 'miss' || passesRequestsWith.length === 0) return said;
  const passes = request.fields.some(([name]) => passesRequestsWith.includes(name.toLowerCase()));
  return passes && !wasKept() ? { ...said, outcome: 'pass' } : said;
}

/** How the exchange was answered, in one word. */
function outcomeOf(
  decoded: Decoded | undefined,
  lifetime: number | undefined,
  window: number,
  stale: boolean,
): Outcome {
  const status = decoded?.cacheStatus;
  if (status?.hit === true) return stale ? 'stale' : 'hit';
  if (decoded?.revalidated === true) return 'revalidated';
  if (status?.fwd === undefined) return 'unknown';
  const kept = status.stored ?? ((lifetime ?? 0) > 0 || window > 0);
  return status.fwd === 'bypass' || status.fwd === 'method' || !kept ? 'pass' : 'miss';
}

function becauseOf(
  decoded: Decoded | undefined,
  dialect: Dialect,
  lifetime: Lifetime | undefined,
  window: number,
  stale: boolean,
  policy: Policy,
): Reason[] {
  const reasons: Reason[] = [];
  const field = decoded?.by ?? '';
  const status = decoded?.cacheStatus;
  if (status?.hit === true)
    reasons.push(stale ? { code: 'served-stale', field } : { code: 'answered-from-store', field });
  else if (decoded?.revalidated === true) reasons.push({ code: 'revalidated', field });
  else if (status?.fwd !== undefined) reasons.push({ code: 'went-forward', field, fwd: status.fwd });
  else reasons.push({ code: 'says-nothing' });
  reasons.push(...footing(dialect, traitsBehind(dialect, lifetime, window, policy)));
  reasons.push(decoded?.age === undefined ? { code: 'age-absent' } : { code: 'age-read', age: decoded.age });
  if (lifetime === undefined) reasons.push({ code: 'lifetime-unknown' });
  else reasons.push({ code: 'lifetime', from: lifetime.from, seconds: lifetime.seconds });
  if (window > 0 && (lifetime?.seconds ?? 0) > 0) reasons.push({ code: 'may-serve-stale', seconds: window });
  return reasons;
}

/** A stored response replays its parent's words, where the parent speaks another dialect. */
function heardIn(fields: FieldLines, status: number, dialect: Dialect): Heard | undefined {
  for (const other of dialects) {
    if (other.id === dialect.id || other.signature(fields) === undefined) continue;
    const said = other.decode(fields, status);
    if (said === undefined) continue;
    const { fwd, stored } = said.cacheStatus;
    return { dialect: other.id, stored: fwd !== undefined && fwd !== 'bypass' && fwd !== 'method' && stored !== false };
  }
  return undefined;
}
