// What is one simulated cache made of, and what can be worked out of one of its responses?
import type { Behaviour } from '../dialects/dialect.ts';
import { freshUntil, initialAge } from '../http/age.ts';
import type { Clocks, Exchanged } from '../http/age.ts';
import { lifetimeOf, staleIfErrorWindow } from '../http/freshness.ts';
import { staleUntil } from '../http/reuse.ts';
import type { ResponseHead } from '../http/storage.ts';
import type { Policy } from '../topology.ts';
import type { Instant } from './interval.ts';
import { StoreIndex } from './store-index.ts';
import type { Stored } from './stored.ts';

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
}

/** The state of one node; only the functions beside it change it. */
export class CacheState<B> {
  readonly name: string;
  /** The product's, with the operator's word on Age. */
  readonly behaviour: Behaviour;
  readonly policy: Policy;
  readonly index: StoreIndex<B>;
  #exchanges = 0;

  constructor(options: CacheOptions<B>) {
    const { name, behaviour, policy, maxObjects = 10_000, maxBytes = Infinity, sizeOf = () => 0 } = options;
    this.name = name;
    this.behaviour = { ...behaviour, honoursAge: policy.honoursAge ?? behaviour.honoursAge };
    this.policy = policy;
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

/** The two clocks of a response that came in this exchange. */
export function clocksOf<B>(cache: CacheState<B>, response: ResponseHead, exchanged: Exchanged): Clocks {
  const { behaviour, policy } = cache;
  const { responseTime } = exchanged;
  const lifetime = lifetimeOf(response.status, response.fields, behaviour, policy, responseTime);
  return {
    generatedAt: responseTime - initialAge(response.fields, behaviour, exchanged),
    storedAt: responseTime,
    ...(lifetime === undefined ? {} : { lifetime }),
  };
}

/** When the copy is thrown away: after freshness, every window and the time it is kept for validation. */
export function keptUntil<B>(cache: CacheState<B>, stored: Stored<B>): Instant {
  const { behaviour, policy } = cache;
  const end = freshUntil(stored, behaviour);
  const keep = policy.keep ?? behaviour.keep ?? Infinity;
  const window = Math.max(staleUntil(stored, behaviour, policy), end + staleIfErrorWindow(stored.fields, behaviour));
  return Math.max(end, window, stored.storedAt) + keep;
}
