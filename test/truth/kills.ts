// What is left of many traces that purge, each killed at a random moment?
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBuilt } from '../probe/cli/killed-trace.ts';
import { killMany } from '../probe/cli/killed-traces.ts';
import { startPurgedSite } from '../probe/cli/purged-site.ts';

export interface KillsOptions {
  readonly kills?: string;
  readonly atOnce: string;
}

/** Prints what came of them, and resolves with the exit code. */
export async function killsMain({ kills, atOnce }: KillsOptions): Promise<number> {
  if (!isBuilt()) throw new Error('dist/probe is missing: run `npm run build` first');
  const folder = await mkdtemp(join(tmpdir(), 'strata-kills-'));
  const site = await startPurgedSite();
  try {
    const { problems, came, runs, acknowledged } = await killMany(site, folder, Number(kills), Number(atOnce));
    console.table([{ runs, acknowledged, ...came, problems: problems.length }]);
    for (const problem of problems) console.error(problem);
    const right = 'nothing that was said is lost, and nothing was purged twice';
    console.log(problems.length === 0 ? `${right}, in ${runs} kills` : 'NOT every kill left what it had to');
    return problems.length === 0 ? 0 : 1;
  } finally {
    await site.close();
    await rm(folder, { recursive: true });
  }
}
