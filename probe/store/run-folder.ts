// Where do runs lie on disk, and what is known of one without its database? DATA/runs/ID, with a line about it beside.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../../shared/model/interval.ts';
import type { Topology } from '../../shared/topology.ts';
import type { Run } from '../../shared/trace.ts';
import { StoreFull, StoreUnusable } from './store-error.ts';
import { placesIn, type TraceSummary } from './summaries.ts';

export interface RunBegun {
  readonly run: Run;
  readonly topology: Topology;
  readonly startedAt: Instant;
}

export const runsFolder = (data: string): string => join(data, 'runs');
export const runFolder = (data: string, id: string): string => join(runsFolder(data), id);

/** The folders that are named as runs are. */
export async function runIds(data: string): Promise<string[]> {
  const entries = await readdir(runsFolder(data)).catch(() => []);
  return entries.filter((name) => /^[\w-]{22}$/.test(name));
}

/** What is known of a run without its database, which nobody else can read while it is written. */
export type AboutRun = Pick<TraceSummary, 'id' | 'kind' | 'startedAt' | 'title' | 'expect' | 'targets' | 'layerIds'>;

export function aboutOf(id: string, { run, topology, startedAt }: RunBegun): AboutRun {
  return {
    id,
    kind: run.kind,
    startedAt,
    ...(topology.title !== undefined && { title: topology.title }),
    ...(run.expect !== undefined && { expect: run.expect }),
    ...placesIn(topology),
  };
}

/** Makes the run's folder. Rejects with StoreUnusable or StoreFull. */
export async function makeRunFolder(folder: string, about: AboutRun): Promise<void> {
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
