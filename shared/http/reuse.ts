// May this stored response answer this request now? (RFC 9111 section 4, 5.2.1; RFC 5861)
import type { Behaviour } from '../dialects/dialect.ts';
import type { Instant } from '../model/interval.ts';
import { currentAge, freshUntil, remaining } from './age.ts';
import type { Clocks } from './age.ts';
import { directive, directivesIn, has, seconds } from './cache-control.ts';
import type { CacheControl } from './cache-control.ts';
import { combined } from './fields.ts';
import type { FieldLines } from './fields.ts';
import type { Terms } from './terms.ts';

/** A stored response, as far as the rules of reuse look at it. */
export interface Reusable extends Clocks {
  readonly terms: Terms;
}

export type Reuse =
  | { readonly use: 'fresh' }
  /** Stale, and served all the same; within `window` a new copy is fetched behind it. */
  | { readonly use: 'stale'; readonly because: 'window' | 'max-stale' }
  /** The next hop must be asked. `ifErrorUntil`: until then it may still answer when that fails. */
  | {
      readonly use: 'validate';
      readonly because: 'stale' | 'request';
      readonly ifErrorUntil: Instant;
    };

const FRESH: Reuse = { use: 'fresh' };

/** What section 4 allows once URI, method and Vary match. */
export function reuse(stored: Reusable, requestFields: FieldLines, behaviour: Behaviour, now: Instant): Reuse {
  const asked = requestDirectives(requestFields, behaviour);
  const { alwaysValidate } = stored.terms;
  const fresh = !alwaysValidate && now < freshUntil(stored, behaviour);
  if (asked.length === 0 && fresh) return FRESH;
  if (refusedByRequest(stored, asked, behaviour, now)) {
    return {
      use: 'validate',
      because: fresh ? 'request' : 'stale',
      ifErrorUntil: refusedUntil(stored, asked, behaviour),
    };
  }
  if (fresh) return FRESH;
  // a client that limits the age wants nothing stale unless it says so (section 5.2.1.1)
  const staleWelcome = !has(asked, 'max-age') || has(asked, 'max-stale');
  if (staleWelcome && now < staleUntil(stored, behaviour)) return { use: 'stale', because: 'window' };
  if (allowedByMaxStale(stored, asked, behaviour, now)) return { use: 'stale', because: 'max-stale' };
  const isKept = alwaysValidate && behaviour.onlyRevalidateForbidsStale !== true;
  const ifErrorUntil = isKept ? -Infinity : errorUntil(stored, asked, behaviour);
  return { use: 'validate', because: 'stale', ifErrorUntil };
}

/** What the client refused stays refused when the next hop fails, save where a product hears only its no-cache then. */
function refusedUntil(stored: Reusable, asked: CacheControl, behaviour: Behaviour): Instant {
  const mayServe = behaviour.onlyRevalidateForbidsStale ?? behaviour.servesRefusedOnError;
  return mayServe === true && !has(asked, 'no-cache') ? errorUntil(stored, asked, behaviour) : -Infinity;
}

/** RFC 5861 section 4: the response's own window, or the one that this request opens, whichever is longer. */
export function errorUntil(stored: Reusable, asked: CacheControl, behaviour: Behaviour): Instant {
  // some products ask about what is fresh, and then may not serve it: to its owner it must be validated
  const asksEarly = behaviour.onlyRevalidateForbidsStale ?? behaviour.servesRefusedOnError;
  if (asksEarly === true && stored.terms.forbidsStale) return -Infinity;
  const requested = seconds(asked, 'stale-if-error');
  const allowed = typeof requested === 'number' && !stored.terms.forbidsStale ? requested : 0;
  const window = Math.max(allowed, stored.terms.ifErrorFor);
  const end = behaviour.servesAtEndOfErrorWindow === true && window > 0 ? window + 1 : window;
  return startOfStaleness(stored, behaviour) + end;
}

