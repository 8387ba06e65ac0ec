// Where does one command record? In a folder of its own, DATA/runs/ID; the lock on its database says that it is still alive.
import type { TraceDocument } from '../../shared/api.ts';
import type { LiveMessage } from '../../shared/trace.ts';
import { wallNow } from '../exchange/clock.ts';
import { aboutOf, makeRunFolder, runFolder, type RunBegun } from './run-folder.ts';
import { trimRuns, type KeepRuns } from './runs-retention.ts';
import { StoreFull } from './store-error.ts';
import { newId, openStore } from './store.ts';

/** The newest observations that one run keeps. */
const KEEP_OBSERVATIONS = 1_000_000;

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

/**
 * Starts recording a run, and drops old ones that need not be kept. Rejects with StoreUnusable or StoreFull where nothing
 * can be kept in `data`.
 */
export async function beginRun(data: string, begun: RunBegun, keep: KeepRuns = {}): Promise<RecordedRun> {
  await trimRuns(data, keep, begun.startedAt);
  const id = newId();
  const folder = runFolder(data, id);
  await makeRunFolder(folder, aboutOf(id, begun));
  const store = await openStore(folder, { keepObservations: KEEP_OBSERVATIONS, keepTraces: 1 });
  try {
    await store.beginTrace(begun.topology, begun.startedAt, { id, run: begun.run });
  } catch (error) {
    await store.close();
    throw error;
  }
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

function unlessFull(error: unknown): false {
  if (error instanceof StoreFull) return false;
  throw error;
}
