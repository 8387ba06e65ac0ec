// How does one keep a body that arrives in pieces, however small they are?

const SMALL = 1024;
const SLAB = 64 * 1024;

/** Bytes in order of arrival. Small pieces are copied together, so that a body dripped byte by byte costs no more than its size. */
export class Collected {
  readonly #pieces: Buffer[] = [];
  #slab: Buffer | undefined;
  #used = 0;
  length = 0;

  add(chunk: Buffer): void {
    this.length += chunk.length;
    if (this.#slab === undefined && (this.#pieces.length === 0 || chunk.length >= SMALL)) {
      this.#pieces.push(chunk);
      return;
    }
    if (chunk.length >= SMALL || this.#used + chunk.length > SLAB) this.#seal();
    if (chunk.length >= SMALL) {
      this.#pieces.push(chunk);
      return;
    }
    this.#slab ??= Buffer.allocUnsafe(SLAB);
    this.#used += chunk.copy(this.#slab, this.#used);
  }

  /** Everything that arrived, in one piece. */
  bytes(): Buffer {
    this.#seal();
    const only = this.#pieces[0];
    return only !== undefined && this.#pieces.length === 1 ? only : Buffer.concat(this.#pieces, this.length);
  }

  #seal(): void {
    if (this.#slab === undefined) return;
    this.#pieces.push(Buffer.from(this.#slab.subarray(0, this.#used)));
    this.#slab = undefined;
    this.#used = 0;
  }
}
