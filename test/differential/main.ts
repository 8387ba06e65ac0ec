// Does each product do what its model says? Random scenarios through the real daemon, and at the same instants on the model.
//   npm run differential -- --product nginx [--steps 2000] [--seed 1] [--at-once 40] [--policy cap=2,grace=1] [--setting all] [--keep] [--json]
import { Command } from 'commander';
import { policy } from '../../probe/cli/options.ts';
import { wallNow } from '../../probe/exchange/clock.ts';
import type { Policy } from '../../shared/topology.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Comparison, Disagreement } from './compare.ts';
import { generate } from './generate.ts';
import { explained, knownOf } from './known.ts';
import type { KnownDisagreement } from './known.ts';
import { productNames, productOf } from './products.ts';
import type { Product } from './products.ts';
import { keepRegression, regressionsOf } from './regressions.ts';
import { asYaml, counted, labelOf, shapeOf } from './report.ts';
import { openSession, since } from './session.ts';
import type { Session } from './session.ts';
import { settingNames, settingOf } from './settings.ts';
import { shrink } from './shrink.ts';
import type { Finding } from './shrink.ts';

const options = new Command()
  .option('--product <name>', `all, or one of ${productNames().join(', ')}; several with commas`, 'all')
  .option('--steps <n>', 'steps to compare, at least', '2000')
  .option('--seed <n>', 'of the scenarios', '1')
  .option('--at-once <n>', 'scenarios that are played at the same time', '40')
  .option('--policy <settings>', "beside the lab's own for the product: cap=2s,grace=1s", policy)
  .option('--setting <name>', `in place of a product: all, or one of ${settingNames().join(', ')}; several with commas`)
  .option('--shrink <n>', 'how many unexplained disagreements are made small', '8')
  .option('--keep', 'what was made small is written to test/differential/regressions, where it must agree in each run')
  .option('--json', 'one JSON document in place of the tables')
  .parse()
  .opts<{
    product: string;
    steps: string;
    seed: string;
    atOnce: string;
    policy?: Policy;
    setting?: string;
    shrink: string;
    keep?: boolean;
    json?: boolean;
  }>();

interface Summary {
  readonly product: string;
  readonly setting?: string;
  readonly skipped?: string;
  readonly seed: number;
  readonly scenarios: number;
  readonly steps: number;
  readonly agreed: number;
  readonly disagreed: number;
  readonly explained: number;
  /** Not counted: steps after a disagreement, and those that hung on a few milliseconds. */
  readonly after: number;
  readonly unclear: number;
  /** Unexplained, and not seen again when played a second time. */
  readonly unsteady: number;
  readonly agreement: number;
  readonly seconds: number;
  readonly kinds: readonly [label: string, count: number][];
  readonly known: readonly [id: string, count: number][];
  /** Entries of the file that explained nothing in this run. */
  readonly unused: readonly string[];
  readonly examples: readonly string[];
}

const summaries: Summary[] = [];
for (const played of options.setting === undefined ? plainRuns() : settingRuns(options.setting))
  summaries.push(await run(played));
if (options.json) console.log(JSON.stringify(summaries, null, 2));
process.exit(summaries.some(isBad) ? 1 : 0);

/** A product, and the name of the setting with which it runs. */
interface Played {
  readonly product: Product;
  readonly setting?: string;
  readonly known: readonly KnownDisagreement[];
}

function plainRuns(): Played[] {
  const daemons = productNames().filter((name) => !name.startsWith('lab:'));
  const names = options.product === 'all' ? daemons : options.product.split(',');
  return names.map((name) => ({ product: productOf(name, options.policy), known: knownOf(name) }));
}

function settingRuns(written: string): Played[] {
  const settings = (written === 'all' ? settingNames() : written.split(',')).map(settingOf);
  return settings.map(({ name, product, policy, known }) => ({
    product: productOf(product, policy),
    setting: name,
    known: [...knownOf(product), ...known],
  }));
}

function isBad({ disagreed, explained, unsteady, skipped }: Summary): boolean {
  return skipped === undefined ? disagreed > explained + unsteady : process.env['STRATA_REQUIRE_PEERS'] === '1';
}

async function run(played: Played): Promise<Summary> {
  const { product, setting } = played;
  const missing =
    product.missing() ?? (product.dialect === undefined ? `there is no dialect '${product.id}' yet` : undefined);
  if (missing !== undefined) return skipped(product, missing);
  const began = wallNow();
  const session = await openSession(product, Number(options.atOnce));
  try {
    const summary = { ...(await compareWith(session, played, began)), ...(setting !== undefined && { setting }) };
    show(summary);
    return summary;
  } finally {
    await session.stop();
  }
}

