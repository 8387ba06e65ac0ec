// Where do traces live? One SQLite file in one folder; a message is acknowledged only after its commit.
import { randomBytes } from 'node:crypto';
import type { TraceDocument } from '../../shared/api.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Topology } from '../../shared/topology.ts';
import type { LiveMessage, Run, Trace } from '../../shared/trace.ts';
import { Conversation } from './conversation.ts';
import type { Stored } from './recorded.ts';
import { StoreFull } from './store-error.ts';
import { outlineOf, type TraceSummary } from './summaries.ts';
import { writeOf } from './write.ts';
import { writerOn } from './writer.ts';
import type { Writer } from './writer.ts';

export interface Store {
  /** Starts a trace and resolves with its id: `newId()` unless one is given. */
  beginTrace(
    topology: Topology,
    startedAt: Instant,
    asked?: { readonly id?: string; readonly run?: Run },
  ): Promise<string>;
  /**
   * Resolves after the commit with the message's sequence, which increases over all traces. A message with the type and
   * id of an earlier one replaces it (a receipt its intent, a scored forecast the bare one); an observation, which has
   * no reason to be said twice, does so when the trace is read. Rejects with StoreFull.
   */
  append(trace: string, message: LiveMessage): Promise<number>;
  /** With what was said at its end, where something was. */
  endTrace(trace: string, at: Instant, summary?: TraceDocument): Promise<void>;
  /** Drops a trace that is over. Resolves with false where there is none of this id, or it is still open. */
  forgetTrace(id: string): Promise<boolean>;
  /**
   * Messages after `sequence`, oldest first, of one trace or of all. Whatever is committed after this was read is
   * acknowledged after it resolves.
   */
  since(sequence: number, limit: number, trace?: string): Promise<Stored[]>;
  /** The newest sequence that was acknowledged, or found when the store was opened; 0 when there is none. */
  lastSequence(): number;
  /** Retention has dropped messages of this trace up to this sequence: a replay from before it has a gap. */
  droppedThrough(trace: string): Promise<number>;
  readTrace(id: string): Promise<Trace | undefined>;
  /** Newest first. */
  listTraces(): Promise<TraceSummary[]>;
  /** `read-only` after a write found the disk full, until one succeeds. */
  status(): 'ok' | 'read-only';
  /** Tries a small write, and says whether writing works (again). */
  tryWriting(): Promise<boolean>;
  /** Commits what is queued and lets the folder go. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /**
   * The newest observations kept for each trace; up to a twentieth and one batch more, because whole batches are dropped.
   * Default 20,000.
   */
  readonly keepObservations?: number;
  /** The newest events, receipts and forecasts kept for each trace; up to a twentieth more. Default 100,000. */
  readonly keepMessages?: number;
  /** Default 200. */
  readonly keepTraces?: number;
}

/** Opens the folder's store and marks traces that never ended as interrupted. Rejects with StoreUnusable. */
export async function openStore(folder: string, options: StoreOptions = {}): Promise<Store> {
  const {
    keepObservations: observations = 20_000,
    keepMessages: messages = 100_000,
    keepTraces: traces = 200,
  } = options;
  const thread = new Conversation({ folder, keep: { observations, messages, traces } });
  let newest = await thread.opened;
  const writer = writerOn(async (writes) => {
    const sequences = await thread.write(writes);
    newest = sequences.at(-1) ?? newest;
    return sequences;
  });
  return {
    ...recording(writer, async (id) => (await thread.ask('listTraces')).some((t) => t.id === id)),
    since: (sequence, limit, trace) => thread.ask('since', sequence, limit, trace),
    lastSequence: () => newest,
    droppedThrough: (trace) => thread.ask('droppedThrough', trace),
    readTrace: (id) => thread.ask('readTrace', id),
    listTraces: () => thread.ask('listTraces'),
    status: () => (writer.full() ? 'read-only' : 'ok'),
    tryWriting: () => writer.write({ verb: 'try' }).then(() => true, unlessFull),
    close() {
      writer.flush();
      return thread.close();
    },
  };
}

/** 128 random bits, safe in a URL, in a file's name and, as it never begins with a dash, on a command line. */
export function newId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newId() : id;
}

type Recording = Pick<Store, 'beginTrace' | 'append' | 'endTrace' | 'forgetTrace'>;

function recording(writer: Writer, exists: (id: string) => Promise<boolean>): Recording {
  const open = new Set<string>();
  return {
    async beginTrace(topology, at, { id: trace = newId(), run } = {}) {
      await writer.write({ verb: 'begin', trace, topology, at, ...(run !== undefined && { run }) });
      open.add(trace);
      return trace;
    },
    append(trace, message) {
      if (!open.has(trace)) throw new Error(`Trace ${trace} is not open.`);
      return message.type === 'observation'
        ? writer.observe(trace, message.data)
        : writer.write(writeOf(trace, message));
    },
    async endTrace(trace, at, summary) {
      const said = summary && { summary: JSON.stringify(summary), outline: JSON.stringify(outlineOf(summary)) };
      await writer.write({ verb: 'end', trace, at, ...(said !== undefined && { said }) });
      open.delete(trace);
    },
    async forgetTrace(trace) {
      if (open.has(trace) || !(await exists(trace))) return false;
      await writer.write({ verb: 'forget', trace });
      return true;
    },
  };
}

function unlessFull(error: unknown): false {
  if (!(error instanceof StoreFull)) throw error;
  return false;
}
