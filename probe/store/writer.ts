// How are many writes of one tick committed together? One transaction, one fsync; a promise resolves after the commit.
import { FULL, SqliteFailure } from './driver.ts';
import type { Database } from './driver.ts';
import { StoreFull } from './store-error.ts';

export interface Writer {
  /** Runs the job inside the next transaction; its value arrives after the commit. Rejects with StoreFull. */
  write<T>(job: () => T): Promise<T>;
  /** Whether the last transaction found the disk full. */
  full(): boolean;
  /** Commits what is queued, now. */
  flush(): void;
}

interface Queued {
  run(): void;
  resolve(): void;
  reject(error: unknown): void;
}

export function writerOn(db: Database, folder: string): Writer {
  let queue: Queued[] = [];
  let full = false;

  function flush(): void {
    const batch = queue;
    queue = [];
    if (batch.length === 0) return;
    try {
      db.exec('BEGIN IMMEDIATE');
      for (const queued of batch) queued.run();
      db.exec('COMMIT');
      full = false;
    } catch (error) {
      rollback(db);
      full = error instanceof SqliteFailure && error.result === FULL;
      const reason = full ? new StoreFull(folder) : error;
      for (const queued of batch) queued.reject(reason);
      return;
    }
    for (const queued of batch) queued.resolve();
  }

  function write<T>(job: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let value: T;
      if (queue.length === 0) setImmediate(flush);
      queue.push({ run: () => void (value = job()), resolve: () => resolve(value), reject });
    });
  }

  return { write, full: () => full, flush };
}

function rollback(db: Database): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // SQLite has already rolled back by itself (a full disk ends the transaction)
  }
}
