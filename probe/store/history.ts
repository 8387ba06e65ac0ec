// What was recorded before, by whichever command? All runs under DATA/runs and the traces of the service, as one list.
import type { Instant } from '../../shared/model/interval.ts';
import type { Trace } from '../../shared/trace.ts';
import { peek, type Peeked } from './peek.ts';
import { traceOf } from './recorded.ts';
import { aboutRun, removeRun, runFolder, runIds } from './run-folder.ts';
import type { Store } from './store.ts';
import { summaries, type TraceSummary } from './summaries.ts';

/** All of it must fit. Instants in seconds. */
export interface Filter {
  readonly kind?: string;
  readonly target?: string;
  readonly layer?: string;
  /** Text in its id, title, marker, targets, layers or causes; upper and lower case are one. */
  readonly search?: string;
  /** Still going on, or recorded, at this instant or later. */
  readonly since?: Instant;
  /** Begun at this instant or before. */
  readonly until?: Instant;
  /** The newest so many. */
  readonly limit?: number;
}

export interface Listing {
  /** Newest first. */
  readonly traces: readonly TraceSummary[];
  /** What could not be read, and why: one sentence. */
  readonly elsewhere?: string;
}

/** Why there is nothing to read or to forget; `problem` is one sentence. */
export interface Refused {
  readonly why: 'unknown' | 'ambiguous' | 'running' | 'unreadable';
  readonly problem: string;
}

export interface History {
  list(filter?: Filter): Promise<Listing>;
  /** The trace with this id, or the only one whose id begins so. */
  find(id: string): Promise<TraceSummary | Refused>;
  /** The whole trace of this very id. */
  read(id: string): Promise<Trace | Refused>;
  /** Drops the trace of this very id, unless it is still being recorded. */
  forget(id: string): Promise<true | Refused>;
}

/** @param service The service's own store, where this process has it open; else it is read from `data` if nobody else has. */
export function openHistory(data: string, service?: Store): History {
  const runs = runReader(data);

  async function list(filter: Filter = {}): Promise<Listing> {
    const own = await serviceTraces(data, service);
    const { lines, unreadable } = await runs.all();
    const traces = [...own.traces, ...lines]
      .filter((line) => fits(line, filter))
      .sort((a, b) => b.startedAt - a.startedAt)
      .slice(0, filter.limit);
    const elsewhere = own.elsewhere ?? unreadable;
    return { traces, ...(elsewhere !== undefined && { elsewhere }) };
  }

  async function find(id: string): Promise<TraceSummary | Refused> {
    const { traces } = await list();
    const found = traces.filter((t) => t.id.startsWith(id));
    const exact = found.find((t) => t.id === id) ?? (found.length === 1 ? found[0] : undefined);
    if (exact !== undefined) return exact;
    if (found.length === 0) return unknown(id);
    const some = found.slice(0, 5).map((t) => t.id);
    return {
      why: 'ambiguous',
      problem: `${found.length} traces begin with ${id}: ${some.join(', ')}; write more of it.`,
    };
  }

  async function read(id: string): Promise<Trace | Refused> {
    if (service !== undefined) {
      const own = await service.readTrace(id);
      if (own !== undefined) return own;
    }
    const run = await runs.folderOf(id);
    const read = peek(run ?? data, (db) => traceOf(db, id));
    if (run === undefined && (typeof read === 'string' || 'unreadable' in read)) return unknown(id);
    return valueOf(read, id);
  }

  async function forget(id: string): Promise<true | Refused> {
    if ((await runs.folderOf(id)) !== undefined) return runs.forget(id);
    if (service !== undefined) return forgetIn(service, id);
    if (peek(data, (db) => db.all('SELECT 1 FROM traces WHERE id = ?', id).length) === 'busy') return busyService(data);
    const { openStore } = await import('./store.ts');
    const store = await openStore(data);
    try {
      return await forgetIn(store, id);
    } finally {
      await store.close();
    }
  }

  return { list, find, read, forget };
}

const unknown = (id: string): Refused => ({ why: 'unknown', problem: `There is no trace ${id}.` });
const running = (id: string): Refused => ({ why: 'running', problem: `The trace ${id} is still being recorded.` });
const busyService = (data: string): Refused => ({ why: 'running', problem: serviceHas(data) });
const serviceHas = (data: string): string =>
  `A service records into ${data} and has its own traces open; see them in its page, or over HTTP.`;

