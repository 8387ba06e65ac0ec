// Where do traces live? One SQLite file in one folder; a message is acknowledged only after its commit.
import { randomBytes } from 'node:crypto';
import type { Instant } from '../../shared/model/interval.ts';
import type { Topology } from '../../shared/topology.ts';
import type { LiveMessage, Trace } from '../../shared/trace.ts';
import type { Database } from './driver.ts';
import { closeFile, openFile } from './open-file.ts';
import { lastInstant, messagesSince, summaries, traceOf } from './recorded.ts';
import type { Stored, TraceSummary } from './recorded.ts';
import { trimObservations, trimTraces } from './retention.ts';
import { StoreFull } from './store-error.ts';
import { writerOn } from './writer.ts';
import type { Writer } from './writer.ts';

export interface Store {
  /** Starts a trace and resolves with its id: 128 random bits, safe in a URL. */
  beginTrace(topology: Topology, startedAt: Instant): Promise<string>;
  /**
   * Resolves after the commit with the message's sequence, which increases over all traces. A message with the type and
   * id of an earlier one replaces it (a receipt its intent, a scored forecast the bare one). Rejects with StoreFull.
   */
  append(trace: string, message: LiveMessage): Promise<number>;
  endTrace(trace: string, at: Instant): Promise<void>;
  /** Messages after `sequence`, oldest first, of one trace or of all. */
  since(sequence: number, limit: number, trace?: string): Stored[];
  /** The newest sequence; 0 when there is none. */
  lastSequence(): number;
  /** Retention has dropped messages of this trace up to this sequence: a replay from before it has a gap. */
  droppedThrough(trace: string): number;
  readTrace(id: string): Trace | undefined;
  /** Newest first. */
  listTraces(): TraceSummary[];
  /** `read-only` after a write found the disk full, until one succeeds. */
  status(): 'ok' | 'read-only';
  /** Tries a small write, and says whether writing works (again). */
  tryWriting(): Promise<boolean>;
  /** Commits what is queued and lets the folder go. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** The newest observations kept for each trace (up to a twentieth more between two trims). Default 20,000. */
  readonly keepObservations?: number;
  /** Default 200. */
  readonly keepTraces?: number;
}

/** Opens the folder's store and marks traces that never ended as interrupted. Throws StoreUnusable. */
export async function openStore(folder: string, options: StoreOptions = {}): Promise<Store> {
  const db = openFile(folder);
  const writer = writerOn(db, folder);
  // on a full disk this waits for the next start; reading still works
  await writer.write(() => markInterrupted(db)).catch(unlessFull);
  return { ...recording(db, writer, options), ...reading(db), ...keeping(db, writer, folder) };
}

type Recording = Pick<Store, 'beginTrace' | 'append' | 'endTrace'>;

function recording(db: Database, writer: Writer, options: StoreOptions): Recording {
  const { keepObservations = 20_000, keepTraces = 200 } = options;
  /** Observations held, for each trace that is open. */
  const open = new Map<string, number>();

  async function beginTrace(topology: Topology, startedAt: Instant): Promise<string> {
    const id = randomBytes(16).toString('base64url');
    await writer.write(() => {
      db.all(
        'INSERT INTO traces (id, started_at, title, topology) VALUES (?, ?, ?, ?)',
        id,
        startedAt,
        topology.title ?? null,
        JSON.stringify(topology),
      );
      trimTraces(db, keepTraces);
    });
    open.set(id, 0);
    return id;
  }

  function append(trace: string, message: LiveMessage): Promise<number> {
    if (!open.has(trace)) throw new Error(`Trace ${trace} is not open.`);
    const json = JSON.stringify(message.data);
    return writer.write(() => {
      const sequence = insert(db, trace, message, json);
      if (message.type === 'observation') count(trace);
      return sequence;
    });
  }

  function count(trace: string): void {
    const held = (open.get(trace) ?? 0) + 1;
    const over = held > keepObservations + Math.floor(keepObservations / 20);
    if (over) trimObservations(db, trace, keepObservations);
    open.set(trace, over ? keepObservations : held);
  }

  async function endTrace(trace: string, at: Instant): Promise<void> {
    await writer.write(() => db.all('UPDATE traces SET ended_at = ? WHERE id = ?', at, trace));
    open.delete(trace);
  }

  return { beginTrace, append, endTrace };
}

function insert(db: Database, trace: string, message: LiveMessage, json: string): number {
  const [row] = db.all(
    'INSERT OR REPLACE INTO messages (trace, type, item, at, json) VALUES (?, ?, ?, ?, ?) RETURNING sequence',
    trace,
    message.type,
    message.data.id,
    lastInstant(message),
    json,
  );
  return Number(row?.['sequence']);
}

type Reading = Pick<Store, 'since' | 'lastSequence' | 'droppedThrough' | 'readTrace' | 'listTraces'>;

function reading(db: Database): Reading {
  return {
    since: (sequence, limit, trace) => messagesSince(db, sequence, limit, trace),
    // the table of AUTOINCREMENT remembers the highest even where its row was dropped
    lastSequence: () => Number(db.all(`SELECT seq FROM sqlite_sequence WHERE name = 'messages'`)[0]?.['seq'] ?? 0),
    droppedThrough: (trace) =>
      Number(db.all('SELECT dropped_through AS d FROM traces WHERE id = ?', trace)[0]?.['d'] ?? 0),
    readTrace: (id) => traceOf(db, id),
    listTraces: () => summaries(db),
  };
}

type Keeping = Pick<Store, 'status' | 'tryWriting' | 'close'>;

function keeping(db: Database, writer: Writer, folder: string): Keeping {
  return {
    status: () => (writer.full() ? 'read-only' : 'ok'),
    tryWriting: () =>
      writer
        .write(() => db.all('UPDATE traces SET dropped_through = dropped_through'))
        .then(() => true)
        .catch(unlessFull)
        .then((written) => written === true),
    close: async () => {
      writer.flush();
      closeFile(db, folder);
    },
  };
}

function unlessFull(error: unknown): undefined {
  if (!(error instanceof StoreFull)) throw error;
}

/** A trace without an end belongs to a process that died: its last certain instant is its newest message's. */
function markInterrupted(db: Database): void {
  db.all(
    `UPDATE traces SET interrupted_at =
       max(started_at, coalesce((SELECT max(at) FROM messages WHERE trace = traces.id), started_at))
     WHERE ended_at IS NULL AND interrupted_at IS NULL`,
  );
}
