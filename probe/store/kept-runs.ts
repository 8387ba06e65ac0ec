// What did single commands and deploys record? The runs under DATA/runs, each in a store of its own.
import { setImmediate as anotherTurn } from 'node:timers/promises';
import { overAtLeast, running, unreadable, type Keeper, type Listing, type Refused } from './keeper.ts';
import { peek } from './peek.ts';
import { traceOf } from './recorded.ts';
import { aboutRun, removeRun, runFolder, runIds } from './run-folder.ts';
import { summaries, type TraceSummary } from './summaries.ts';

/** Remembers the lines of runs that are over: they never change. */
export function keptRuns(data: string): Keeper {
  const over = new Map<string, TraceSummary>();

  async function lineOf(id: string): Promise<TraceSummary | Refused | undefined> {
    const known = over.get(id);
    if (known !== undefined) return known;
    const peeked = peek(runFolder(data, id), summaries);
    if (peeked === 'absent') return undefined;
    if (peeked === 'busy') {
      const about = await aboutRun(data, id);
      return about && { ...about, state: 'running' };
    }
    if ('unreadable' in peeked) return unreadable(id, peeked.unreadable);
    const line = peeked.value[0];
    if (line !== undefined) over.set(id, overAtLeast(line));
    return over.get(id);
  }

  async function list(): Promise<Listing> {
    const traces: TraceSummary[] = [];
    let elsewhere: string | undefined;
    const ids = new Set(await runIds(data));
    for (const id of over.keys()) if (!ids.has(id)) over.delete(id);
    for (const id of ids) {
      // opening a file takes its time, and whoever lists may have other things to do
      if (!over.has(id)) await anotherTurn();
      const line = await lineOf(id);
      if (line === undefined) continue;
      if ('problem' in line) elsewhere ??= line.problem;
      else traces.push(line);
    }
    return { traces, ...(elsewhere !== undefined && { elsewhere }) };
  }

  const has = async (id: string): Promise<boolean> => (await runIds(data)).includes(id);

  return {
    list,
    async read(id) {
      if (!(await has(id))) return undefined;
      const peeked = peek(runFolder(data, id), (db) => traceOf(db, id));
      if (peeked === 'busy') return running(id);
      if (peeked === 'absent') return undefined;
      return 'unreadable' in peeked ? unreadable(id, peeked.unreadable) : peeked.value;
    },
    async forget(id) {
      if (!(await has(id))) return undefined;
      if (peek(runFolder(data, id), () => true) === 'busy') return running(id);
      await removeRun(data, id);
      over.delete(id);
      return true;
    },
  };
}
