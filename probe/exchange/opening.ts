// How did a response begin? undici tells neither the HTTP version nor what a server sent that is no HTTP at all.

/** Enough to read a version from, and to quote. */
const LENGTH = 48;

/** The first bytes of one response, as the socket gave them. */
export class Opening {
  #bytes: Buffer | undefined;

  add(chunk: Buffer): void {
    if (this.#bytes === undefined) this.#bytes = chunk;
    else if (this.#bytes.length < LENGTH) this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(0, LENGTH)]);
  }

  /** Forgets the response: the next one begins, or nobody asks any more and its memory may go. */
  clear(): void {
    this.#bytes = undefined;
  }

  /** One character a byte. */
  text(): string {
    return this.#bytes?.toString('latin1', 0, LENGTH) ?? '';
  }

  /** Of the status line (RFC 9112 section 4); 1.1 where there is none. */
  httpVersion(): string {
    const text = this.text();
    return text.startsWith('HTTP/1.1 ') ? '1.1' : (/^\s*HTTP\/(\d(?:\.\d)?)/.exec(text)?.[1] ?? '1.1');
  }
}
