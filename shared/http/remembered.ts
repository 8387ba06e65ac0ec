// How is work on a text saved that comes again and again, without room for all that a stranger can send?

/** Short texts and what was made of them; all are forgotten when there are too many. */
export class Remembered<V> {
  readonly #made = new Map<string, V>();
  readonly #most: number;

  constructor(most = 1024) {
    this.#most = most;
  }

  get(text: string): V | undefined {
    return this.#made.get(text);
  }

  /** @returns `made` */
  keep(text: string, made: V): V {
    if (text.length > LONGEST) return made;
    if (this.#made.size >= this.#most) this.#made.clear();
    this.#made.set(text, made);
    return made;
  }
}

const LONGEST = 256;
