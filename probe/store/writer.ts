// Which writes are committed together? Those that came while the commit before them was under way: one fsync for all.
import type { Write } from './archive.ts';
import { StoreFull } from './store-error.ts';

export interface Writer {
  /** Resolves after the commit with the newest sequence then. Rejects with StoreFull. */
  write(write: Write): Promise<number>;
  /** Whether the last commit found the disk full. */
  full(): boolean;
  /** Sends what is queued, now. */
  flush(): void;
}

interface Waiting {
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: unknown) => void;
}

/** @param commit Keeps all of a batch or none of it; resolves with one number for each. */
export function writerOn(commit: (writes: readonly Write[]) => Promise<readonly number[]>): Writer {
  let writes: Write[] = [];
  let waiting: Waiting[] = [];
  let underWay = 0;
  let full = false;

  async function send(): Promise<void> {
    const [batch, waiters] = [writes, waiting];
    if (batch.length === 0) return;
    [writes, waiting] = [[], []];
    underWay += 1;
    try {
      const sequences = await commit(batch);
      full = false;
      waiters.forEach(({ resolve }, i) => resolve(sequences[i] ?? 0));
    } catch (error) {
      full = error instanceof StoreFull;
      for (const { reject } of waiters) reject(error);
    }
    underWay -= 1;
    next();
  }

  function next(): void {
    if (underWay === 0) void send();
  }

  return {
    write(write) {
      // the writes of one turn of the event loop belong together
      if (writes.length === 0 && underWay === 0) setImmediate(next);
      writes.push(write);
      return new Promise((resolve, reject) => void waiting.push({ resolve, reject }));
    },
    full: () => full,
    flush: () => void send(),
  };
}
