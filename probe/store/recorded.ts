// What was recorded? The reading half of the store: rows back into traces and messages.
import type { Observation } from '../../shared/observation.ts';
import type { Topology } from '../../shared/topology.ts';
import type { TraceDocument } from '../../shared/api.ts';
import { withOpenEnds } from '../../shared/trace-file.ts';
import type { LiveMessage, Run, Trace } from '../../shared/trace.ts';
import { observationsIn } from './batch.ts';
import type { Database, Row } from './driver.ts';
import type { Single } from './write.ts';

/** One message as it was committed; sequences increase over all traces. */
export interface Stored {
  readonly sequence: number;
  readonly trace: string;
  readonly message: LiveMessage;
}

/** Messages after `sequence`, oldest first, of one trace or of all. */
export function messagesSince(db: Database, sequence: number, limit: number, trace?: string): Stored[] {
  const single = rowsAfter(db, 'messages', 'sequence', sequence, limit, trace).map((row) => ({
    sequence: Number(row['sequence']),
    trace: String(row['trace']),
    message: { type: row['type'], data: JSON.parse(String(row['json'])) } as LiveMessage,
  }));
  return [...single, ...observationsSince(db, sequence, limit, trace)]
    .sort((a, b) => a.sequence - b.sequence)
    .slice(0, limit);
}

function observationsSince(db: Database, sequence: number, limit: number, trace?: string): Stored[] {
  const found: Stored[] = [];
  let after = sequence;
  while (found.length < limit) {
    const [row] = rowsAfter(db, 'batches', 'last', after, 1, trace);
    if (row === undefined) break;
    found.push(...storedIn(row).filter((stored) => stored.sequence > sequence));
    after = Number(row['last']);
  }
  return found;
}

function rowsAfter(
  db: Database,
  table: 'messages' | 'batches',
  key: 'sequence' | 'last',
  after: number,
  limit: number,
  trace?: string,
): Row[] {
  const where = `SELECT * FROM ${table} WHERE ${key} > ?`;
  const rest = `ORDER BY ${key} LIMIT ?`;
  return trace === undefined
    ? db.all(`${where} ${rest}`, after, limit)
    : db.all(`${where} AND trace = ? ${rest}`, after, trace, limit);
}

/** Their sequences follow each other. */
function storedIn(batch: Row): Stored[] {
  const first = Number(batch['last']) - Number(batch['count']) + 1;
  return observationsIn(batch).map((data, i) => ({
    sequence: first + i,
    trace: String(batch['trace']),
    message: { type: 'observation', data },
  }));
}

/** The newest sequence; 0 when there is none. Remembered also where its message was dropped. */
export function newestSequence(db: Database): number {
  return Number(db.all('SELECT sequence FROM newest')[0]?.['sequence']);
}

/** The whole trace as its file would hold it; undefined when there is none of this id. */
export function traceOf(db: Database, id: string): Trace | undefined {
  const row = db.all('SELECT * FROM traces WHERE id = ?', id)[0];
  if (row === undefined) return undefined;
  const items = <T>(type: Single['type']): T[] =>
    db
      .all('SELECT json FROM messages WHERE trace = ? AND type = ? ORDER BY item', id, type)
      .map((r) => JSON.parse(String(r['json'])) as T);
  const { run, summary } = row;
  return withOpenEnds({
    strata: 1,
    kind: 'trace',
    id,
    ...times(row),
    ...(typeof run === 'string' && { run: JSON.parse(run) as Run }),
    topology: JSON.parse(String(row['topology'])) as Topology,
    observations: observationsOf(db, id),
    events: items('event'),
    receipts: items('receipt'),
    forecasts: items('forecast'),
    ...(typeof summary === 'string' && { summary: JSON.parse(summary) as TraceDocument }),
  });
}

/** By id; of two with the same id the later. */
function observationsOf(db: Database, trace: string): Observation[] {
  const all = db
    .all('SELECT common, numbers FROM batches WHERE trace = ? ORDER BY last', trace)
    .flatMap(observationsIn);
  return [...new Map(all.map((o) => [o.id, o])).values()].sort((a, b) => a.id - b.id);
}

/** When it began, ended, or was last heard of. */
export function times(row: Row): Pick<Trace, 'startedAt' | 'endedAt' | 'interruptedAt'> {
  const { started_at: startedAt, ended_at: endedAt, interrupted_at: interruptedAt } = row;
  return {
    startedAt: Number(startedAt),
    ...(typeof endedAt === 'number' && { endedAt }),
    ...(typeof interruptedAt === 'number' && { interruptedAt }),
  };
}
