// What became of traces whose recorder died? They are interrupted, at the last instant that is certain.
import type { Database } from './driver.ts';
import { StoreFull } from './store-error.ts';
import { inTransaction } from './transaction.ts';

/** A trace without an end belongs to a process that died. On a full disk this waits for the next time; reading still works. */
export function markInterrupted(db: Database, folder: string): void {
  try {
    inTransaction(db, folder, () => db.run(MARK));
  } catch (error) {
    if (!(error instanceof StoreFull)) throw error;
  }
}

/** Its newest message's instant. */
const MARK = `UPDATE traces SET interrupted_at = max(started_at,
    coalesce((SELECT max(at) FROM messages WHERE trace = traces.id), started_at),
    coalesce((SELECT max(at) FROM batches WHERE trace = traces.id), started_at))
  WHERE ended_at IS NULL AND interrupted_at IS NULL`;
