// What was recorded? The reading half of the store: rows back into traces and messages.
import type { Instant } from '../../shared/model/interval.ts';
import type { Topology } from '../../shared/topology.ts';
import type { LiveMessage, Trace } from '../../shared/trace.ts';
import type { Database, Row } from './driver.ts';

/** One message as it was committed; sequences increase over all traces. */
export interface Stored {
  readonly sequence: number;
  readonly trace: string;
  readonly message: LiveMessage;
}

export interface TraceSummary {
  readonly id: string;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  readonly interruptedAt?: Instant;
  readonly title?: string;
  readonly observations: number;
  readonly events: number;
}

/** The last instant that a message is certain of: where a trace was interrupted if nothing follows. */
export function lastInstant(message: LiveMessage): Instant {
  switch (message.type) {
    case 'observation':
      return message.data.responseTime;
    case 'event':
      return message.data.at.latest;
    case 'receipt':
      return message.data.answeredAt ?? message.data.sentAt;
    case 'forecast':
      return message.data.forecast.madeAt;
  }
}

/** Messages after `sequence`, oldest first, of one trace or of all. */
export function messagesSince(db: Database, sequence: number, limit: number, trace?: string): Stored[] {
  const rows =
    trace === undefined
      ? db.all('SELECT * FROM messages WHERE sequence > ? ORDER BY sequence LIMIT ?', sequence, limit)
      : db.all(
          'SELECT * FROM messages WHERE sequence > ? AND trace = ? ORDER BY sequence LIMIT ?',
          sequence,
          trace,
          limit,
        );
  return rows.map((row) => ({
    sequence: Number(row['sequence']),
    trace: String(row['trace']),
    message: { type: row['type'], data: JSON.parse(String(row['json'])) } as LiveMessage,
  }));
}

/** The newest sequence; 0 when there is none. The table of AUTOINCREMENT remembers it even where its row was dropped. */
export function newestSequence(db: Database): number {
  return Number(db.all(`SELECT seq FROM sqlite_sequence WHERE name = 'messages'`)[0]?.['seq'] ?? 0);
}

/** The whole trace as its file would hold it; undefined when there is none of this id. */
export function traceOf(db: Database, id: string): Trace | undefined {
  const row = db.all('SELECT * FROM traces WHERE id = ?', id)[0];
  if (row === undefined) return undefined;
  const items = <T>(type: LiveMessage['type']): T[] =>
    db
      .all('SELECT json FROM messages WHERE trace = ? AND type = ? ORDER BY item', id, type)
      .map((r) => JSON.parse(String(r['json'])) as T);
  return {
    strata: 1,
    kind: 'trace',
    id,
    ...times(row),
    topology: JSON.parse(String(row['topology'])) as Topology,
    observations: items('observation'),
    events: items('event'),
    receipts: items('receipt'),
    forecasts: items('forecast'),
  };
}

/** Every trace, newest first. */
export function summaries(db: Database): TraceSummary[] {
  const rows = db.all(
    `SELECT t.id, t.started_at, t.ended_at, t.interrupted_at, t.title,
       (SELECT count(*) FROM messages m WHERE m.trace = t.id AND m.type = 'observation') AS observations,
       (SELECT count(*) FROM messages m WHERE m.trace = t.id AND m.type = 'event') AS events
     FROM traces t ORDER BY t.started_at DESC, t.rowid DESC`,
  );
  return rows.map((row) => ({
    id: String(row['id']),
    ...times(row),
    ...(typeof row['title'] === 'string' && { title: row['title'] }),
    observations: Number(row['observations']),
    events: Number(row['events']),
  }));
}

function times(row: Row): Pick<TraceSummary, 'startedAt' | 'endedAt' | 'interruptedAt'> {
  const { started_at: startedAt, ended_at: endedAt, interrupted_at: interruptedAt } = row;
  return {
    startedAt: Number(startedAt),
    ...(typeof endedAt === 'number' && { endedAt }),
    ...(typeof interruptedAt === 'number' && { interruptedAt }),
  };
}
