// What may be forgotten? The oldest observations of a long trace, and the oldest traces of all.
import type { Database } from './driver.ts';

/** Drops all but the newest `keep` observations of a trace and remembers how far replay would now have a gap. */
export function trimObservations(db: Database, trace: string, keep: number): void {
  const [edge] = db.all(
    `SELECT item FROM messages WHERE trace = ? AND type = 'observation' ORDER BY item DESC LIMIT 1 OFFSET ?`,
    trace,
    keep,
  );
  if (edge === undefined) return;
  const oldest = Number(edge['item']);
  const dropped = `trace = ? AND type = 'observation' AND item <= ?`;
  db.all(
    `UPDATE traces SET dropped_through =
       max(dropped_through, (SELECT max(sequence) FROM messages WHERE ${dropped})) WHERE id = ?`,
    trace,
    oldest,
    trace,
  );
  db.all(`DELETE FROM messages WHERE ${dropped}`, trace, oldest);
}

/** Drops the oldest traces that are over, so that at most `keep` remain. */
export function trimTraces(db: Database, keep: number): void {
  const surplus = db.all(
    `SELECT id FROM traces WHERE ended_at IS NOT NULL OR interrupted_at IS NOT NULL
     ORDER BY started_at, rowid LIMIT max(0, (SELECT count(*) FROM traces) - ?)`,
    keep,
  );
  for (const { id } of surplus) {
    db.all('DELETE FROM messages WHERE trace = ?', String(id));
    db.all('DELETE FROM traces WHERE id = ?', String(id));
  }
}
