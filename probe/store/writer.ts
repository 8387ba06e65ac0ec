// Which writes are committed together? Those that came during the commit before them and shortly after: one fsync for all.
import type { Observation } from '../../shared/observation.ts';
import { Batch } from './batch.ts';
import { StoreFull } from './store-error.ts';
import { messagesIn } from './write.ts';
import type { Write } from './write.ts';

/** Milliseconds between two commits: what comes meanwhile waits that long at most, and shares one. */
const REST = 5;

export interface Writer {
  /** Resolves after the commit with the newest sequence then. Rejects with StoreFull. */
  write(write: Write): Promise<number>;
  /** The same for an observation, which is kept together with those before it. */
  observe(trace: string, observation: Observation): Promise<number>;
  /** Whether the last commit found the disk full. */
  full(): boolean;
  /** Sends what is queued, now. */
  flush(): void;
}

interface Waiting {
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: unknown) => void;
}

/** @param commit Keeps all of a batch or none of it; resolves with the newest sequence after each of its writes. */
export function writerOn(commit: (writes: readonly Write[]) => Promise<readonly number[]>): Writer {
  let writes: (Write | Batch)[] = [];
  let waiting: Waiting[] = [];
  let underWay = 0;
  let full = false;

  async function send(): Promise<void> {
    if (writes.length === 0) return;
    const [batch, waiters] = [writes.map((write) => (write instanceof Batch ? write.row() : write)), waiting];
    [writes, waiting] = [[], []];
    underWay += 1;
    try {
      const sequences = await commit(batch);
      full = false;
      acknowledge(batch, sequences, waiters);
    } catch (error) {
      full = error instanceof StoreFull;
      for (const { reject } of waiters) reject(error);
    }
    setTimeout(rested, REST);
  }

  function rested(): void {
    underWay -= 1;
    next();
  }

  function next(): void {
    if (underWay === 0) void send();
  }

  function queued(): Promise<number> {
    // the writes of one turn of the event loop belong together
    if (waiting.length === 0 && underWay === 0) setImmediate(next);
    return new Promise((resolve, reject) => void waiting.push({ resolve, reject }));
  }

  return {
    write(write) {
      writes.push(write);
      return queued();
    },
    observe(trace, observation) {
      const last = writes.at(-1);
      const batch = last instanceof Batch && last.hasRoomFor(trace) ? last : new Batch(trace);
      if (batch !== last) writes.push(batch);
      batch.add(observation);
      return queued();
    },
    full: () => full,
    flush: () => void send(),
  };
}

/** Each message hears its own number; those of one write follow each other. */
function acknowledge(batch: readonly Write[], sequences: readonly number[], waiters: readonly Waiting[]): void {
  let next = 0;
  batch.forEach((write, i) => {
    const newest = sequences[i] ?? 0;
    for (let after = messagesIn(write) - 1; after >= 0; after--) waiters[next++]?.resolve(newest - after);
  });
}
