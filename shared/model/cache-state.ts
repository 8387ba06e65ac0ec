// What is one simulated cache made of, and what can be worked out of one of its responses?
import type { Behaviour } from '../dialects/dialect.ts';
import { freshUntil, initialAge } from '../http/age.ts';
import type { Clocks, Exchanged } from '../http/age.ts';
import { MAX_DELTA_SECONDS } from '../http/cache-control.ts';
import { controlOf } from '../http/control.ts';
import { combined, without } from '../http/fields.ts';
import type { FieldLines } from '../http/fields.ts';
import { staleUntil } from '../http/reuse.ts';
import type { Read, ResponseHead } from '../http/storage.ts';
import { termsOf } from '../http/terms.ts';
import type { Terms } from '../http/terms.ts';
import type { Policy } from '../topology.ts';
import type { Instant } from './interval.ts';
import type { NotStoredMark } from './not-stored.ts';
import { StoreIndex } from './store-index.ts';
import type { Stored } from './stored.ts';
import type { Piece } from './verdict.ts';

/** How an owner makes one body out of pieces of others. */
export interface Joining<B> {
  /** The pieces follow each other; none is empty. */
  readonly join: (pieces: readonly Piece<B>[]) => B;
  /** Bytes of content beyond which parts stay parts. */
  readonly mostBytes: number;
}

export interface CacheOptions<B> {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly policy: Policy;
  /** Default 10,000. */
  readonly maxObjects?: number;
  /** Counted by `sizeOf`; default: no bound. */
  readonly maxBytes?: number;
  /** Bytes that a body takes; default 0. */
  readonly sizeOf?: (body: B) => number;
  /** Bytes of content in a body; default: what Content-Length says. */
  readonly lengthOf?: (body: B) => number;
  /** Absent: parts are never combined or completed. */
  readonly joining?: Joining<B>;
}

/** The state of one node; only the functions beside it change it. */
export class CacheState<B> {
  readonly name: string;
  /** The product's, with the operator's word on Age. */
  readonly behaviour: Behaviour;
  readonly policy: Policy;
  readonly index: StoreIndex<B>;
  readonly lengthOf: ((body: B) => number) | undefined;
  readonly joining: Joining<B> | undefined;
  /** What is remembered, by key, of answers that could not be stored: the last first. */
  readonly marks = new Map<string, readonly NotStoredMark[]>();
  #exchanges = 0;

  constructor(options: CacheOptions<B>) {
    const { name, behaviour, policy, maxObjects = 10_000, maxBytes = Infinity, sizeOf = () => 0 } = options;
    this.name = name;
    this.behaviour = asTold(behaviour, endless(behaviour, policy));
    this.policy = endless(behaviour, policy);
    this.lengthOf = options.lengthOf;
    this.joining = options.joining;
    this.index = new StoreIndex(maxObjects, maxBytes, sizeOf);
  }

  /** Exchanges are numbered from 1; a refresh behind a client's back is one of its own. */
  nextExchange(): number {
    this.#exchanges += 1;
    return this.#exchanges;
  }
}

/** An empty cache; `B` is what its owner keeps in place of a body. */
export const createCache = <B>(options: CacheOptions<B>): CacheState<B> => new CacheState(options);

/** Some products know by their settings that they may serve stale, and not for how long. */
function endless({ servesStaleWithoutEnd }: Behaviour, policy: Policy): Policy {
  const { grace = 0, staleOnError = 0 } = policy;
  if (servesStaleWithoutEnd !== true || grace + staleOnError === 0) return policy;
  return {
    ...policy,
    ...(grace > 0 && { grace: MAX_DELTA_SECONDS }),
    ...(staleOnError > 0 && { staleOnError: MAX_DELTA_SECONDS }),
  };
}

/** The product as its operator set it. */
function asTold(behaviour: Behaviour, { honoursAge, staleOnError }: Policy): Behaviour {
  const told = { ...behaviour, honoursAge: honoursAge ?? behaviour.honoursAge };
  if (staleOnError === undefined) return told;
  const { errorStatus: _own, ...rest } = told;
  return { ...rest, staleOnError };
}

/** A response without the fields that the operator told it to ignore. */
export function heardIn({ ignores }: Policy, response: ResponseHead): ResponseHead {
  return ignores === undefined ? response : { ...response, fields: without(response.fields, ...ignores) };
}

/** What is read of a response once, when it comes. `isDated`: its Date is its own. */
export function readIn<B>(
  { behaviour, policy }: Pick<CacheState<B>, 'behaviour' | 'policy'>,
  response: ResponseHead,
  receivedAt: Instant,
  isDated = true,
): Read {
  const { status, fields } = heardIn(policy, response);
  const control = controlOf(fields, behaviour);
  const terms = termsOf(status, fields, behaviour, policy, receivedAt, control);
  return { control, terms: isDated || behaviour.needsDate !== true ? terms : withoutDate(terms) };
}

/** What max-age says cannot be counted from a Date that is not there. */
function withoutDate(terms: Terms): Terms {
  const { lifetime } = terms;
  const undated = { ...terms, date: -Infinity };
  if (lifetime?.from !== 's-maxage' && lifetime?.from !== 'max-age') return undated;
  return { ...undated, lifetime: { ...lifetime, seconds: 0 } };
}

/** The two clocks of a response that came in this exchange. */
export function clocksOf<B>(
  { behaviour }: CacheState<B>,
  fields: FieldLines,
  { lifetime }: Terms,
  exchanged: Exchanged,
): Clocks {
  const { responseTime } = exchanged;
  return {
    generatedAt: responseTime - initialAge(fields, behaviour, exchanged),
    storedAt: responseTime,
    lifetime,
  };
}

/** When the copy is thrown away: after freshness, every window and the time it is kept for validation. */
export function keptUntil<B>({ behaviour, policy }: CacheState<B>, stored: Stored<B>): Instant {
  const keep = policy.keep ?? behaviour.keep ?? Infinity;
  if (keep === Infinity) return Infinity;
  const end = freshUntil(stored, behaviour);
  const window = Math.max(staleUntil(stored, behaviour), end + stored.terms.ifErrorFor);
  return Math.max(end, window, stored.storedAt) + keep;
}

/** Bytes of content that are stored; undefined where nobody knows. */
export function lengthOf<B>(cache: CacheState<B>, { body, fields }: Stored<B>): number | undefined {
  if (cache.lengthOf !== undefined) return cache.lengthOf(body);
  const said = combined(fields, 'content-length');
  return said === undefined || !/^\d+$/.test(said) ? undefined : Number(said);
}
