// What must be known about a cache product to read what it says?
import type { CacheStatus } from '../http/cache-status.ts';
import type { FieldLine, FieldLines } from '../http/fields.ts';
import type { Behaviour } from './behaviour.ts';
import type { Grounds } from './grounds.ts';

export type { Behaviour, Clock, LifetimeSource } from './behaviour.ts';

/** What one response says about the node that sent it; nothing is here that the fields did not say. */
export interface Decoded {
  readonly cacheStatus: CacheStatus;
  /** Seconds of Age where this product computed it itself. */
  readonly age?: number;
  /** Names the stored response: the same id means the same store event. */
  readonly storeId?: string;
  readonly hits?: number;
  /** The field that decided. */
  readonly by: string;
  /** Answered with a copy that was no longer fresh. */
  readonly stale?: boolean;
  /** A 304 from the parent renewed the stored copy in this exchange. */
  readonly revalidated?: boolean;
  /** Index of the field line that decided; absent: of the last line named `by`. */
  readonly line?: number;
  /** The point of presence that the node names itself after, as it was sent: a code, or a name. */
  readonly place?: string;
  /** Age that it passes on from what it stored, without counting on. Seconds. */
  readonly frozenAge?: number;
  /** What these fields do not tell apart, and why: one sentence. */
  readonly notSeparable?: string;
  /**
   * The node wrote this answer itself. `error`: in place of one that it did not get or may not ask for; `answer`: to a command such
   * as a purge, a refusal, or a page of its operator's.
   */
  readonly made?: 'error' | 'answer';
}

/** Request fields that make a product say more about itself. */
export interface Question {
  readonly fields: readonly FieldLine[];
  /** What the answer then carries; one clause. */
  readonly tells: string;
  /** Vendor page. */
  readonly reference: string;
}

/** What an embedded cache of this dialect did with one request; `speak` turns it into field lines. */
export interface Spoken {
  readonly cacheStatus: CacheStatus;
  readonly stale: boolean;
  readonly revalidated: boolean;
  /** Number of this exchange, and of the exchange that stored the copy served. */
  readonly exchange: number;
  readonly storedBy?: number;
  readonly hits: number;
  readonly node: string;
}

export interface Dialect {
  readonly id: string;
  readonly title: string;
  /** RFC section or vendor page. */
  readonly reference: string;
  /** Lower-case names of every response field it may read. */
  readonly reads: readonly string[];
  /** Index of the last field line that only this product writes; undefined when there is none. */
  signature(fields: FieldLines): number | undefined;
  /** What the node that sent these fields says; undefined when it says nothing. */
  decode(fields: FieldLines, status: number): Decoded | undefined;
  /** All nodes of this product that speak in these fields, the nearest to the client first; absent: the one of `decode`. */
  decodeAll?(fields: FieldLines, status: number): readonly Decoded[];
  /** What may be said where no product signs, and a weaker sign of this one stands: its name as a Server, say. */
  hint?(fields: FieldLines, status: number): Decoded | undefined;
  /** Ids of products that it is made of: their signs beside its own are of the same servers, and are not told again. */
  readonly madeOf?: readonly string[];
  readonly questions?: readonly Question[];
  /** The field lines this product adds to what it sends on (lab only). */
  speak(event: Spoken): FieldLine[];
  readonly behaviour: Behaviour;
  /** How it is known that the product behaves so, trait by trait. */
  readonly grounds: Grounds;
}
