// Has this phase, or the whole exchange, taken too long? One timer for all exchanges: a thousand a second cost one look.
import { performance } from 'node:perf_hooks';

/** Milliseconds between two looks: no deadline is missed by more. */
const LOOK = 20;

const watching = new Set<Watchdog>();
let timer: NodeJS.Timeout | undefined;

function lookAtAll(): void {
  const now = performance.now();
  for (const watchdog of watching) watchdog.check(now);
}

/** Whose time is watched. */
export interface Watched {
  /** Told once, with a sentence, when a phase or the total runs out. */
  expire(message: string): void;
}

/** Watches until it is stopped, or the time has run out. */
export class Watchdog {
  readonly #watched: Watched;
  readonly #total: number;
  readonly #end: number;
  #phase = '';
  #seconds = 0;
  #deadline = Number.POSITIVE_INFINITY;

  /** @param total Seconds for everything. */
  constructor(watched: Watched, total: number, now: number) {
    this.#watched = watched;
    this.#total = total;
    this.#end = now + total * 1000;
    watching.add(this);
    timer ??= setInterval(lookAtAll, LOOK);
  }

  /** Starts a phase, or renews the one it is in. */
  allow(seconds: number, phase: string, now: number): void {
    this.#phase = phase;
    this.#seconds = seconds;
    this.#deadline = now + seconds * 1000;
  }

  stop(): void {
    watching.delete(this);
    if (watching.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  check(now: number): void {
    if (now < this.#deadline && now < this.#end) return;
    this.stop();
    if (now >= this.#end) this.#watched.expire(`the exchange was not over after ${this.#total} s`);
    else this.#watched.expire(`${this.#phase} for ${this.#seconds} s`);
  }
}
