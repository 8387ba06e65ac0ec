// Are the forecasts right? Deploys through real stacks, forecast after forecast held against what an independent poller saw.
//   npm run truth -- [--deploys 50] [--stacks embedded,varnish+nginx] [--at-once 6] [--seed 1]
// And are the flips that a purge brings seen where they were?
//   npm run truth -- --purges 200 [--stack varnish,nginx] [--budget 200] [--seed 1]
//   npm run truth -- --faults 20 [--fault purge-race] [--healthy 100] [--at-once 4]    are faults named right?
//   npm run truth -- --kills 200 [--at-once 4]    what is left of traces that are killed?
import { Command } from 'commander';
import { createExchanger } from '../../probe/exchange/exchange.ts';
import { createGuard } from '../../probe/exchange/guard.ts';
import { startLab } from '../../probe/lab/lab.ts';
import { namedBy } from '../../probe/trace/session.ts';
import { deployOnce, type Knowledge, type Outcome } from './deploy-once.ts';
import { faultsMain, type FaultOptions } from './faults-main.ts';
import { killsMain, type KillsOptions } from './kills.ts';
import { purgesMain, type PurgesOptions } from './purges.ts';
import { scoreStack, type StackScore } from './score.ts';

const options = new Command()
  .option('--deploys <n>', 'deploys for each stack and each state of knowledge', '50')
  .option('--stacks <list>', 'embedded, or real daemons joined by +, outermost first', 'embedded,varnish+nginx')
  .option('--at-once <n>', 'deploys of different pages under way at the same time', '6')
  .option('--seed <n>', 'of the lifetimes and phases', '1')
  .option('--verbose', 'a line for each flip, or for each run')
  .option('--faults <n>', 'instead: runs of each staged fault')
  .option('--fault <id>', 'only this one')
  .option('--healthy <n>', 'instead: purges in which nothing is wrong')
  .option('--kills <n>', 'instead: traces that purge, each killed at a random moment')
  .option(
    '--purges <n>',
    'instead: traced purges, each flip held against what went through a gate in front of the node',
  )
  .option('--stack <list>', 'of the purges: products, outermost first', 'varnish,nginx')
  .option('--budget <n>', 'of the purges: requests a second to each node', '200')
  .parse()
  .opts<FaultOptions & KillsOptions & PurgesOptions & { deploys: string; stacks: string; atOnce: string }>();

if (options.faults !== undefined || options.healthy !== undefined) process.exit(await faultsMain(options));
if (options.kills !== undefined) process.exit(await killsMain(options));
if (options.purges !== undefined) process.exit(await purgesMain(options));

const scores: StackScore[] = [];
for (const stack of options.stacks.split(',')) scores.push(...(await runStack(stack)));
console.table(scores.map(({ missed, ...row }) => ({ ...row, missed: missed.length })));
const bad = scores.filter(
  (s) => s.missed.length > 0 || s.flips === 0 || (s.knowledge === 'watched' && !(s.medianError < 0.1)),
);
for (const score of bad) {
  console.error(
    `${score.stack}, ${score.knowledge}: ${score.missed.length} of ${score.flips} flips outside their bounds, median error ${score.medianError.toFixed(3)} s`,
  );
  for (const miss of score.missed) console.error(JSON.stringify(miss));
}
console.log(bad.length === 0 ? 'every flip was inside its bounds' : 'NOT every forecast was right');
process.exit(bad.length === 0 ? 0 : 1);

async function runStack(stack: string): Promise<StackScore[]> {
  const lab = await startLab(stack === 'embedded' ? {} : { real: stack.split('+') });
  const exchanger = createExchanger({ guard: createGuard({ named: namedBy(lab.topology) }) });
  try {
    const found: StackScore[] = [];
    for (const knowledge of ['watched', 'asked'] as const) found.push(await runAll(stack, knowledge, lab, exchanger));
    return found;
  } finally {
    await exchanger.close();
    await lab.stop();
  }
}

async function runAll(
  stack: string,
  knowledge: Knowledge,
  lab: Awaited<ReturnType<typeof startLab>>,
  exchanger: ReturnType<typeof createExchanger>,
): Promise<StackScore> {
  const deploys = Number(options.deploys);
  const outcomes: Outcome[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < deploys; i = next++) {
      const lifetime = 2 + ((i * 7 + Number(options.seed)) % 19);
      const before = lifetime * (1 + ((i * 0.618) % 1)) + 1;
      const site = `${knowledge}-${i}`;
      const run = { lab, exchanger, lifetime, site, knowledge, before, asking: Math.min(4, lifetime / 2), gap: 0.02 };
      const seen = await deployOnce(run);
      outcomes.push(...seen);
      if (options.verbose) for (const o of seen) console.log(line(o));
    }
  };
  await Promise.all(Array.from({ length: Number(options.atOnce) }, worker));
  return scoreStack(stack, knowledge, deploys, outcomes);
}

function line({ lifetime, node, forecast, flippedAt }: Outcome): string {
  const at = (seconds: number | undefined) =>
    seconds === undefined ? 'open' : `+${(seconds - forecast.madeAt).toFixed(3)}`;
  const said = `${at(forecast.earliest)} ${at(forecast.median)} ${at(forecast.latest)}`;
  return `life ${lifetime} ${node}: forecast ${said}, flipped ${at(flippedAt.earliest)} to ${at(flippedAt.latest)}`;
}
