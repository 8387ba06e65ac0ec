// strata look: what does every node hold now?
import type { Command } from 'commander';
import { answerLook } from '../../trace/answers.ts';
import { EXIT, type ExitCode, type Ends } from '../exit-code.ts';
import { lookText } from '../look-text.ts';
import { type PlaceOptions, withExample, withPlaceOptions } from '../options.ts';
import { json, print, progress, tell } from '../terminal.ts';
import { withSession } from '../with-session.ts';

interface LookOptions extends PlaceOptions {
  readonly expect?: string;
}

export function addLook(program: Command, ends: Ends): void {
  const command = program.command('look').description('what does every node hold now?');
  command.option('--expect <marker>', 'the content that counts as new (default: what the origin serves)');
  withExample(withPlaceOptions(command), 'strata look --topology strata.yaml --target home');
  command.action((options: LookOptions) => ends(run(options)));
}

const run = (options: LookOptions): Promise<ExitCode> =>
  withSession(options, async (session, chosen) => {
    progress(options, 'asking every node …');
    const expect = options.expect === undefined ? {} : { expect: options.expect };
    const document = await answerLook(session, { ...chosen, ...expect });
    print(
      options.json === true ? json(document) : lookText(document, session.topology, session.now()).join('\n').trimEnd(),
    );
    if (document.nodes.some((n) => n.outcome !== 'failed')) return EXIT.yes;
    tell('strata: no node answered, so nothing can be said about what they hold.');
    return EXIT.cannotTell;
  });
