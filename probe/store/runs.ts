// Where does one command record? In a folder of its own, DATA/runs/ID; the lock on its database says that it is still alive.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TraceDocument } from '../../shared/api.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Topology } from '../../shared/topology.ts';
import type { LiveMessage, Run } from '../../shared/trace.ts';
import { wallNow } from '../exchange/clock.ts';
import { StoreFull, StoreUnusable } from './store-error.ts';
import { newId, openStore } from './store.ts';
import { placesIn, type TraceSummary } from './summaries.ts';

/** The newest observations that one run keeps. */
const KEEP_OBSERVATIONS = 1_000_000;

export interface RunBegun {
  readonly run: Run;
  readonly topology: Topology;
  readonly startedAt: Instant;
}

export interface RecordedRun {
  readonly id: string;
  /** Resolves after the commit with the message's sequence. Rejects with StoreFull, when nothing was kept. */
  readonly record: (message: LiveMessage) => Promise<number>;
  /**
   * Closes the run with what was said at its end; only the first call counts. Resolves with false where the disk had no
   * room for it: the run is then found interrupted.
   */
  end(summary?: TraceDocument): Promise<boolean>;
}

export const runsFolder = (data: string): string => join(data, 'runs');
export const runFolder = (data: string, id: string): string => join(runsFolder(data), id);

/** Starts recording a run. Rejects with StoreUnusable or StoreFull where nothing can be kept in `data`. */
export async function beginRun(data: string, begun: RunBegun): Promise<RecordedRun> {
  const id = newId();
  const folder = runFolder(data, id);
  await written(folder, aboutOf(id, begun));
  const store = await openStore(folder, { keepObservations: KEEP_OBSERVATIONS, keepTraces: 1 });
  await store.beginTrace(begun.topology, begun.startedAt, { id, run: begun.run });
  let ending: Promise<boolean> | undefined;
  const finish = async (summary?: TraceDocument): Promise<boolean> => {
    const kept = await store.endTrace(id, wallNow(), summary).then(() => true, unlessFull);
    await store.close();
    return kept;
  };
  return {
    id,
    record: (message) => store.append(id, message),
    end: (summary) => (ending ??= finish(summary)),
  };
}

/** What is known of a run without its database, which nobody else can read while it is written. */
export type AboutRun = Pick<TraceSummary, 'id' | 'kind' | 'startedAt' | 'title' | 'expect' | 'targets' | 'layerIds'>;

function aboutOf(id: string, { run, topology, startedAt }: RunBegun): AboutRun {
  return {
    id,
    kind: run.kind,
    startedAt,
    ...(topology.title !== undefined && { title: topology.title }),
    ...(run.expect !== undefined && { expect: run.expect }),
    ...placesIn(topology),
  };
}

async function written(folder: string, about: AboutRun): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, 'about.json'), `${JSON.stringify(about)}\n`, { mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new StoreFull(folder);
    throw new StoreUnusable(`Nothing can be recorded in ${folder} (${code ?? String(error)}).`);
  }
}

/** Undefined where the folder is none of a run, or its begin was never written whole. */
export async function aboutRun(data: string, id: string): Promise<AboutRun | undefined> {
  try {
    return JSON.parse(await readFile(join(runFolder(data, id), 'about.json'), 'utf8')) as AboutRun;
  } catch {
    return undefined;
  }
}

/** Takes a run's folder away; first out of sight, so that nobody finds half of it. */
export async function removeRun(data: string, id: string): Promise<void> {
  const gone = join(runsFolder(data), `.gone-${id}`);
  await rename(runFolder(data, id), gone);
  await rm(gone, { recursive: true, force: true });
}

function unlessFull(error: unknown): false {
  if (error instanceof StoreFull) return false;
  throw error;
}
