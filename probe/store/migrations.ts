// How did the tables come to be? One list; user_version counts how many of it a file has seen. Never edit an entry, add one.
import type { Database } from './driver.ts';
import { StoreUnusable } from './store-error.ts';

const migrations = [
  `CREATE TABLE traces (
     id TEXT PRIMARY KEY,
     started_at REAL NOT NULL,
     ended_at REAL,
     interrupted_at REAL,
     title TEXT,
     -- the highest sequence that retention has dropped from this trace
     dropped_through INTEGER NOT NULL DEFAULT 0,
     topology TEXT NOT NULL
   ) STRICT;
   CREATE TABLE messages (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     trace TEXT NOT NULL,
     type TEXT NOT NULL,
     item INTEGER NOT NULL,
     -- the last instant that this message is certain of
     at REAL NOT NULL,
     json TEXT NOT NULL,
     UNIQUE (trace, type, item)
   ) STRICT;`,
];

/** Brings the tables up to date. Throws StoreUnusable where a newer Strata made the file. */
export function migrate(db: Database, file: string): void {
  const seen = Number(db.all('PRAGMA user_version')[0]?.['user_version']);
  if (seen > migrations.length) {
    throw new StoreUnusable(`${file} was written by a newer Strata; use that one, or another data folder.`);
  }
  migrations.slice(seen).forEach((sql, index) => {
    db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${seen + index + 1}; COMMIT;`);
  });
}
