// A database that may not grow stands in for a disk that is full: SQLite answers both with SQLITE_FULL.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../../probe/store/driver.ts';
import type { Database } from '../../../probe/store/driver.ts';
import { StoreFull } from '../../../probe/store/store-error.ts';
import { writerOn } from '../../../probe/store/writer.ts';

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

const note = (text: string) => (): unknown => db.all('INSERT INTO notes VALUES (?)', text);
const count = (): number => Number(db.all('SELECT count(*) AS n FROM notes')[0]?.['n']);

it('a full disk refuses the whole batch, keeps what was there, and lets writing resume by itself', async () => {
  const writer = writerOn(db, folder);
  await writer.write(note('kept'));
  db.all('PRAGMA max_page_count = 3');

  const batch = await Promise.allSettled([writer.write(note('small')), writer.write(note('x'.repeat(50_000)))]);
  expect(batch.map((b) => b.status)).toEqual(['rejected', 'rejected']);
  for (const b of batch) expect(b.status === 'rejected' && b.reason).toBeInstanceOf(StoreFull);
  expect(writer.full()).toBe(true);
  expect(count()).toBe(1);

  db.all('PRAGMA max_page_count = 1000');
  await writer.write(note('x'.repeat(50_000)));
  expect(writer.full()).toBe(false);
  expect(count()).toBe(2);
  expect(db.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});

it('what is not about the disk is passed on as it is', async () => {
  const writer = writerOn(db, folder);
  await expect(writer.write(() => db.all('INSERT INTO nowhere VALUES (1)'))).rejects.toThrow('nowhere');
  expect(writer.full()).toBe(false);
});

it('writes of one tick are one commit', async () => {
  const writer = writerOn(db, folder);
  const order: string[] = [];
  const both = ['a', 'b'].map((text) => writer.write(note(text)).then(() => order.push(`${text} of ${count()}`)));
  await Promise.all(both);
  expect(order).toEqual(['a of 2', 'b of 2']);
});
