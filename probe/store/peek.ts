// What does a store say that nobody writes to? Read in passing; what a killed process left open is marked as interrupted first.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BUSY, openDatabase, SqliteFailure, type Database } from './driver.ts';
import { markInterrupted } from './interrupted.ts';
import { LATEST } from './migrations.ts';
import { closedFile, openFile } from './open-file.ts';
import { StoreUnusable } from './store-error.ts';

/** `busy`: somebody records there right now; `absent`: there is no store; or one clause that says why it cannot be read. */
export type Peeked<T> = { readonly value: T } | 'busy' | 'absent' | { readonly unreadable: string };

/** Runs the question on the folder's database. It takes no lock for longer than that. Never throws for what the folder holds. */
export function peek<T>(folder: string, ask: (db: Database) => T): Peeked<T> {
  const file = join(folder, 'strata.db');
  if (!existsSync(file)) return 'absent';
  try {
    const isLeft = stuck.has(folder) || wasLeftOpen(folder);
    const settled = isLeft ? undefined : withDatabase(file, (db) => (isSettled(db) ? { value: ask(db) } : undefined));
    return settled ?? { value: settling(folder, ask) };
  } catch (error) {
    if (error instanceof SqliteFailure && error.result === BUSY) return 'busy';
    if (error instanceof StoreUnusable && error.isHeld) return 'busy';
    if (error instanceof SqliteFailure || error instanceof StoreUnusable) return { unreadable: error.message };
    throw error;
  }
}

/** Somebody writes there, or was killed: such a file is opened with the lock that a writer takes, or not at all. */
const wasLeftOpen = (folder: string): boolean =>
  ['strata.lock', 'strata.db-wal'].some((f) => existsSync(join(folder, f)));

/** Connections that a full disk keeps from giving their lock back: nobody else could read there, not even we. */
const stuck = new Map<string, Database>();

function settling<T>(folder: string, ask: (db: Database) => T): T {
  const db = stuck.get(folder) ?? openFile(folder, 0);
  try {
    markInterrupted(db, folder);
    return ask(db);
  } finally {
    if (closedFile(db, folder)) stuck.delete(folder);
    else stuck.set(folder, db);
  }
}

/** Whether its tables are of today, and every trace in it has come to an end, one way or the other. */
function isSettled(db: Database): boolean {
  const seen = Number(db.all('PRAGMA user_version')[0]?.['user_version']);
  if (seen < LATEST) return false;
  return db.all('SELECT 1 FROM traces WHERE ended_at IS NULL AND interrupted_at IS NULL').length === 0;
}

function withDatabase<T>(file: string, ask: (db: Database) => T): T {
  const db = openDatabase(file);
  try {
    // whoever records holds it until the end: waiting would be in vain
    db.all('PRAGMA busy_timeout = 0');
    return ask(db);
  } finally {
    db.close();
  }
}
