// How are many writes kept together? One transaction, one fsync: all of them or none.
import { FULL, SqliteFailure } from './driver.ts';
import type { Database } from './driver.ts';
import { StoreFull } from './store-error.ts';

/** Runs the job inside one transaction and returns its value after the commit. Throws StoreFull. */
export function inTransaction<T>(db: Database, folder: string, job: () => T): T {
  try {
    db.exec('BEGIN IMMEDIATE');
    const value = job();
    db.exec('COMMIT');
    return value;
  } catch (error) {
    rollback(db);
    throw error instanceof SqliteFailure && error.result === FULL ? new StoreFull(folder) : error;
  }
}

function rollback(db: Database): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // SQLite has already rolled back by itself (a full disk ends the transaction)
  }
}
