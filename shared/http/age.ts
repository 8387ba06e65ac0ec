// How old is a response, by which clock, and when does it stop being fresh? (RFC 9111 sections 4.2 and 4.2.3)
import type { Behaviour, Clock } from '../dialects/dialect.ts';
import type { Instant } from '../model/interval.ts';
import { deltaSeconds } from './cache-control.ts';
import { first } from './fields.ts';
import type { FieldLines } from './fields.ts';
import type { Lifetime } from './freshness.ts';
import { dateOf } from './freshness.ts';

/** When the exchange that brought a response happened, on the cache's own clock. */
export interface Exchanged {
  readonly requestTime: Instant;
  readonly responseTime: Instant;
}

/** The two clocks of a stored response (they differ as soon as there are two caches). */
export interface Clocks {
  /** When the origin, or the last cache that dropped Age, made or validated it. */
  readonly generatedAt: Instant;
  readonly storedAt: Instant;
  /** Undefined: never fresh. */
  readonly lifetime?: Lifetime | undefined;
}

/** Age as received, in seconds: the first member counts, what is no non-negative integer is ignored (section 5.1). */
export function ageValue(fields: FieldLines): number | undefined {
  const said = first(fields, 'age');
  if (said === undefined) return undefined;
  return deltaSeconds(said) ?? deltaSeconds((said.split(',')[0] ?? '').trim());
}

/** corrected_initial_age of section 4.2.3; by Age alone where the product does not correct it. Seconds, never negative. */
export function initialAge(fields: FieldLines, behaviour: Behaviour, exchanged: Exchanged): number {
  const received = ageValue(fields) ?? 0;
  if (behaviour.correctsAge !== true) return received;
  const { requestTime, responseTime } = exchanged;
  // Date has no fractions, so neither may the instant that is compared with it
  const apparentAge = Math.max(0, Math.floor(responseTime) - dateOf(fields, responseTime));
  const responseDelay = Math.max(0, responseTime - requestTime);
  return Math.max(apparentAge, received + responseDelay);
}

/** Whole seconds as the Age field shows them; never negative. */
export function currentAge(clocks: Clocks, clock: Clock, now: Instant): number {
  return elapsed(clocks.generatedAt, clock, now);
}

/** The first instant at which the response is no longer fresh; `-Infinity` when it never was. */
export function freshUntil(clocks: Clocks, behaviour: Behaviour): Instant {
  const { lifetime, generatedAt, storedAt } = clocks;
  if (lifetime === undefined || lifetime.seconds === 0) return -Infinity;
  const own = endOf(behaviour.honoursAge ? generatedAt : storedAt, lifetime.seconds, behaviour.clock);
  return lifetime.cap === undefined ? own : Math.min(own, endOf(storedAt, lifetime.cap, behaviour.clock));
}

/** Seconds of freshness left as the product counts them (RFC 9211 section 2.4); negative when stale. */
export function remaining(clocks: Clocks, behaviour: Behaviour, now: Instant): number {
  const { lifetime, generatedAt, storedAt } = clocks;
  const own = (lifetime?.seconds ?? 0) - elapsed(behaviour.honoursAge ? generatedAt : storedAt, behaviour.clock, now);
  return lifetime?.cap === undefined ? own : Math.min(own, lifetime.cap - elapsed(storedAt, behaviour.clock, now));
}

function elapsed(since: Instant, clock: Clock, now: Instant): number {
  switch (clock.kind) {
    case 'continuous':
      return Math.max(0, Math.floor(now - since));
    case 'whole-second':
      return Math.max(0, Math.floor(now) - Math.floor(since));
  }
}

/** Section 4.2: fresh while the lifetime exceeds the age; some products stay fresh while they are equal. */
function endOf(since: Instant, seconds: number, clock: Clock): Instant {
  switch (clock.kind) {
    case 'continuous':
      return since + seconds;
    case 'whole-second': {
      const end = Math.floor(since) + seconds;
      return clock.staleWhen === 'age > lifetime' ? Math.floor(end) + 1 : Math.ceil(end);
    }
  }
}