/** The end of the window in which it may be served while a new one is fetched; not after freshness when there is none. */
export function staleUntil(stored: Reusable, behaviour: Behaviour): Instant {
  if (stored.terms.alwaysValidate) return -Infinity;
  return startOfStaleness(stored, behaviour) + stored.terms.staleFor;
}

/** A response that never was fresh became stale when it was generated. */
function startOfStaleness(stored: Reusable, behaviour: Behaviour): Instant {
  const end = freshUntil(stored, behaviour);
  return end === -Infinity ? (behaviour.honoursAge ? stored.generatedAt : stored.storedAt) : end;
}

/**
 * The directives of a request that this product obeys. Pragma stands in where there is no Cache-Control (RFC 9111
 * section 5.4).
 */
export function requestDirectives(fields: FieldLines, { obeysRequestDirectives: obeyed }: Behaviour): CacheControl {
  if (lastFields === fields && lastObeyed === obeyed) return lastAsked;
  lastAsked = asked(fields, obeyed);
  lastFields = fields;
  lastObeyed = obeyed;
  return lastAsked;
}

// the same request is asked several times in one decision
let lastFields: FieldLines | undefined;
let lastObeyed: Obeyed | undefined;
let lastAsked: CacheControl = [];

type Obeyed = Behaviour['obeysRequestDirectives'];

function asked(fields: FieldLines, obeyed: Obeyed): CacheControl {
  if (obeyed.length === 0) return NONE;
  const said = combined(fields, 'cache-control') ?? combined(fields, 'pragma');
  if (said === undefined) return NONE;
  return directivesIn(said).filter(({ name }) => (obeyed as readonly string[]).includes(name));
}

const NONE: CacheControl = [];

/** Whether the client says no-cache, in either field. */
export const asksAnew = (fields: FieldLines): boolean =>
  has(directivesIn(combined(fields, 'cache-control') ?? combined(fields, 'pragma')), 'no-cache');

/** no-cache, max-age and min-fresh of section 5.2.1; an argument that cannot be read refuses. */
function refusedByRequest(stored: Reusable, asked: CacheControl, behaviour: Behaviour, now: Instant): boolean {
  if (has(asked, 'no-cache')) return true;
  if (behaviour.refusesWhatever?.some((name) => has(asked, name)) === true) return true;
  const maxAge = seconds(asked, 'max-age');
  const age = currentAge(stored, behaviour.clock, now);
  const oldest = behaviour.refusesAtMaxAge === true ? age + 1 : age;
  if (maxAge === 'invalid' || maxAge === 0 || (maxAge !== undefined && oldest > maxAge)) return true;
  const minFresh = seconds(asked, 'min-fresh');
  if (minFresh === undefined) return false;
  if (minFresh === 'invalid' || remaining(stored, behaviour, now) < minFresh) return true;
  const { clock } = behaviour;
  if (clock.kind !== 'whole-second' || minFresh === 0) return false;
  if (clock.staleWhen === 'age >= lifetime') return remaining(stored, behaviour, now) <= minFresh;
  // a lifetime of nothing is over at once, also by a clock that serves while age and lifetime are equal
  return (stored.lifetime?.seconds ?? 0) <= minFresh;
}

/** Section 5.2.1.2: stale by no more than its argument, by any amount without one. */
function allowedByMaxStale(stored: Reusable, asked: CacheControl, behaviour: Behaviour, now: Instant): boolean {
  const maxStale = directive(asked, 'max-stale');
  if (maxStale === undefined || stored.terms.forbidsStale || stored.terms.alwaysValidate) return false;
  if (maxStale.value === undefined && maxStale.malformed !== true) return true;
  const allowed = seconds(asked, 'max-stale');
  if (typeof allowed !== 'number') return false;
  const staleFor = -remaining(stored, behaviour, now);
  return behaviour.refusesAtMaxStale === true ? staleFor < allowed : staleFor <= allowed;
}
