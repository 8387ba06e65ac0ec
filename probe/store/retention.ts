// What may be forgotten? The oldest observations and other messages of a long trace, and the oldest traces of all.
import type { Database } from './driver.ts';

/**
 * Drops the oldest batches of a trace, as long as `keep` observations remain, and remembers how far replay would now have
 * a gap. Returns how many remain.
 */
export function trimObservations(db: Database, trace: string, keep: number): number {
  const [edge] = db.all(
    `SELECT max(last) AS last FROM
       (SELECT last, sum(count) OVER (ORDER BY last DESC) - count AS newer FROM batches WHERE trace = ?)
     WHERE newer >= ?`,
    trace,
    keep,
  );
  const through = Number(edge?.['last'] ?? 0);
  db.run('DELETE FROM batches WHERE trace = ? AND last <= ?', trace, through);
  db.run('UPDATE traces SET dropped_through = max(dropped_through, ?) WHERE id = ?', through, trace);
  return Number(db.all('SELECT sum(count) AS held FROM batches WHERE trace = ?', trace)[0]?.['held'] ?? 0);
}

/** The same for what is no observation: drops all but the newest `keep`. Returns how many remain. */
export function trimMessages(db: Database, trace: string, keep: number): number {
  const sql = 'SELECT sequence FROM messages WHERE trace = ? ORDER BY sequence DESC LIMIT 1 OFFSET ?';
  const through = Number(db.all(sql, trace, keep)[0]?.['sequence'] ?? 0);
  db.run('DELETE FROM messages WHERE trace = ? AND sequence <= ?', trace, through);
  db.run('UPDATE traces SET dropped_through = max(dropped_through, ?) WHERE id = ?', through, trace);
  return Number(db.all('SELECT count(*) AS held FROM messages WHERE trace = ?', trace)[0]?.['held'] ?? 0);
}

/** Drops the oldest traces that are over, so that at most `keep` remain. */
export function trimTraces(db: Database, keep: number): void {
  const surplus = db.all(
    `SELECT id FROM traces WHERE ended_at IS NOT NULL OR interrupted_at IS NOT NULL
     ORDER BY started_at, rowid LIMIT max(0, (SELECT count(*) FROM traces) - ?)`,
    keep,
  );
  for (const { id } of surplus) forgetTrace(db, String(id));
}

/** Drops a trace and all that belongs to it. */
export function forgetTrace(db: Database, id: string): void {
  db.all('DELETE FROM messages WHERE trace = ?', id);
  db.all('DELETE FROM batches WHERE trace = ?', id);
  db.all('DELETE FROM traces WHERE id = ?', id);
}
