// Which faults are staged how often, and what came of it?
import type { Staged } from './faults-scene.ts';
import { faults, healthy } from './faults-staged.ts';
import { storyOf } from './faults-story.ts';
import { isRight, judgedText, runMany, startStacks, type Judged } from './faults.ts';

export interface FaultOptions {
  /** Runs of each fault. */
  readonly faults?: string;
  /** Only this one. */
  readonly fault?: string;
  /** Runs in which nothing is wrong. */
  readonly healthy?: string;
  readonly seed: string;
  readonly atOnce: string;
  readonly verbose?: boolean;
}

/** Stages them, prints a line for each run that was judged wrong and a table, and resolves with the exit code. */
export async function faultsMain(options: FaultOptions): Promise<number> {
  const { fault: only, seed, atOnce, verbose } = options;
  const chosen = Object.entries(faults).filter(([name]) => only === undefined || only === name);
  if (chosen.length === 0) throw new Error(`there is no fault "${only}"; there is: ${Object.keys(faults).join(', ')}`);
  const jobs = [
    ...(options.faults === undefined
      ? []
      : chosen.map(([name, fault]) => ({ name, fault, runs: Number(options.faults) }))),
    ...(options.healthy === undefined ? [] : [{ name: 'healthy', fault: healthy, runs: Number(options.healthy) }]),
  ];
  const stacks = await startStacks();
  const all: Judged[] = [];
  try {
    for (const job of jobs) {
      const onRun = (judged: Judged, { session }: Staged) => {
        if (verbose === true || !isRight(judged)) console.log(judgedText(judged));
        if (!isRight(judged)) console.log(storyOf(session).join('\n'));
      };
      all.push(...(await runMany({ ...job, seed: Number(seed), atOnce: Number(atOnce), onRun }, stacks)));
    }
  } finally {
    for (const stack of stacks) await stack.stop();
  }
  console.table(
    jobs.map(({ name }) =>
      totals(
        name,
        all.filter((j) => j.name === name),
      ),
    ),
  );
  const wrong = all.filter((j) => !isRight(j)).length;
  console.log(
    wrong === 0
      ? `every one of ${all.length} runs was told right`
      : `${wrong} of ${all.length} runs were NOT told right`,
  );
  return wrong === 0 ? 0 : 1;
}

function totals(name: string, runs: readonly Judged[]) {
  return {
    name,
    runs: runs.length,
    right: runs.filter(isRight).length,
    places: runs.reduce((n, r) => n + r.places, 0),
    accusedWrongly: runs.reduce((n, r) => n + r.wrongly.length, 0),
    missed: runs.reduce((n, r) => n + r.missed.length, 0),
  };
}
