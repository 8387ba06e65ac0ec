// Which runs may be forgotten? The oldest, where there are too many, they are too old, or together too large; never one that is alive.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../../shared/model/interval.ts';
import { peek } from './peek.ts';
import { aboutRun, removeRun, runFolder, runIds, runsFolder } from './run-folder.ts';

export interface KeepRuns {
  /** The newest so many. Default 200. */
  readonly runs?: number;
  /** Those begun within so many days. Default: however old. */
  readonly days?: number;
  /** The newest that together need no more than so much. Default 2 GB. */
  readonly bytes?: number;
}

interface OnDisk {
  readonly id: string;
  readonly startedAt: Instant;
  readonly bytes: number;
}

/** Drops what need not be kept, and resolves with the ids of it. The newest one always stays. */
export async function trimRuns(data: string, keep: KeepRuns, now: Instant): Promise<string[]> {
  const { runs = 200, days = Infinity, bytes = 2e9 } = keep;
  await rest(data);
  const newestFirst = (await onDisk(data)).sort((a, b) => b.startedAt - a.startedAt);
  const dropped: string[] = [];
  let held = 0;
  for (const [place, run] of newestFirst.entries()) {
    held += run.bytes;
    const over = place >= runs || now - run.startedAt > days * 86_400 || held > bytes;
    if (place === 0 || !over || peek(runFolder(data, run.id), () => true) === 'busy') continue;
    const gone = await removeRun(data, run.id).then(() => true, notOurs);
    if (!gone) continue;
    held -= run.bytes;
    dropped.push(run.id);
  }
  return dropped;
}

/** Somebody else has just dropped it, or it may not be dropped by us: then it stays. */
function notOurs(error: NodeJS.ErrnoException): false {
  if (['ENOENT', 'EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')) return false;
  throw error;
}

/** What an earlier removal left when it was broken off. */
async function rest(data: string): Promise<void> {
  const names = await readdir(runsFolder(data)).catch(() => []);
  for (const name of names.filter((n) => n.startsWith('.gone-'))) {
    await rm(join(runsFolder(data), name), { recursive: true, force: true }).catch(notOurs);
  }
}

async function onDisk(data: string): Promise<OnDisk[]> {
  const found: OnDisk[] = [];
  for (const id of await runIds(data)) {
    const folder = runFolder(data, id);
    const about = await aboutRun(data, id);
    const seen = await stat(folder).catch(() => undefined);
    if (seen === undefined) continue;
    // a run that died before it could say so is as old as its folder
    found.push({ id, startedAt: about?.startedAt ?? seen.mtimeMs / 1000, bytes: await bytesIn(folder) });
  }
  return found;
}

async function bytesIn(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map((name) =>
    stat(join(folder, name)).then(
      (s) => s.size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((a, b) => a + b, 0);
}
