// Has this phase, or the whole exchange, taken too long? One timer, however many phases.
import { performance } from 'node:perf_hooks';

/** Calls `expire` once, with a sentence, when a phase or the total runs out. */
export class Watchdog {
  readonly #total: number;
  readonly #expire: (message: string) => void;
  readonly #end: number;
  #phase = '';
  #seconds = 0;
  #deadline = Number.POSITIVE_INFINITY;
  #armed = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** @param total Seconds for everything. */
  constructor(total: number, expire: (message: string) => void) {
    this.#total = total;
    this.#expire = expire;
    this.#end = performance.now() + total * 1000;
  }

  /** Starts a phase, or renews the one it is in. */
  allow(seconds: number, phase: string): void {
    this.#phase = phase;
    this.#seconds = seconds;
    this.#deadline = Math.min(this.#end, performance.now() + seconds * 1000);
    // A later deadline is found out when the timer fires: re-arming for every chunk would cost more than it tells.
    if (this.#deadline < this.#armed) this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#armed = this.#deadline;
    this.#timer = setTimeout(this.#check, Math.max(1, Math.ceil(this.#deadline - performance.now())));
  }

  readonly #check = (): void => {
    const now = performance.now();
    if (now < this.#deadline) this.#arm();
    else if (now >= this.#end) this.#expire(`the exchange was not over after ${this.#total} s`);
    else this.#expire(`${this.#phase} for ${this.#seconds} s`);
  };
}
