// How is one stored response held, so that a million of them have room? What is seldom asked for is kept as text.
import type { Lifetime } from '../http/freshness.ts';
import type { FieldLine, FieldLines } from '../http/fields.ts';
import type { Part } from '../http/range.ts';
import type { Terms } from '../http/terms.ts';
import type { Instant } from './interval.ts';
import type { PendingStore, Stored } from './stored.ts';

export class StoredResponse<B> implements Stored<B> {
  readonly key: string;
  readonly status: number;
  readonly terms: Terms;
  readonly selecting: FieldLines;
  readonly generatedAt: Instant;
  readonly storedAt: Instant;
  readonly storedBy: number;
  readonly part: Part | undefined;
  readonly body: B;
  hits = 0;
  refreshing = false;
  size: number | undefined;
  older: Stored<B> | undefined;
  newer: Stored<B> | undefined;
  #head: FieldLines | string;

  constructor(pending: PendingStore, body: B) {
    this.key = pending.key;
    this.status = pending.status;
    this.terms = pending.terms;
    this.selecting = pending.selecting;
    this.generatedAt = pending.generatedAt;
    this.storedAt = pending.storedAt;
    this.storedBy = pending.storedBy;
    this.part = pending.part;
    this.body = body;
    this.#head = pending.fields;
  }

  get fields(): FieldLines {
    return typeof this.#head === 'string' ? unpacked(this.#head) : this.#head;
  }

  get lifetime(): Lifetime | undefined {
    return this.terms.lifetime;
  }

  get isPacked(): boolean {
    return typeof this.#head === 'string';
  }

  /** Lays the fields out for those who ask for them often. */
  unpack(): void {
    this.#head = this.fields;
  }

  pack(): void {
    if (typeof this.#head !== 'string' && isPlain(this.#head)) this.#head = packed(this.#head);
  }
}

/** A stored response as one that is about to be stored, to be changed on the way. */
export function pendingOf<B>(stored: Stored<B>): PendingStore {
  const { key, status, fields, terms, selecting, generatedAt, storedAt, storedBy, lifetime, part } = stored;
  return { key, status, fields, terms, selecting, generatedAt, storedAt, storedBy, lifetime, part };
}

/** What HTTP lets pass: no line break within a line, no colon in a name. */
const isPlain = (fields: FieldLines): boolean =>
  fields.every(([name, value]) => !value.includes('\n') && !/[:\n]/.test(name));

/** Flattened: one string in memory, whatever it was put together from. */
const packed = (fields: FieldLines): string => fields.map(([name, value]) => `${name}:${value}`).join('\n');

const unpacked = (text: string): FieldLines =>
  text === ''
    ? []
    : text.split('\n').map((line): FieldLine => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1)];
      });
