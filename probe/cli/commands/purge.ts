// strata purge: plan and run a purge, inside out.
import { Option, type Command } from 'commander';
import type { PurgeDocument } from '../../../shared/api.ts';
import { ConfigError } from '../../../shared/config-problem.ts';
import { planPurge, requireSteps } from '../../purgers/plan.ts';
import type { Choice } from '../../trace/places.ts';
import { answerPurge } from '../../trace/purge.ts';
import { originsServe } from '../../trace/origins-serve.ts';
import type { Session } from '../../trace/session.ts';
import { EXIT, type ExitCode, type Ends } from '../exit-code.ts';
import { onInterrupt } from '../interrupt.ts';
import { type PlaceOptions, someTime, withExample, withPlaceOptions } from '../options.ts';
import { answersOnly, planText, receiptText } from '../purge-text.ts';
import { type ConsentOptions, requireConsent, withConsentOptions } from '../purging.ts';
import { type RecordOptions, withRecordOptions } from '../recording.ts';
import { clean, json, print, progress, tell } from '../terminal.ts';
import { originsSilent, withSession } from '../with-session.ts';

interface PurgeOptions extends PlaceOptions, RecordOptions, ConsentOptions {
  readonly untilDone?: true;
  readonly dryRun?: true;
  readonly hold?: true;
  readonly expect?: string;
  readonly budget: number;
}

/** Seconds that a held purge waits for the origins. */
const BUDGET = 600;

export function addPurge(program: Command, ends: Ends): void {
  const command = program.command('purge').description('plan and run a purge, inside out');
  command
    .option('--dry-run', 'print the plan and send nothing')
    .option('--hold', 'wait until every origin serves what --expect names')
    .option('--expect <marker>', 'with --hold: the content that is waited for')
    .addOption(
      new Option('--budget <duration>', 'with --hold: the longest to wait').argParser(someTime).default(BUDGET, '10m'),
    )
    .option('--until-done', 'wait until the vendors that tell say that it is done, at most twice as long as it takes');
  withExample(
    withRecordOptions(withPlaceOptions(withConsentOptions(command))),
    'strata purge --target home --dry-run',
    'strata purge --target home --hold --expect 4f2c',
  );
  command.action((options: PurgeOptions) => ends(run(options)));
}

const run = (options: PurgeOptions): Promise<ExitCode> => {
  const { expect, hold, dryRun } = options;
  if (hold === true && expect === undefined) {
    throw new ConfigError('--hold needs --expect M: the marker that every origin has to serve first.');
  }
  const sends = dryRun !== true;
  return withSession(
    options,
    async (session, chosen, recorded) => {
      const wanted = { ...chosen, ...(options.rebound !== undefined && { rebound: options.rebound }) };
      const plan = await answerPurge(session, { ...wanted, dryRun: true });
      for (const warning of plan.warnings) tell(`strata: ${warning}`);
      requireSteps(plan.steps);
      if (sends) requireConsent(planPurge(session.topology, chosen), options);
      if (!sends) {
        print(options.json === true ? json(plan) : planText(plan, session.topology).join('\n'));
        return EXIT.yes;
      }
      const stopping = new AbortController();
      onInterrupt(async () => stopping.abort());
      if (hold === true && !(await held(session, chosen, options, stopping.signal))) return notServed(session, options);
      const told = answersOnly((receipt) => print(receiptText(receipt)));
      session.subscribe((_, message) => {
        if (options.json !== true && message.type === 'receipt') told(message.data);
      });
      const { timeout } = options;
      const document = await answerPurge(session, {
        ...wanted,
        signal: stopping.signal,
        untilClaimed: options.untilDone,
        ...(timeout !== undefined && { timeout }),
      });
      if (options.json === true) print(json(recorded === undefined ? document : { ...document, trace: recorded.id }));
      if (document.stopped !== undefined) tell(`strata: ${document.stopped}`);
      return codeOf(document);
    },
    sends ? { options, run: { kind: 'purge', ...(expect !== undefined && { expect }) }, purges: true } : undefined,
  );
};

function held(session: Session, chosen: Choice, options: PurgeOptions, signal: AbortSignal): Promise<boolean> {
  const expect = options.expect ?? '';
  progress(options, `holding the purge until every origin serves ${clean(expect)} …`);
  return originsServe(session, { ...chosen, expect }, options.budget, signal);
}

function notServed(session: Session, { expect = '' }: PurgeOptions): ExitCode {
  if (originsSilent(session)) {
    tell('strata: no origin answered, so whether it serves the change is not known; nothing was purged.');
    return EXIT.cannotTell;
  }
  tell(`strata: not every origin served ${clean(expect)} in time; nothing was purged.`);
  return EXIT.originNotReady;
}

/** A node that certainly did not take it counts first; then one of which nobody knows. */
function codeOf({ receipts, stopped }: PurgeDocument): ExitCode {
  const isReached = receipts.some((r) => r.status !== undefined || r.outcome === 'accepted');
  if (receipts.some((r) => r.outcome === 'refused' || (r.outcome === 'failed' && isReached))) return EXIT.no;
  if (receipts.some((r) => r.outcome === 'failed' || r.outcome === 'unknown')) return EXIT.cannotTell;
  return stopped === undefined ? EXIT.yes : EXIT.no;
}
