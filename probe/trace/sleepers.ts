// Who waits until when? Each may be woken before its time, and others may wait for what it does next.
import type { Instant } from '../../shared/model/interval.ts';

export class Sleepers {
  private readonly wakes = new Map<string, () => void>();
  private readonly waiting = new Map<string, (() => void)[]>();
  private readonly now: () => Instant;

  constructor(now: () => Instant) {
    this.now = now;
  }

  /**
   * Resolves at `at`, or when `key` is woken; one may sleep under each key. Timers of this platform count whole
   * milliseconds and may fire a little early; the last stretch is asked for again. With `exactly` it is waited for awake,
   * which costs the processor up to a millisecond.
   */
  until(at: Instant, key: string, exactly = false): Promise<void> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | NodeJS.Immediate;
      const wake = () => {
        clearTimeout(timer as NodeJS.Timeout);
        clearImmediate(timer as NodeJS.Immediate);
        if (this.wakes.get(key) === wake) this.wakes.delete(key);
        resolve();
      };
      const tick = () => {
        const left = (at - this.now()) * 1000;
        if (left <= 0) wake();
        else wait(left);
      };
      const wait = (left: number) => {
        // a loop that never lets others have a turn would starve them
        const awake = left <= 0 || (exactly && left < 1);
        timer = awake ? setImmediate(tick) : setTimeout(tick, Math.max(1, Math.min(left, 2 ** 30)));
      };
      this.wakes.set(key, wake);
      wait((at - this.now()) * 1000);
    });
  }

  /** Wakes `key`, and resolves when it has done what it then begins to do. */
  next(key: string): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.set(key, [...(this.waiting.get(key) ?? []), resolve]);
      this.wake(key);
    });
  }

  /** `key` begins with something; whoever waited for that is told by what is returned. */
  begins(key: string): () => void {
    const waiting = this.waiting.get(key) ?? [];
    this.waiting.delete(key);
    return () => {
      for (const resolve of waiting) resolve();
    };
  }

  wake(key: string): void {
    this.wakes.get(key)?.();
  }

  wakeAll(): void {
    for (const wake of this.wakes.values()) wake();
  }
}
