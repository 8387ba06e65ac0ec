// What becomes of many traces, each killed at another moment?
import { killedTrace, type Killed, type Moment } from './killed-trace.ts';
import type { PurgedSite } from './purged-site.ts';

export interface ManyKilled {
  readonly runs: number;
  /** Lines that had been printed in all. */
  readonly acknowledged: number;
  readonly came: Readonly<Record<Killed['came'], number>>;
  readonly problems: readonly string[];
}

/** Milliseconds, at random up to these; where much happens, more of them come. */
const MOMENTS: readonly [Moment, ...Moment[]] = [
  { since: 'start', after: 1000 },
  { since: 'request', after: 500 },
  { since: 'purge', after: 40 },
  { since: 'purge', after: 400 },
];

/** @param atOnce processes under way at the same time */
export async function killMany(site: PurgedSite, folder: string, runs: number, atOnce: number): Promise<ManyKilled> {
  const came = { before: 0, watching: 0, purging: 0, after: 0 };
  const problems: string[] = [];
  let acknowledged = 0;
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < runs; i = next++) {
      const { since, after: most } = MOMENTS[i % MOMENTS.length]!;
      const after = Math.random() * most;
      const killed = await killedTrace(site, folder, `page-${i}`, { since, after });
      acknowledged += killed.acknowledged.length;
      came[killed.came] += 1;
      problems.push(...killed.problems.map((p) => `run ${i}, killed ${Math.round(after)} ms after ${since}: ${p}`));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { runs, acknowledged, came, problems };
}
