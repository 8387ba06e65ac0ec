// Which idle connection may carry the next exchange? One with the same address, host and trust; one exchange at a time.
import type { Destination } from './line.ts';
import { Line } from './line.ts';

/** Address, host, trust and room for a head: what a connection was made for. */
export const lineKey = (to: Destination): string =>
  `${to.address.origin} ${to.url.origin} ${to.headBytes} ${to.ca ?? ''}`;

export class LinePool {
  readonly #idle = new Map<string, Line[]>();
  #closed = false;

  /** @param key One for all destinations between which a connection makes no difference: `lineKey`. */
  take(to: Destination, key: string): Line {
    const idle = this.#idle.get(key)?.pop();
    if (idle !== undefined) return idle;
    return new Line(to);
  }

  /** Takes back a line whose exchange went well, with the key it was taken with. */
  give(line: Line, key: string): void {
    if (this.#closed) {
      line.destroy();
      return;
    }
    const idle = this.#idle.get(key);
    if (idle === undefined) this.#idle.set(key, [line]);
    else idle.push(line);
  }

  close(): void {
    this.#closed = true;
    for (const lines of this.#idle.values()) for (const line of lines) line.destroy();
    this.#idle.clear();
  }
}
