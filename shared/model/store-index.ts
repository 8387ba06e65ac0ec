// Which responses does a simulated cache hold, and which must go when there is no more room?
import { originOf } from '../http/cache-key.ts';
import type { Stored } from './stored.ts';

/** Stored responses by key, and all of them in the order of their last use: a list linked through `older` and `newer`. */
export class StoreIndex<B> {
  /** Alone, where it is the only variant. */
  readonly #byKey = new Map<string, Stored<B> | readonly Stored<B>[]>();
  readonly #unpacked: (Stored<B> | undefined)[] = [];
  #turn = 0;
  /** By origin and group. */
  readonly #groups = new Map<string, Set<Stored<B>>>();
  readonly #maxObjects: number;
  readonly #maxBytes: number;
  readonly #sizeOf: (body: B) => number;
  #bytes = 0;
  #count = 0;
  #oldest: Stored<B> | undefined;
  #newest: Stored<B> | undefined;

  constructor(maxObjects: number, maxBytes: number, sizeOf: (body: B) => number) {
    this.#maxObjects = maxObjects;
    this.#maxBytes = maxBytes;
    this.#sizeOf = sizeOf;
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Least recently used first. */
  all(): Stored<B>[] {
    const all: Stored<B>[] = [];
    for (let stored = this.#oldest; stored !== undefined; stored = stored.newer) all.push(stored);
    return all;
  }

  /** Every variant under this key, in the order of storing. */
  under(key: string): readonly Stored<B>[] {
    const found = this.#byKey.get(key);
    if (found === undefined) return NONE;
    return isAlone(found) ? [found] : found;
  }

  /** The only one under this key; undefined where there is none or several. */
  alone(key: string): Stored<B> | undefined {
    const found = this.#byKey.get(key);
    return found !== undefined && isAlone(found) ? found : undefined;
  }

  /** Every response of this origin in this group (RFC 9875). */
  inGroup(origin: string, group: string): Stored<B>[] {
    return [...(this.#groups.get(`${origin} ${group}`) ?? [])];
  }

  has(stored: Stored<B>): boolean {
    return stored.size !== undefined;
  }

  add(stored: Stored<B>): void {
    const others = this.#byKey.get(stored.key);
    this.#byKey.set(
      stored.key,
      others === undefined ? stored : isAlone(others) ? [others, stored] : [...others, stored],
    );
    this.#keepUnpacked(stored);
    stored.size = this.#sizeOf(stored.body);
    this.#bytes += stored.size;
    this.#count += 1;
    this.#link(stored);
    for (const group of groupKeys(stored)) {
      const members = this.#groups.get(group);
      if (members === undefined) this.#groups.set(group, new Set([stored]));
      else members.add(stored);
    }
    this.#makeRoom();
  }

  used(stored: Stored<B>): void {
    if (stored.size === undefined) return;
    if (stored !== this.#newest) {
      this.#unlink(stored);
      this.#link(stored);
    }
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
    if (stored.size === undefined) return false;
    this.#bytes -= stored.size;
    this.#count -= 1;
    stored.size = undefined;
    this.#unlink(stored);
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
    while (this.#oldest !== undefined && (this.#count > this.#maxObjects || this.#bytes > this.#maxBytes)) {
      this.remove(this.#oldest);
    }
  }

  #link(stored: Stored<B>): void {
    stored.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = stored;
    else this.#newest.newer = stored;
    this.#newest = stored;
  }

  #unlink(stored: Stored<B>): void {
    if (stored.older === undefined) this.#oldest = stored.newer;
    else stored.older.newer = stored.newer;
    if (stored.newer === undefined) this.#newest = stored.older;
    else stored.newer.older = stored.older;
    stored.older = undefined;
    stored.newer = undefined;
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
