// What does one exchange with a cache say by itself, before anything known from earlier exchanges is used?
import { cacheControlOf, seconds } from '../http/cache-control.ts';
import type { CacheStatus } from '../http/cache-status.ts';
import { lifetimeOf, staleWindow } from '../http/freshness.ts';
import { dialectOf, recognise } from '../dialects/index.ts';
import type { Decoded, Dialect } from '../dialects/dialect.ts';
import type { Answer, Observation } from '../observation.ts';
import type { Layer } from '../topology.ts';
import type { Interval } from './interval.ts';
import type { LayerState, Outcome } from './layer-state.ts';
import type { Reason } from './reason.ts';

/** One answer with all that its layer, dialect and field lines make of it. */
export interface Evidence {
  readonly observation: Observation;
  readonly answer: Answer;
  readonly layer: Layer;
  readonly dialect: Dialect;
  readonly bracket: Interval;
  readonly offset?: Interval;
  readonly decoded?: Decoded;
  readonly lifetime?: number;
  readonly lifetimeFrom?: string;
  readonly window: number;
}

/** Reads one answer of a cache. `offset` is the node's clock minus ours, where its Date has told. */
export function evidenceOf(
  observation: Observation,
  answer: Answer,
  layer: Layer,
  bracket: Interval,
  offset?: Interval,
): Evidence {
  const dialect = (layer.dialect === undefined ? undefined : dialectOf(layer.dialect)) ?? recognise(answer.fields);
  const decoded = dialect.decode(answer.fields, answer.status);
  const lifetime = lifetimeOf(answer.status, answer.fields, dialect.behaviour, layer.policy, bracket.latest);
  return {
    observation,
    answer,
    layer,
    dialect,
    bracket,
    window: staleWindow(answer.fields, dialect.behaviour, layer.policy),
    ...(offset === undefined ? {} : { offset }),
    ...(decoded === undefined ? {} : { decoded }),
    ...(lifetime === undefined ? {} : { lifetime: lifetime.seconds, lifetimeFrom: lifetime.from }),
  };
}

/** What tells versions apart: the marker where one was found, else the digest. */
export function contentOf(answer: Answer): Pick<LayerState, 'content' | 'marker' | 'digest'> {
  const content = answer.marker ?? answer.digest;
  return {
    ...(content === undefined ? {} : { content }),
    ...(answer.marker === undefined ? {} : { marker: answer.marker }),
    ...(answer.digest === undefined ? {} : { digest: answer.digest }),
  };
}

/** A browser is a private cache: s-maxage is not for it (RFC 9111 section 5.2.2.10). */
export function browserLifetime(answer: Answer): Pick<LayerState, 'privateLifetime'> {
  const lifetime = seconds(cacheControlOf(answer.fields), 'max-age');
  return typeof lifetime === 'number' ? { privateLifetime: lifetime } : {};
}

/** Said by the node, or shown by an Age that has reached the lifetime on a product that counts its lifetime by Age. */
export function isStale({ decoded, dialect, lifetime, layer }: Evidence): boolean {
  if (decoded?.cacheStatus.hit !== true) return false;
  if (decoded.stale !== undefined) return decoded.stale;
  if (decoded.age === undefined || lifetime === undefined || layer.policy.cap !== undefined) return false;
  const late =
    dialect.behaviour.clock.kind === 'whole-second' && dialect.behaviour.clock.staleWhen === 'age > lifetime';
  return dialect.behaviour.honoursAge && (late ? decoded.age > lifetime : decoded.age >= lifetime);
}

/** What the node said, with the freshness that its own Age and lifetime leave where it does not say so itself. */
export function statusOf({ decoded, dialect, lifetime, layer }: Evidence): CacheStatus | undefined {
  if (decoded === undefined) return undefined;
  const { cacheStatus, age } = decoded;
  const counts = dialect.behaviour.honoursAge && dialect.assumed !== true && layer.policy.cap === undefined;
  if (cacheStatus.hit !== true || cacheStatus.ttl !== undefined || !counts) return cacheStatus;
  return age === undefined || lifetime === undefined ? cacheStatus : { ...cacheStatus, ttl: lifetime - age };
}

/** How the exchange was answered, in one word. */
export function outcomeOf({ decoded, lifetime, window }: Evidence, stale: boolean): Outcome {
  const status = decoded?.cacheStatus;
  if (status?.hit === true) return stale ? 'stale' : 'hit';
  if (decoded?.revalidated === true) return 'revalidated';
  if (status?.fwd === undefined) return 'unknown';
  const kept = status.stored ?? ((lifetime ?? 0) > 0 || window > 0);
  return status.fwd === 'bypass' || status.fwd === 'method' || !kept ? 'pass' : 'miss';
}

/** The reasons that lie in this exchange alone. */
export function becauseOf({ decoded, dialect, lifetime, lifetimeFrom, window }: Evidence, stale: boolean): Reason[] {
  const reasons: Reason[] = [];
  const field = decoded?.by ?? '';
  const status = decoded?.cacheStatus;
  if (status?.hit === true)
    reasons.push(stale ? { code: 'served-stale', field } : { code: 'answered-from-store', field });
  else if (decoded?.revalidated === true) reasons.push({ code: 'revalidated', field });
  else if (status?.fwd !== undefined) reasons.push({ code: 'went-forward', field, fwd: status.fwd });
  else reasons.push({ code: 'says-nothing' });
  if (dialect.assumed === true) reasons.push({ code: 'guessed-behaviour' });
  reasons.push(decoded?.age === undefined ? { code: 'age-absent' } : { code: 'age-read', age: decoded.age });
  if (lifetime === undefined || lifetimeFrom === undefined) reasons.push({ code: 'lifetime-unknown' });
  else reasons.push({ code: 'lifetime', from: lifetimeFrom, seconds: lifetime });
  if (window > 0 && (lifetime ?? 0) > 0) reasons.push({ code: 'may-serve-stale', seconds: window });
  return reasons;
}
