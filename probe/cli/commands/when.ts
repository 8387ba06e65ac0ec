// strata when: when will the change appear, for whom?
import { Option, type Command } from 'commander';
import type { Traffic } from '../../../shared/model/forecast.ts';
import { answerWhen } from '../../trace/answers.ts';
import { type DataOptions, withDataOption } from '../data-folder.ts';
import { EXIT, type ExitCode, type Ends } from '../exit-code.ts';
import { knownEvents } from '../known-events.ts';
import { duration, type PlaceOptions, withExample, withPlaceOptions } from '../options.ts';
import { json, print, progress, tell } from '../terminal.ts';
import { type ToldOptions, withToldOptions } from '../told.ts';
import { whenText } from '../when-text.ts';
import { nobodyAnswered, originsSilent, withSession } from '../with-session.ts';

interface WhenOptions extends PlaceOptions, ToldOptions, DataOptions {
  readonly expect?: string;
  readonly traffic: Traffic;
  readonly settle: number;
}

/** Seconds spent on narrowing the clocks before a forecast is made. */
const SETTLE = 2;

export function addWhen(program: Command, ends: Ends): void {
  const command = program.command('when').description('when will the change appear, for whom?');
  command
    .option('--expect <marker>', 'the content that is waited for (default: what the origin serves)')
    .addOption(
      new Option('--traffic <kind>', 'how soon visitors ask each node').choices(['busy', 'quiet']).default('busy'),
    )
    .addOption(
      new Option('--settle <duration>', 'how long to narrow the clocks by asking again; 0: ask once')
        .argParser(duration)
        .default(SETTLE, '2s'),
    );
  withToldOptions(command);
  withExample(withDataOption(withPlaceOptions(command)), 'strata when --expect 4f2c');
  command.action((options: WhenOptions) => ends(run(options)));
}

const run = (options: WhenOptions): Promise<ExitCode> =>
  withSession(options, async (session, chosen) => {
    for (const event of await knownEvents(options, session)) await session.event(event);
    progress(options, 'asking every node, and narrowing the clocks …');
    const { traffic, settle, expect } = options;
    const document = await answerWhen(session, { ...chosen, traffic, settle, ...(expect !== undefined && { expect }) });
    print(
      options.json === true ? json(document) : whenText(document, session.now(), originsSilent(session)).join('\n'),
    );
    if (nobodyAnswered(session)) {
      tell('strata: no node answered, so nothing can be forecast.');
      return EXIT.cannotTell;
    }
    if (document.changes.every((c) => c.originReady)) return EXIT.yes;
    return originsSilent(session) ? EXIT.cannotTell : EXIT.originNotReady;
  });
