// Which responses does a simulated cache hold, and which must go when there is no more room?
import { originOf } from '../http/cache-key.ts';
import type { Stored } from './stored.ts';

/** Stored responses by key, and all of them in the order of their last use. */
export class StoreIndex<B> {
  readonly #byKey = new Map<string, Stored<B>[]>();
  readonly #sizes = new Map<Stored<B>, number>();
  /** By origin and group. */
  readonly #groups = new Map<string, Set<Stored<B>>>();
  readonly #maxObjects: number;
  readonly #maxBytes: number;
  readonly #sizeOf: (body: B) => number;
  #bytes = 0;

  constructor(maxObjects: number, maxBytes: number, sizeOf: (body: B) => number) {
    this.#maxObjects = maxObjects;
    this.#maxBytes = maxBytes;
    this.#sizeOf = sizeOf;
  }

  get count(): number {
    return this.#sizes.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Least recently used first. */
  all(): Stored<B>[] {
    return [...this.#sizes.keys()];
  }

  /** Every variant under this key, in the order of storing. */
  under(key: string): readonly Stored<B>[] {
    return this.#byKey.get(key) ?? [];
  }

  /** Every response of this origin in this group (RFC 9875). */
  inGroup(origin: string, group: string): Stored<B>[] {
    return [...(this.#groups.get(`${origin} ${group}`) ?? [])];
  }

  has(stored: Stored<B>): boolean {
    return this.#sizes.has(stored);
  }

  add(stored: Stored<B>): void {
    const size = this.#sizeOf(stored.body);
    this.#byKey.set(stored.key, [...this.under(stored.key), stored]);
    this.#sizes.set(stored, size);
    this.#bytes += size;
    for (const group of groupKeys(stored)) {
      const members = this.#groups.get(group);
      if (members === undefined) this.#groups.set(group, new Set([stored]));
      else members.add(stored);
    }
    this.#makeRoom();
  }

  used(stored: Stored<B>): void {
    const size = this.#sizes.get(stored);
    if (size === undefined) return;
    // a Map keeps the order of insertion: the last one in is the last one out
    this.#sizes.delete(stored);
    this.#sizes.set(stored, size);
  }

  /** False when it was not there. */
  remove(stored: Stored<B>): boolean {
    const size = this.#sizes.get(stored);
    if (size === undefined) return false;
    this.#sizes.delete(stored);
    this.#bytes -= size;
    for (const group of groupKeys(stored)) {
      const members = this.#groups.get(group);
      members?.delete(stored);
      if (members?.size === 0) this.#groups.delete(group);
    }
    const left = this.under(stored.key).filter((other) => other !== stored);
    if (left.length === 0) this.#byKey.delete(stored.key);
    else this.#byKey.set(stored.key, left);
    return true;
  }

  #makeRoom(): void {
    for (const oldest of this.#sizes.keys()) {
      if (this.count <= this.#maxObjects && this.#bytes <= this.#maxBytes) return;
      this.remove(oldest);
    }
  }
}

function groupKeys<B>({ key, terms }: Stored<B>): readonly string[] {
  return terms.groups.length === 0 ? terms.groups : terms.groups.map((group) => `${originOf(key) ?? ''} ${group}`);
}
