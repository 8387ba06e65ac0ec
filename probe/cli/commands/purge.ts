// strata purge: plan and run a purge, inside out.
import type { Command } from 'commander';
import type { PurgeDocument } from '../../../shared/api.ts';
import { ConfigError } from '../../../shared/config-problem.ts';
import { answerPurge } from '../../trace/purge.ts';
import { EXIT, type ExitCode, type Ends } from '../exit-code.ts';
import { type PlaceOptions, withExample, withPlaceOptions } from '../options.ts';
import { planText, receiptText } from '../purge-text.ts';
import { json, print, tell } from '../terminal.ts';
import { withSession } from '../with-session.ts';

interface PurgeOptions extends PlaceOptions {
  readonly dryRun?: true;
}

export function addPurge(program: Command, ends: Ends): void {
  const command = program.command('purge').description('plan and run a purge, inside out');
  command.option('--dry-run', 'print the plan and send nothing');
  withExample(withPlaceOptions(command), 'strata purge --target home --dry-run', 'strata purge --target home');
  command.action((options: PurgeOptions) => ends(run(options)));
}

const run = (options: PurgeOptions): Promise<ExitCode> =>
  withSession(options, async (session, chosen) => {
    const plan = await answerPurge(session, { ...chosen, dryRun: true });
    if (plan.steps.length === 0) {
      throw new ConfigError(
        'No layer that was chosen says how to purge it; give it "purge: { by: http-purge }" in the topology.',
      );
    }
    for (const warning of plan.warnings) tell(`strata: ${warning}`);
    if (options.dryRun === true) {
      print(options.json === true ? json(plan) : planText(plan, session.topology).join('\n'));
      return EXIT.yes;
    }
    session.subscribe((_, message) => {
      const told = options.json !== true && message.type === 'receipt' && message.data.outcome !== 'unknown';
      if (told) print(receiptText(message.data));
    });
    const timeout = options.timeout === undefined ? {} : { timeout: options.timeout };
    const document = await answerPurge(session, { ...chosen, ...timeout });
    if (options.json === true) print(json(document));
    if (document.stopped !== undefined) tell(`strata: ${document.stopped}`);
    return codeOf(document);
  });

function codeOf({ receipts }: PurgeDocument): ExitCode {
  if (receipts.every((r) => r.outcome === 'accepted' || r.outcome === 'was-not-there')) return EXIT.yes;
  return receipts.every((r) => r.status === undefined) ? EXIT.cannotTell : EXIT.no;
}
