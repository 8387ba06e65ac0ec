// What can a simulated cache decide about one request, and about the answer that came back?
import type { Spoken } from '../dialects/dialect.ts';
import type { Fwd } from '../http/cache-status.ts';
import type { FieldLines } from '../http/fields.ts';
import type { ByteRange } from '../http/range.ts';
import type { Instant } from './interval.ts';
import type { NotStoredMark } from './not-stored.ts';
import type { PendingStore, Stored } from './stored.ts';

export interface CacheRequest {
  readonly method: string;
  /** Absolute: scheme, host, path and query make the key. */
  readonly url: string;
  readonly fields: FieldLines;
}

/** What goes to the client, without what the product adds of its own (`dialect.speak(spoken)`). */
export interface Head {
  readonly status: number;
  readonly fields: FieldLines;
}

export type Verdict<B> = Serve<B> | Forward<B> | Answer<B>;

/** The stored body goes to the client (none of it where the method is HEAD). */
export interface Serve<B> {
  readonly kind: 'serve';
  readonly stored: Stored<B>;
  readonly head: Head;
  readonly slice?: Slice | undefined;
  readonly multipart?: Multipart | undefined;
  readonly stale: boolean;
  /** To be sent now, without making the client wait; never more than one under way for a stored response. */
  readonly background?: Forward<B> | undefined;
  readonly spoken: Spoken;
}

/** Only these bytes of a stored body, from `from` up to and not with `to`. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** In place of a body: texts, and bytes of the stored body between them, in this order. */
export type Multipart = readonly (string | Slice)[];

/** Bytes of a body. */
export interface Piece<B> {
  readonly body: B;
  readonly slice: Slice;
}

/** A request for the bytes that are missing, to be put beside those that are stored (RFC 9111 section 3.3). */
export interface Completing<B> {
  readonly asked: ByteRange;
  /** What the client wants, and whether it asked for a range at all. */
  readonly wanted: ByteRange;
  readonly isWhole: boolean;
  readonly size: number;
  /** The strong validator that all parts share. */
  readonly validator: string;
  /** The stored parts right before and after what is asked for; one of them at least. */
  readonly before?: Stored<B> | undefined;
  readonly after?: Stored<B> | undefined;
}

/** A head without a body that the cache makes itself: 304 to a client that holds the copy, 416, 504 to only-if-cached. */
export interface Answer<B> {
  readonly kind: 'answer';
  readonly head: Head;
  readonly background?: Forward<B> | undefined;
  readonly spoken: Spoken;
}

/** The next hop must be asked; its answer goes to `receive`, its failure to `receiveFailure`. */
export interface Forward<B> {
  readonly kind: 'forward';
  readonly request: CacheRequest;
  /** To be sent: without connection fields, with the stored validators where `conditional`. */
  readonly fields: FieldLines;
  readonly fwd: Fwd;
  readonly exchange: number;
  /** The stored response that matched and may not be reused unasked. */
  readonly selected?: Stored<B> | undefined;
  /** A 304 is about `selected`, not about what the client holds. */
  readonly conditional: boolean;
  /** Until then `selected` may answer if the next hop fails. */
  readonly ifErrorUntil: Instant;
  /** Requests with the same text may wait for this one and then be decided again; absent: each goes its own way. */
  readonly collapse?: string | undefined;
  /** Only what is missing is asked for. */
  readonly completing?: Completing<B> | undefined;
  /** What the request met in place of a stored response. */
  readonly mark?: NotStoredMark | undefined;
  /** Set by the owner where the request waited for another one in vain. */
  collapsed?: false | undefined;
}

export interface Received<B> {
  readonly head: Head;
  readonly slice?: Slice | undefined;
  readonly multipart?: Multipart | undefined;
  /**
   * Bytes of stored bodies that go to the client before and after those of the response; that must then have exactly the
   * bytes of `slice`, or the client's connection must break.
   */
  readonly around?: Around<B> | undefined;
  /** The answer is of no use: the next hop is to be asked this in its place, and the client gets the answer to it. */
  readonly again?: Forward<B> | undefined;
  /** Where the body comes from; `none`: there is none, whatever the next hop sent. */
  readonly bodyFrom: 'response' | 'none' | Stored<B>;
  /** To be given to `commit` with the body once all of it has arrived, and to nobody when it did not. */
  readonly store?: PendingStore | undefined;
  readonly spoken: Spoken;
}

export interface Around<B> {
  readonly before?: Piece<B> | undefined;
  readonly after?: Piece<B> | undefined;
}
