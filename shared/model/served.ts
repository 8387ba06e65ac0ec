// A stored response that answers a request. What is sent is worked out when somebody asks for it.
import type { Spoken } from '../dialects/dialect.ts';
import { remaining } from '../http/age.ts';
import { without } from '../http/fields.ts';
import { headFor, isAgeless, multipartFor, sliceFor } from './answer-from.ts';
import type { Wanted } from './answer-from.ts';
import type { CacheState } from './cache-state.ts';
import type { Instant } from './interval.ts';
import { storedHead } from './response-head.ts';
import type { Stored } from './stored.ts';
import type { Forward, Head, Multipart, Serve, Slice } from './verdict.ts';

export class Served<B> implements Serve<B> {
  readonly kind = 'serve';
  readonly stored: Stored<B>;
  readonly stale: boolean;
  readonly background: Forward<B> | undefined;
  readonly #cache: CacheState<B>;
  readonly #wanted: Wanted;
  readonly #exchange: number;
  readonly #hits: number;
  readonly #now: Instant;

  constructor(
    cache: CacheState<B>,
    stored: Stored<B>,
    wanted: Wanted,
    stale: boolean,
    exchange: number,
    now: Instant,
    background: Forward<B> | undefined,
  ) {
    this.stored = stored;
    this.stale = stale;
    this.background = background;
    this.#cache = cache;
    this.#wanted = wanted;
    this.#exchange = exchange;
    this.#hits = stored.hits;
    this.#now = now;
  }

  get head(): Head {
    const { status, fields } = this.stored;
    const { behaviour } = this.#cache;
    const aged = storedHead(fields, this.stored, behaviour, this.#now);
    const ageless = isAgeless(behaviour, this.#wanted);
    return headFor(this.#wanted, status, ageless ? without(aged, 'age') : aged);
  }

  get slice(): Slice | undefined {
    return sliceFor(this.#wanted);
  }

  get multipart(): Multipart | undefined {
    return multipartFor(this.#wanted);
  }

  get spoken(): Spoken {
    const { behaviour, name } = this.#cache;
    return {
      cacheStatus: { cache: name, hit: true, ttl: remaining(this.stored, behaviour, this.#now) },
      stale: this.stale,
      revalidated: false,
      exchange: this.#exchange,
      storedBy: this.stored.storedBy,
      hits: this.#hits,
      node: name,
    };
  }
}
