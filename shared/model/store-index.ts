// Which responses does a simulated cache hold, and which must go when there is no more room?
import { originOf } from '../http/cache-key.ts';
import type { Stored } from './stored.ts';

/** Stored responses by key, and all of them in the order of their last use. */
export class StoreIndex<B> {
  /** Alone, where it is the only variant. */
  readonly #byKey = new Map<string, Stored<B> | readonly Stored<B>[]>();
  readonly #unpacked: (Stored<B> | undefined)[] = [];
  #turn = 0;
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
    const found = this.#byKey.get(key);
    if (found === undefined) return NONE;
    return isAlone(found) ? [found] : found;
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
    const others = this.under(stored.key);
    this.#byKey.set(stored.key, others.length === 0 ? stored : [...others, stored]);
    this.#keepUnpacked(stored);
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
    if (stored.isPacked && stored.hits % OFTEN === 0) this.#keepUnpacked(stored);
  }

  /** The newest and the busiest few stay laid out. */
  #keepUnpacked(stored: Stored<B>): void {
    this.#unpacked[this.#turn]?.pack();
    this.#unpacked[this.#turn] = stored;
    this.#turn = (this.#turn + 1) % UNPACKED;
    stored.unpack();
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
    else this.#byKey.set(stored.key, left.length === 1 ? left[0]! : left);
    const held = this.#unpacked.indexOf(stored);
    if (held !== -1) this.#unpacked[held] = undefined;
    return true;
  }

  #makeRoom(): void {
    if (this.count <= this.#maxObjects && this.#bytes <= this.#maxBytes) return;
    for (const oldest of this.#sizes.keys()) {
      if (this.count <= this.#maxObjects && this.#bytes <= this.#maxBytes) return;
      this.remove(oldest);
    }
  }
}

/** Responses whose fields are laid out. */
const UNPACKED = 512;
/** Every so many hits a response counts as busy. */
const OFTEN = 8;

const NONE: readonly never[] = [];

const isAlone = <B>(found: Stored<B> | readonly Stored<B>[]): found is Stored<B> => !Array.isArray(found);

function groupKeys<B>({ key, terms }: Stored<B>): readonly string[] {
  return terms.groups.length === 0 ? terms.groups : terms.groups.map((group) => `${originOf(key) ?? ''} ${group}`);
}