async function compareWith(session: Session, played: Played, began: number): Promise<Summary> {
  const { product, setting, known } = played;
  const seed = Number(options.seed);
  const generated = generate(seed, Number(options.steps), product.purges);
  const kept = regressionsOf(product.id).filter((regression) => regression.setting === setting);
  const scenarios = [...kept.map(({ scenario }) => scenario), ...generated];
  const comparisons = await session.compareAll(scenarios, progress(product, scenarios.length));
  const findings = scenarios.flatMap((scenario, i): Finding[] => {
    const { disagreement } = comparisons[i]!;
    return disagreement === undefined ? [] : [{ scenario, disagreement }];
  });
  const reasons = findings.map(({ scenario, disagreement }) => explained(known, scenario, disagreement)?.id);
  const unexplained = findings.filter((_, i) => reasons[i] === undefined);
  const steady = await thoseSeenAgain(session, unexplained);
  const sum = (count: (c: Comparison) => number): number => comparisons.reduce((total, c) => total + count(c), 0);
  const agreed = sum((c) => c.agreed);
  return {
    product: product.id,
    seed,
    scenarios: scenarios.length,
    steps: agreed + findings.length,
    agreed,
    disagreed: findings.length,
    explained: findings.length - unexplained.length,
    after: sum((c) => c.after),
    unclear: sum((c) => c.unclear),
    agreement: agreed / (agreed + findings.length),
    unsteady: unexplained.length - steady.length,
    kinds: counted(steady.map(labelOf)),
    known: counted(reasons.filter((id) => id !== undefined)),
    unused: known.map(({ id }) => id).filter((id) => !reasons.includes(id)),
    examples: await smallExamples(session, played, steady),
    seconds: since(began),
  };
}

/** A daemon does not always do the same: what is held against the model must be seen a second time. */
async function thoseSeenAgain(session: Session, findings: readonly Finding[]): Promise<Finding[]> {
  const again = await session.compareAll(findings.map(({ scenario }) => scenario));
  return findings.filter(({ disagreement }, i) => {
    const seen = again[i]!.disagreement;
    return seen?.step === disagreement.step && seen.kind === disagreement.kind;
  });
}

/** Some of each label, more of the frequent ones; what turns out to be alike once it is small is shown once. */
async function smallExamples(session: Session, played: Played, findings: readonly Finding[]): Promise<string[]> {
  const { product, setting, known } = played;
  const playAll = async (scenarios: readonly Scenario[]): Promise<(Disagreement | undefined)[]> => {
    const comparisons = await session.compareAll(scenarios);
    return comparisons.map(({ disagreement }, i) =>
      disagreement === undefined || explained(known, scenarios[i]!, disagreement) ? undefined : disagreement,
    );
  };
  const small = await Promise.all(chosen(findings, Number(options.shrink)).map((found) => shrink(found, playAll)));
  const unlike = new Map(small.map((found) => [`${labelOf(found)} ${shapeOf(found.scenario)}`, found]));
  return [...unlike.values()].map((found) => {
    if (options.keep) keepRegression(product.id, found, setting);
    return asYaml(found, product.id);
  });
}

function chosen(findings: readonly Finding[], most: number): Finding[] {
  const labels = counted(findings.map(labelOf));
  const byLabel = labels.map(([label]) => findings.filter((finding) => labelOf(finding) === label));
  const turns = [0, 1, 2, 3].flatMap((turn) => byLabel.flatMap((alike) => alike.slice(turn, turn + 1)));
  return turns.slice(0, most);
}

function skipped(product: Product, because: string): Summary {
  process.stderr.write(`skipped ${product.id}: ${because}\n`);
  const nothing = {
    scenarios: 0,
    steps: 0,
    agreed: 0,
    disagreed: 0,
    explained: 0,
    after: 0,
    unclear: 0,
    unsteady: 0,
    seconds: 0,
  };
  const lists = { agreement: 0, kinds: [], known: [], unused: [], examples: [] };
  return { product: product.id, skipped: because, seed: Number(options.seed), ...nothing, ...lists };
}

function progress(product: Product, of: number): () => void {
  let done = 0;
  return () => {
    done += 1;
    if (process.stderr.isTTY) process.stderr.write(`\r${product.id}: ${done} of ${of} scenarios `);
    if (done === of && process.stderr.isTTY) process.stderr.write('\n');
  };
}

function show(s: Summary): void {
  if (options.json) return;
  const percent = (s.agreement * 100).toFixed(2);
  console.log(
    `${s.setting ?? s.product}: ${percent} % of ${s.steps} steps agree (seed ${s.seed}, ${s.scenarios} scenarios, ${s.seconds} s); ` +
      `${s.disagreed} disagree, ${s.explained} of them known, ${s.unsteady} not seen again; not counted: ${s.after} after a disagreement, ${s.unclear} too close to call`,
  );
  for (const [id, count] of s.known) console.log(`  known ${String(count).padStart(5)}  ${id}`);
  if (s.unused.length > 0) console.log(`  known and not met: ${s.unused.join(', ')}`);
  for (const [label, count] of s.kinds) console.log(`  NEW   ${String(count).padStart(5)}  ${label}`);
  for (const example of s.examples) console.log(`\n${example}`);
}
