// strata wait: is the change visible everywhere yet? For pipelines: it returns when it is, or says why not.
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { WaitDocument } from '../../../shared/api-wait.ts';
import { ConfigError } from '../../../shared/config-problem.ts';
import type { RecordedRun } from '../../store/runs.ts';
import type { Choice } from '../../trace/places.ts';
import type { TraceProgress } from '../../trace/propagation.ts';
import type { Session } from '../../trace/session.ts';
import { answerWait, layersNow, type WaitWanted } from '../../trace/wait.ts';
import { EXIT, type ExitCode, type Ends } from '../exit-code.ts';
import { annotationsOf, configAnnotations, inert, inertJson, writeStepFiles } from '../github.ts';
import { onInterrupt } from '../interrupt.ts';
import { deployRecorded } from '../known-events.ts';
import { requireWritable, writeJunit } from '../junit.ts';
import { type PlaceOptions, someTime, withExample, withPlaceOptions } from '../options.ts';
import { answersOnly, receiptText } from '../purge-text.ts';
import { type PurgingOptions, purgingFrom, withPurgingOptions } from '../purging.ts';
import { type RecordOptions, withRecordOptions } from '../recording.ts';
import { clean, json, print, tell } from '../terminal.ts';
import { deployTold, toldEvents, type ToldOptions, withToldOptions } from '../told.ts';
import { ndjson } from '../trace-lines.ts';
import { causeText, eventText, flipText } from '../trace-text.ts';
import { showProgress, type WaitProgress } from '../wait-progress.ts';
import { waitText } from '../wait-text.ts';
import { withSession } from '../with-session.ts';

interface WaitOptions extends PlaceOptions, ToldOptions, RecordOptions, PurgingOptions {
  readonly expect: string;
  readonly budget: number;
  readonly allVariants?: true;
  readonly alreadyOk?: true;
  readonly github?: true;
  readonly junit?: string;
}

/** Seconds. */
const BUDGET = 600;

export function addWait(program: Command, ends: Ends): void {
  const command = program.command('wait').description('for pipelines: returns when it is visible everywhere');
  command
    .requiredOption('--expect <marker>', 'the marker of the new build, such as its commit', someMarker)
    .addOption(new Option('--budget <duration>', 'the longest it may take').argParser(someTime).default(BUDGET, '10m'))
    .option('--all-variants', 'wait for every variant of a target, not only for its first')
    .option('--already-ok', 'it is no mistake if everything shows it from the start')
    .option('--github', 'workflow commands, step summary and step outputs of GitHub Actions')
    .option('--junit <file>', 'write a test report, one case a node, target and variant');
  withToldOptions(withPurgingOptions(command));
  withExample(
    withRecordOptions(withPlaceOptions(command)),
    'strata wait --expect "$SHA" --deployed "$DEPLOYED_AT" --budget 10m',
    'strata wait --expect "$SHA" --purge --all-variants --junit wait.xml',
  );
  command.action((options: WaitOptions) => ends(options.github === true ? annotated(run(options)) : run(options)));
}

function someMarker(written: string): string {
  if (written.trim() === '') throw new InvalidArgumentError('It is empty; is the variable set that it is taken from?');
  return written;
}

/** What is wrong with the configuration is shown in the run, too. */
async function annotated(work: Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ConfigError) for (const line of configAnnotations(error)) print(line);
    throw error;
  }
}

async function run(options: WaitOptions): Promise<ExitCode> {
  if (options.allVariants === true && options.variant !== undefined)
    throw new ConfigError('--all-variants and --variant exclude each other.');
  if (options.junit !== undefined) await requireWritable(options.junit);
  const { expect, purge } = options;
  return withSession(options, (session, chosen, recorded) => waiting(options, session, chosen, recorded), {
    options,
    run: { kind: 'wait', expect },
    purges: purge === true,
  });
}

async function waiting(
  options: WaitOptions,
  session: Session,
  chosen: Choice,
  recorded: RecordedRun | undefined,
): Promise<ExitCode> {
  const wanted = await wantedFrom(options, session, chosen);
  for (const event of toldEvents({ ...(options.purged && { purged: options.purged }) }, session))
    await session.event(event);
  const from = session.now();
  const stopping = new AbortController();
  const shown = showProgress(
    options,
    () => layersNow(session, wanted),
    () => session.now() - from,
  );
  const told = options.json === true ? ndjson('wait') : lines(shown);
  const ended = answerWait(session, wanted, told, stopping.signal)
    .finally(() => shown.end())
    .then(async (answered) => {
      const document = recorded === undefined ? answered : { ...answered, trace: recorded.id };
      const { verdict: _v, sentence: _s, waited: _w, warnings: _ws, places: _p, ...trace } = document;
      await recorded?.end({ ...trace, verb: 'trace' });
      await report(options, document);
      return CODES[document.verdict];
    });
  onInterrupt(() => {
    stopping.abort();
    return ended;
  });
  return ended;
}

const CODES: Readonly<Record<WaitDocument['verdict'], ExitCode>> = {
  visible: EXIT.yes,
  'not-visible': EXIT.no,
  'bad-check': EXIT.usage,
  'origin-not-ready': EXIT.originNotReady,
  'cannot-tell': EXIT.cannotTell,
};

/** Rejects with ConfigError where a purge is asked for and nothing can be purged, or the deploy is still to come. */
async function wantedFrom(options: WaitOptions, session: Session, chosen: Choice): Promise<WaitWanted> {
  const { expect, budget, alreadyOk } = options;
  const deployedAt = deployTold(options.deployed, session) ?? (await deployRecorded(options, session, expect));
  return {
    ...chosen,
    expect,
    budget,
    ...purgingFrom(options, session, chosen),
    firstVariant: options.allVariants !== true && chosen.variant === undefined,
    ...(alreadyOk !== undefined && { alreadyOk }),
    ...(deployedAt !== undefined && { deployedAt }),
  };
}

const lines = (shown: WaitProgress): TraceProgress => ({
  onEvent: (event) => shown.line(eventText(event)),
  onReceipt: answersOnly((receipt) => {
    if (receipt.outcome !== 'accepted') shown.line(receiptText(receipt));
  }),
  onFlip: (flip) => {
    if (flip.back) shown.line(flipText(flip));
  },
  onCause: (cause) => shown.line(causeText(cause)),
});

/** The answer, everywhere it was asked for. What cannot be written is said; it does not change the answer. */
async function report({ json: asJson, github, junit }: WaitOptions, document: WaitDocument): Promise<void> {
  for (const warning of document.warnings) tell(`strata: ${clean(warning)}`);
  if (junit !== undefined) {
    await writeJunit(junit, document).catch((error: unknown) =>
      tell(`strata: the report ${junit} cannot be written: ${clean(String(error))}`),
    );
  }
  const text = asJson === true ? json(document, 0) : waitText(document).join('\n');
  if (github !== true) return print(text);
  print(asJson === true ? inertJson(text) : inert(text));
  // the runner reads both streams; what programs read stays JSON
  for (const command of annotationsOf(document)) (asJson === true ? tell : print)(command);
  for (const problem of await writeStepFiles(document, process.env)) tell(`strata: ${clean(problem)}`);
}
