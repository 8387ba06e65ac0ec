// Who may write here? One connection in one process: SQLite's own exclusive lock, which the system drops when its
// holder dies; a lock file beside it only names the holder.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUSY, CANNOT_OPEN, CORRUPT, FULL, NOT_A_DATABASE, openDatabase, SqliteFailure } from './driver.ts';
import type { Database } from './driver.ts';
import { migrate } from './migrations.ts';
import { StoreUnusable } from './store-error.ts';

/**
 * The folder's database, locked for this process, with its tables up to date.
 * Never read the file by other means in this process: closing it would drop the lock (POSIX).
 * Throws StoreUnusable.
 * @param patience Milliseconds to wait for whoever has it open.
 */
export function openFile(folder: string, patience = 1000): Database {
  const file = join(folder, 'strata.db');
  const lock = lockFile(folder);
  let db: Database | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    db = openDatabase(file);
    settle(db, patience);
    migrate(db, file);
    sayWhoHolds(lock);
    return db;
  } catch (error) {
    db?.close();
    throw explained(error, folder, file);
  }
}

/** Closes the database, gives the lock back and takes the lock file away. */
export function closeFile(db: Database, folder: string): void {
  rmSync(lockFile(folder), { force: true });
  release(db);
  db.close();
}

/** The same, unless a full disk keeps the lock from being given back: then it stays open, and this is false. */
export function closedFile(db: Database, folder: string): boolean {
  if (!release(db)) return false;
  rmSync(lockFile(folder), { force: true });
  db.close();
  return true;
}

/** A full disk is no reason not to read what is there: only the name of the holder is missing then. */
function sayWhoHolds(lock: string): void {
  try {
    writeFileSync(lock, `${process.pid}\n`);
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** libsql's close waits for the garbage collector, so the lock is given back first; EXCLUSIVE ends only outside of WAL. */
function release(db: Database): boolean {
  try {
    db.all('PRAGMA journal_mode = DELETE');
    db.all('PRAGMA locking_mode = NORMAL');
    db.all('SELECT count(*) FROM sqlite_schema');
    return true;
  } catch (error) {
    // a full disk: the lock then ends with the process
    if (!(error instanceof SqliteFailure)) throw error;
    return false;
  }
}

const lockFile = (folder: string): string => join(folder, 'strata.lock');

function settle(db: Database, patience: number): void {
  db.all(`PRAGMA busy_timeout = ${patience}`);
  db.all('PRAGMA locking_mode = EXCLUSIVE');
  db.all('PRAGMA journal_mode = WAL');
  db.all('PRAGMA synchronous = FULL');
  db.all('PRAGMA journal_size_limit = 67108864');
  // the first write takes the lock, and EXCLUSIVE keeps it until the connection closes
  db.exec('BEGIN IMMEDIATE; COMMIT');
}

function explained(error: unknown, folder: string, file: string): unknown {
  if (error instanceof SqliteFailure) {
    if (error.result === BUSY) {
      return new StoreUnusable(
        `Another Strata${holder(folder)} records into ${folder}; stop it first, or give this one another data folder.`,
        true,
      );
    }
    if (error.result === NOT_A_DATABASE || error.result === CORRUPT) {
      return new StoreUnusable(`${file} cannot be read as a database; move it away to start a new one.`);
    }
    if (error.result === FULL)
      return new StoreUnusable(`The disk that holds ${folder} is full; free some space first.`);
    if (error.result === CANNOT_OPEN) return new StoreUnusable(`${file} cannot be opened or created.`);
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') {
    return new StoreUnusable(`${folder} cannot be used as the data folder (${code}).`);
  }
  return error;
}

function holder(folder: string): string {
  try {
    const pid = readFileSync(lockFile(folder), 'utf8').trim();
    return /^\d+$/.test(pid) ? ` (process ${pid})` : '';
  } catch {
    return '';
  }
}
