// A database that may not grow stands in for a disk that is full: SQLite answers both with SQLITE_FULL.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../../probe/store/driver.ts';
import type { Database } from '../../../probe/store/driver.ts';
import { StoreFull } from '../../../probe/store/store-error.ts';
import { inTransaction } from '../../../probe/store/transaction.ts';

let folder: string;
let db: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-full-'));
  db = openDatabase(join(folder, 'strata.db'));
  db.all('PRAGMA journal_mode = WAL');
  db.exec('CREATE TABLE notes (text TEXT)');
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const note = (text: string): void => db.run('INSERT INTO notes VALUES (?)', text);
const count = (): number => Number(db.all('SELECT count(*) AS n FROM notes')[0]?.['n']);

it('a full disk refuses the whole batch, keeps what was there, and lets writing resume by itself', () => {
  inTransaction(db, folder, () => note('kept'));
  db.all('PRAGMA max_page_count = 3');

  const both = (): void => ['small', 'x'.repeat(50_000)].forEach(note);
  expect(() => inTransaction(db, folder, both)).toThrow(StoreFull);
  expect(count()).toBe(1);

  db.all('PRAGMA max_page_count = 1000');
  inTransaction(db, folder, () => note('x'.repeat(50_000)));
  expect(count()).toBe(2);
  expect(db.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});

it('what is not about the disk is passed on as it is', () => {
  expect(() => inTransaction(db, folder, () => db.run('INSERT INTO nowhere VALUES (1)'))).toThrow('nowhere');
});