function valueOf<T>(peeked: Peeked<T | undefined>, id: string): T | Refused {
  if (peeked === 'busy') return running(id);
  if (peeked === 'absent') return unknown(id);
  if ('unreadable' in peeked)
    return { why: 'unreadable', problem: `The trace ${id} cannot be read: ${peeked.unreadable}` };
  return peeked.value ?? unknown(id);
}

async function forgetIn(store: Store, id: string): Promise<true | Refused> {
  if (await store.forgetTrace(id)) return true;
  const known = (await store.listTraces()).some((t) => t.id === id);
  return known ? running(id) : unknown(id);
}

async function serviceTraces(data: string, service: Store | undefined): Promise<Listing> {
  if (service !== undefined) return { traces: await service.listTraces() };
  const peeked = peek(data, summaries);
  if (peeked === 'absent') return { traces: [] };
  if (peeked === 'busy') return { traces: [], elsewhere: serviceHas(data) };
  if ('unreadable' in peeked)
    return { traces: [], elsewhere: `The traces of the service cannot be read: ${peeked.unreadable}` };
  return { traces: peeked.value.map(overAtLeast) };
}

/** Nobody records any more, even where a full disk kept that from being written down. */
const overAtLeast = (line: TraceSummary): TraceSummary =>
  line.state === 'running' ? { ...line, state: 'interrupted' } : line;

interface RunReader {
  all(): Promise<{ lines: TraceSummary[]; unreadable?: string }>;
  /** Undefined where there is no such run. */
  folderOf(id: string): Promise<string | undefined>;
  forget(id: string): Promise<true | Refused>;
}

function runReader(data: string): RunReader {
  /** Lines of runs that are over: they never change. */
  const over = new Map<string, TraceSummary>();

  async function lineOf(id: string): Promise<TraceSummary | string | undefined> {
    const known = over.get(id);
    if (known !== undefined) return known;
    const peeked = peek(runFolder(data, id), summaries);
    if (peeked === 'absent') return undefined;
    if (peeked === 'busy') {
      const about = await aboutRun(data, id);
      return about && { ...about, state: 'running' };
    }
    if ('unreadable' in peeked) return `The run ${id} cannot be read: ${peeked.unreadable}`;
    const line = peeked.value[0];
    if (line !== undefined) over.set(id, overAtLeast(line));
    return over.get(id);
  }

  async function all(): Promise<{ lines: TraceSummary[]; unreadable?: string }> {
    const lines: TraceSummary[] = [];
    let unreadable: string | undefined;
    const ids = await runIds(data);
    for (const id of over.keys()) if (!ids.includes(id)) over.delete(id);
    for (const id of ids) {
      const line = await lineOf(id);
      if (typeof line === 'string') unreadable ??= line;
      else if (line !== undefined) lines.push(line);
    }
    return { lines, ...(unreadable !== undefined && { unreadable }) };
  }

  const folderOf = async (id: string): Promise<string | undefined> =>
    (await runIds(data)).includes(id) ? runFolder(data, id) : undefined;

  async function forget(id: string): Promise<true | Refused> {
    if (peek(runFolder(data, id), () => true) === 'busy') return running(id);
    await removeRun(data, id);
    over.delete(id);
    return true;
  }

  return { all, folderOf, forget };
}

function fits(line: TraceSummary, filter: Filter): boolean {
  const { kind, target, layer, search, since, until } = filter;
  if (kind !== undefined && line.kind !== kind) return false;
  if (target !== undefined && !line.targets.includes(target)) return false;
  if (layer !== undefined && !line.layerIds.includes(layer)) return false;
  if (since !== undefined && (line.endedAt ?? line.interruptedAt ?? Infinity) < since) return false;
  if (until !== undefined && line.startedAt > until) return false;
  return search === undefined || wordsOf(line).some((word) => word.toLowerCase().includes(search.toLowerCase()));
}

const wordsOf = ({ id, title, expect, targets, layerIds, causes }: TraceSummary): string[] => [
  id,
  ...(title === undefined ? [] : [title]),
  ...(expect === undefined ? [] : [expect]),
  ...targets,
  ...layerIds,
  ...(causes ?? []),
];
