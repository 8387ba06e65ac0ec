// What does a simulated cache remember of one stored response?
import type { Clocks } from '../http/age.ts';
import type { FieldLines } from '../http/fields.ts';
import type { Part } from '../http/range.ts';
import type { Terms } from '../http/terms.ts';

/** A response on its way into the store: its head is known, its body has yet to arrive whole. */
export interface PendingStore extends Clocks {
  readonly key: string;
  readonly status: number;
  /** Without connection fields; with a Date. */
  readonly fields: FieldLines;
  readonly terms: Terms;
  /** The request fields that Vary nominates, normalised. */
  readonly selecting: FieldLines;
  /** Number of the exchange that brought or last validated it. */
  readonly storedBy: number;
  /** Which part of the representation it is, where it is not the whole. */
  readonly part?: Part | undefined;
}

/** `B` is whatever the owner of the cache uses to find the body again. */
export interface Stored<B> extends PendingStore {
  readonly body: B;
  /** Times it answered since it was stored or last validated. */
  hits: number;
  /** A request that refreshes it is under way. */
  refreshing: boolean;
  /** Bytes that its body takes in the store that holds it; undefined while none does. Kept by the index, as its neighbours are. */
  size: number | undefined;
  /** The ones used last before it and first after it. */
  older: Stored<B> | undefined;
  newer: Stored<B> | undefined;
  /** Whether the fields are kept as text, until they are unpacked again. */
  readonly isPacked: boolean;
  pack(): void;
  unpack(): void;
}
