// How did the tables come to be? One list; user_version counts how many of it a file has seen. Never edit an entry, add one.
import type { Database } from './driver.ts';
import { rewriteOlderRows } from './older-rows.ts';
import { StoreUnusable } from './store-error.ts';

const migrations: readonly (string | ((db: Database) => void))[] = [
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
  `CREATE TABLE batches (
     -- the sequence of its last observation; those before it have the numbers before
     last INTEGER PRIMARY KEY,
     trace TEXT NOT NULL,
     count INTEGER NOT NULL,
     -- the last instant that any of them is certain of
     at REAL NOT NULL,
     -- what is in batch.ts
     common TEXT NOT NULL,
     json TEXT NOT NULL
   ) STRICT;
   CREATE INDEX batches_of_trace ON batches (trace, last, count);
   INSERT INTO batches SELECT sequence, trace, 1, at, '', json FROM messages WHERE type = 'observation';
   DELETE FROM messages WHERE type = 'observation';
   -- the highest sequence ever given, also where its message was dropped
   CREATE TABLE newest (sequence INTEGER NOT NULL) STRICT;
   INSERT INTO newest VALUES (coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0));`,
  (db) => {
    db.exec(`ALTER TABLE batches RENAME TO older_batches;
      DROP INDEX batches_of_trace;
      CREATE TABLE batches (
        -- the sequence of its last observation; those before it have the numbers before
        last INTEGER PRIMARY KEY,
        trace TEXT NOT NULL,
        count INTEGER NOT NULL,
        -- the last instant that any of them is certain of
        at REAL NOT NULL,
        -- what is in batch.ts
        common TEXT NOT NULL,
        numbers BLOB NOT NULL
      ) STRICT;
      CREATE INDEX batches_of_trace ON batches (trace, last, count);`);
    rewriteOlderRows(db);
    db.exec('DROP TABLE older_batches');
  },
  `-- JSON: what the command was asked for; what was said at its end, and of that what a list shows; ids of the topology
   ALTER TABLE traces ADD COLUMN run TEXT;
   ALTER TABLE traces ADD COLUMN summary TEXT;
   ALTER TABLE traces ADD COLUMN outline TEXT;
   ALTER TABLE traces ADD COLUMN places TEXT;`,
];

/** How many of them a file of today has seen. */
export const LATEST = migrations.length;

/**
 * Brings the tables up to date, or to where they were after the first `steps`. Throws StoreUnusable where a newer Strata
 * made the file.
 */
export function migrate(db: Database, file: string, steps = migrations.length): void {
  const seen = Number(db.all('PRAGMA user_version')[0]?.['user_version']);
  if (seen > migrations.length) {
    throw new StoreUnusable(`${file} was written by a newer Strata; use that one, or another data folder.`);
  }
  migrations.slice(seen, steps).forEach((step, index) => {
    db.exec('BEGIN IMMEDIATE');
    if (typeof step === 'string') db.exec(step);
    else step(db);
    db.exec(`PRAGMA user_version = ${seen + index + 1}; COMMIT;`);
  });
}
