// What is done with the file? Writes, each batch in one transaction, and questions. Runs in the store's own thread.
import type { Trace } from '../../shared/trace.ts';
import { insertBatch } from './batch.ts';
import type { Observe } from './batch.ts';
import type { Database } from './driver.ts';
import { markInterrupted } from './interrupted.ts';
import { closeFile, openFile } from './open-file.ts';
import { messagesSince, newestSequence, traceOf } from './recorded.ts';
import type { Stored } from './recorded.ts';
import { placesIn, summaries, type TraceSummary } from './summaries.ts';
import { forgetTrace, trimMessages, trimObservations, trimTraces } from './retention.ts';
import { inTransaction } from './transaction.ts';
import type { Write } from './write.ts';

/** What can be asked without changing anything; each is explained where `Store` has it. */
export interface Questions {
  since(sequence: number, limit: number, trace?: string): Stored[];
  droppedThrough(trace: string): number;
  readTrace(id: string): Trace | undefined;
  listTraces(): TraceSummary[];
}

export interface Archive extends Questions {
  /** All in one commit, or none; the newest sequence after each of them. Throws StoreFull. */
  write(writes: readonly Write[]): number[];
  newestSequence(): number;
  close(): void;
}

export interface Keep {
  /** The newest observations kept for each trace; up to a twentieth and one batch more, because whole batches are dropped. */
  readonly observations: number;
  /** The newest other messages kept for each trace; up to a twentieth more, because many are dropped at once. */
  readonly messages: number;
  readonly traces: number;
}

/** Opens the folder's file and marks traces that never ended as interrupted. Throws StoreUnusable. */
export function openArchive(folder: string, keep: Keep): Archive {
  const db = openFile(folder);
  markInterrupted(db, folder);
  let newest = newestSequence(db);
  /** Observations, and other messages, held at most for each trace that is open. */
  const open = new Map<string, number>();
  const messages = new Map<string, number>();

  function perform(write: Write): void {
    switch (write.verb) {
      case 'begin':
        insertTrace(db, write);
        trimTraces(db, keep.traces);
        return void open.set(write.trace, 0);
      case 'observe':
        newest += write.count;
        insertBatch(db, newest, write);
        return count(write);
      case 'append':
        insertMessage(db, ++newest, write);
        return countMessage(write.trace);
      case 'end':
        endTrace(db, write);
        messages.delete(write.trace);
        return void open.delete(write.trace);
      case 'forget':
        return forgetTrace(db, write.trace);
      case 'try':
        return db.run('UPDATE traces SET dropped_through = dropped_through');
    }
  }

  function count({ trace, count: more }: Observe): void {
    const held = (open.get(trace) ?? 0) + more;
    open.set(trace, isOver(held, keep.observations) ? trimObservations(db, trace, keep.observations) : held);
  }

  function countMessage(trace: string): void {
    const held = (messages.get(trace) ?? 0) + 1;
    messages.set(trace, isOver(held, keep.messages) ? trimMessages(db, trace, keep.messages) : held);
  }

  function performAll(writes: readonly Write[]): number[] {
    const sequences = writes.map((write) => {
      perform(write);
      return newest;
    });
    db.run('UPDATE newest SET sequence = ?', newest);
    return sequences;
  }

  return {
    write(writes) {
      const before = newest;
      try {
        return inTransaction(db, folder, () => performAll(writes));
      } catch (error) {
        newest = before;
        throw error;
      }
    },
    newestSequence: () => newest,
    since: (sequence, limit, trace) => messagesSince(db, sequence, limit, trace),
    droppedThrough: (trace) =>
      Number(db.all('SELECT dropped_through AS d FROM traces WHERE id = ?', trace)[0]?.['d'] ?? 0),
    readTrace: (id) => traceOf(db, id),
    listTraces: () => summaries(db),
    close: () => closeFile(db, folder),
  };
}

/** A trim costs more than a message: it waits for a twentieth more. */
const isOver = (held: number, keep: number): boolean => held > keep + Math.floor(keep / 20);

function insertTrace(db: Database, { trace, at, topology, run }: Write & { verb: 'begin' }): void {
  const sql = 'INSERT INTO traces (id, started_at, title, topology, run, places) VALUES (?, ?, ?, ?, ?, ?)';
  const asked = run === undefined ? null : JSON.stringify(run);
  const places = JSON.stringify(placesIn(topology));
  db.run(sql, trace, at, topology.title ?? null, JSON.stringify(topology), asked, places);
}

function endTrace(db: Database, { trace, at, said }: Write & { verb: 'end' }): void {
  const sql = 'UPDATE traces SET ended_at = ?, summary = ?, outline = ? WHERE id = ?';
  db.run(sql, at, said?.summary ?? null, said?.outline ?? null, trace);
}

function insertMessage(db: Database, sequence: number, write: Write & { verb: 'append' }): void {
  const { trace, type, item, at, json } = write;
  const sql = 'INSERT OR REPLACE INTO messages (sequence, trace, type, item, at, json) VALUES (?, ?, ?, ?, ?, ?)';
  db.run(sql, sequence, trace, type, item, at, json);
}
