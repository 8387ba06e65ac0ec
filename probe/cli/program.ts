// Which command was asked for, and how does it end? Every way out is an exit code and, where it went wrong, one sentence.
import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { ConfigError } from '../../shared/config-problem.ts';
import { LabError } from '../lab/lab-error.ts';
import { StoreFull, StoreUnusable } from '../store/store-error.ts';
import { addDiscover } from './commands/discover.ts';
import { addExplain } from './commands/explain.ts';
import { addLab } from './commands/lab.ts';
import { addLook } from './commands/look.ts';
import { addPurge } from './commands/purge.ts';
import { addReplay } from './commands/replay.ts';
import { addServe } from './commands/serve.ts';
import { addTrace } from './commands/trace.ts';
import { addTraces } from './commands/traces.ts';
import { addWait } from './commands/wait.ts';
import { addWhen } from './commands/when.ts';
import { EXIT, type Ends } from './exit-code.ts';
import { endOnSignals, stopAll } from './interrupt.ts';
import { withExample } from './options.ts';
import { clean, outliveReader, tell } from './terminal.ts';

/** Runs one command line to its end and resolves with the exit code. Never rejects for what a user or a server did. */
export async function run(args: readonly string[]): Promise<number> {
  outliveReader();
  endOnSignals();
  process.on('uncaughtException', (error) => process.exit(failed(error)));
  let code: number = EXIT.yes;
  const ends: Ends = async (work) => {
    code = await work;
  };
  try {
    await program(ends).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    await stopAll();
    return failed(error);
  }
}

function program(ends: Ends): Command {
  const strata = new Command('strata')
    .description(manifest.description)
    .version(manifest.version, '--version', 'print the version')
    .helpOption('-h, --help', 'say what it does, with an example')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(clean(text.replace(/^error: /, 'strata: ')).trimEnd() + '\n'),
    });
  withExample(strata, 'strata explain https://example.com/', 'strata look --topology strata.yaml');
  for (const add of [
    addServe,
    addLab,
    addExplain,
    addDiscover,
    addLook,
    addWhen,
    addTrace,
    addWait,
    addPurge,
    addTraces,
    addReplay,
  ])
    add(strata, ends);
  return strata;
}

function failed(error: unknown): number {
  // commander has already printed its sentence; asking for help or the version is no mistake
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.yes : EXIT.usage;
  if (error instanceof ConfigError) {
    for (const line of error.message.split('\n')) tell(`strata: ${clean(line)}`);
    return EXIT.usage;
  }
  if (error instanceof LabError || error instanceof StoreUnusable || error instanceof StoreFull) {
    tell(`strata: ${clean(error.message)}`);
    return EXIT.usage;
  }
  tell(`strata: something went wrong inside strata: ${clean(String(error))} (STRATA_DEBUG=1 shows where)`);
  if (process.env['STRATA_DEBUG'] === '1') tell(error instanceof Error ? String(error.stack) : '');
  return EXIT.internal;
}
