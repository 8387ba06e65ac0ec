// strata replay: what does a recorded trace say by today's dialects?
import { readFile, stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { ConfigError } from '../../../shared/config-problem.ts';
import { replayed } from '../../../shared/replay.ts';
import { LONGEST_TRACE_FILE, readTraceFile } from '../../../shared/trace-file.ts';
import type { Trace } from '../../../shared/trace.ts';
import { pc } from '../colours.ts';
import { dataFolderOf, withDataOption, type DataOptions } from '../data-folder.ts';
import { EXIT, type ExitCode, type Ends } from '../exit-code.ts';
import { type OutputOptions, withExample, withOutputOptions } from '../options.ts';
import { replayText } from '../replay-text.ts';
import { clean, json, print } from '../terminal.ts';
import { found, historyIn, whole } from './traces.ts';

type ReplayOptions = OutputOptions & DataOptions;

export function addReplay(program: Command, ends: Ends): void {
  const command = program.command('replay').description('opens a recorded trace again, with today’s dialects');
  command.argument('<source>', 'a trace file, - for one on standard input, or the id of a recorded trace');
  withExample(withOutputOptions(withDataOption(command)), 'strata replay trace.json', 'strata replay 4Gk2');
  command.action((source: string, options: ReplayOptions) => ends(run(source, options)));
}

async function run(source: string, options: ReplayOptions): Promise<ExitCode> {
  const trace = await traceAt(source, options);
  const { document, differences } = replayed(trace);
  if (options.json === true) {
    const said = trace.summary === undefined ? {} : { said: trace.summary };
    print(json({ strata: 1, verb: 'replay', trace: trace.id, now: document, ...said, differences }));
    return EXIT.yes;
  }
  print([...replayText(trace, document), ...comparedText(trace, differences)].join('\n'));
  return EXIT.yes;
}

function comparedText(trace: Trace, differences: readonly string[]): string[] {
  if (trace.summary === undefined) return [];
  if (differences.length === 0) return [pc.dim('The same was said when it was recorded.')];
  return [pc.bold('Otherwise than when it was recorded:'), ...differences.map((d) => `  ${clean(d)}`)];
}

/** @throws ConfigError for what cannot be read as a trace */
async function traceAt(source: string, options: ReplayOptions): Promise<Trace> {
  const content = source === '-' ? await text(process.stdin) : await contentOf(source);
  if (content === undefined) {
    const history = await historyIn(dataFolderOf(options));
    return whole(history, (await found(history, source)).id);
  }
  const read = readTraceFile(content);
  if ('problem' in read) throw new ConfigError(source === '-' ? read.problem : `${source}: ${read.problem}`);
  return read.trace;
}

/** Undefined where there is no such file, and the name could be an id. */
async function contentOf(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    // no text is shorter than a quarter of its bytes
    if (size > LONGEST_TRACE_FILE * 4) throw new ConfigError(`${file}: The file is too long to be read.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT' && /^[\w-]+$/.test(file)) return undefined;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    throw new ConfigError(`The trace file ${file} ${why}.`, [], { cause: error });
  }
}
