// strata traces: what was recorded before? List, show, compare, export, delete.
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { ConfigError } from '../../../shared/config-problem.ts';
import { iso } from '../../../shared/documents.ts';
import { traceFileText } from '../../../shared/trace-file.ts';
import type { Trace } from '../../../shared/trace.ts';
import { trendOf } from '../../../shared/trend.ts';
import { wallNow } from '../../exchange/clock.ts';
import { harOfTrace } from '../../explain/har.ts';
import type { Filter, History } from '../../store/history.ts';
import type { Refused } from '../../store/keeper.ts';
import type { TraceSummary } from '../../store/summaries.ts';
import { dataFolderOf, withDataOption, type DataOptions } from '../data-folder.ts';
import { EXIT, type ExitCode, type Ends } from '../exit-code.ts';
import { replayText } from '../replay-text.ts';
import { type OutputOptions, withExample, withOutputOptions } from '../options.ts';
import { clean, json, print, tell } from '../terminal.ts';
import { toldTime, type Told } from '../told.ts';
import { tracePage } from '../trace-page.ts';
import { compareText, tracesText } from '../traces-text.ts';

type Common = OutputOptions & DataOptions;

const ITS_ID = 'its id, the beginning of it, or "last"';

export function addTraces(program: Command, ends: Ends): void {
  const traces = program.command('traces').description('what was recorded before? list, show, compare, export, delete');
  withExample(traces, 'strata traces', 'strata traces compare', 'strata traces export 4Gk2 -o trace.json');
  addList(traces, ends);
  addShow(traces, ends);
  addCompare(traces, ends);
  addExport(traces, ends);
  addDelete(traces, ends);
}

const common = (command: Command, ...examples: string[]): Command =>
  withExample(withOutputOptions(withDataOption(command)), ...examples);

interface ListOptions extends Common, Omit<Filter, 'since' | 'until'> {
  readonly since?: Told;
  readonly until?: Told;
}

function addList(traces: Command, ends: Ends): void {
  const command = traces.command('list', { isDefault: true }).description('every recorded trace, newest first');
  command
    .option('--search <text>', 'only with this text in id, title, marker, targets, layers or causes')
    .addOption(
      new Option('--kind <kind>', 'only what this command recorded').choices(['trace', 'purge', 'wait', 'serve']),
    )
    .option('--target <id>', 'only of this target')
    .option('--layer <id>', 'only with this layer')
    .option('--since <time>', 'not over before: ISO 8601, or -7d', toldTime)
    .option('--until <time>', 'begun before: ISO 8601, or -7d', toldTime)
    .option('--limit <number>', 'the newest so many', count);
  common(command, 'strata traces list --search 4f2c --since -7d --limit 20');
  command.action((options: ListOptions) => ends(list(options)));
}

const instantOf = (told: Told, now: number): number => ('at' in told ? told.at : now - told.ago);

async function list({ since, until, ...options }: ListOptions): Promise<ExitCode> {
  const now = wallNow();
  const { kind, target, layer, search, limit } = options;
  const filter: Filter = {
    ...(kind !== undefined && { kind }),
    ...(target !== undefined && { target }),
    ...(layer !== undefined && { layer }),
    ...(search !== undefined && { search }),
    ...(limit !== undefined && { limit }),
    ...(since !== undefined && { since: instantOf(since, now) }),
    ...(until !== undefined && { until: instantOf(until, now) }),
  };
  const data = dataFolderOf(options);
  const { traces, elsewhere } = await (await historyIn(data)).list(filter);
  if (elsewhere !== undefined) tell(`strata: ${clean(elsewhere)}`);
  if (options.json === true) print(json({ strata: 1, verb: 'traces', traces }));
  else if (traces.length > 0) print(tracesText(traces, now).join('\n'));
  else if (options.quiet !== true) tell(`strata: no such trace is recorded in ${clean(data)}.`);
  return EXIT.yes;
}

function addShow(traces: Command, ends: Ends): void {
  const command = traces.command('show').description('one trace, as it was told at its end');
  command.argument('<id>', ITS_ID);
  common(command, 'strata traces show 4Gk2');
  command.action((id: string, options: Common) => ends(show(id, options)));
}

async function show(id: string, options: Common): Promise<ExitCode> {
  const history = await historyIn(dataFolderOf(options));
  const line = await found(history, id);
  const trace = await whole(history, line.id);
  const { summary, receipts } = trace;
  if (options.json === true)
    print(json({ strata: 1, verb: 'traces', trace: line, receipts, ...(summary && { summary }) }));
  else print(replayText(trace, summary).join('\n'));
  return EXIT.yes;
}

interface CompareOptions extends Common {
  readonly last: number;
  readonly target?: string;
  readonly layer?: string;
}

function addCompare(traces: Command, ends: Ends): void {
  const command = traces.command('compare').description('how fast each layer was, from deploy to deploy');
  command
    .argument('[ids...]', 'only these (default: the newest that came to their end)')
    .addOption(new Option('--last <number>', 'how many, where no ids are given').argParser(count).default(10))
    .option('--target <id>', 'only of this target')
    .option('--layer <id>', 'only this layer');
  common(command, 'strata traces compare --last 20', 'strata traces compare 4Gk2 9xQp');
  command.action((ids: string[], options: CompareOptions) => ends(compare(ids, options)));
}

async function compare(ids: readonly string[], options: CompareOptions): Promise<ExitCode> {
  const history = await historyIn(dataFolderOf(options));
  const traces = ids.length === 0 ? await lastDeploys(history, options) : await each(ids, (id) => found(history, id));
  const trends = trendOf(traces).filter((t) => options.layer === undefined || t.layer === options.layer);
  if (options.json === true) print(json({ strata: 1, verb: 'compare', layers: trends.map(withIso) }));
  else if (trends.length > 0) print(compareText(trends, wallNow()).join('\n'));
  if (trends.length > 0) return EXIT.yes;
  tell('strata: none of the traces has come to an end with figures for a layer, so there is nothing to compare.');
  return EXIT.cannotTell;
}

async function lastDeploys(history: History, { last, target, layer }: CompareOptions): Promise<TraceSummary[]> {
  const { traces } = await history.list({
    ...(target !== undefined && { target }),
    ...(layer !== undefined && { layer }),
  });
  return traces.filter((t) => t.layers !== undefined).slice(0, last);
}

const withIso = ({ layer, points }: ReturnType<typeof trendOf>[number]) => ({
  layer,
  deploys: points.map(({ startedAt, ...point }) => ({ ...point, startedAt: iso(startedAt) })),
});

interface ExportOptions extends DataOptions {
  readonly har?: true;
  readonly html?: true;
  readonly trace?: true;
  readonly output?: string;
}

function addExport(traces: Command, ends: Ends): void {
  const command = traces.command('export').description('one trace as a file of its own, without credentials');
  command
    .argument('<id>', ITS_ID)
    .option('--trace', 'as a trace file, which the page and strata replay open (default)')
    .addOption(new Option('--html', 'as a page that holds it, and opens by itself').conflicts('trace'))
    .addOption(new Option('--har', 'as a HAR 1.2 of every exchange').conflicts(['trace', 'html']))
    .option('-o, --output <file>', 'where to (default: standard output)');
  withExample(
    withDataOption(command),
    'strata traces export 4Gk2 -o trace.json',
    'strata traces export last --html -o trace.html',
    'strata traces export 4Gk2 --har -o t.har',
  );
  command.action((id: string, options: ExportOptions) => ends(exported(id, options)));
}

async function exported(id: string, options: ExportOptions): Promise<ExitCode> {
  const history = await historyIn(dataFolderOf(options));
  const trace = await whole(history, (await found(history, id)).id);
  const text = await exportText(trace, options);
  if (options.output === undefined) process.stdout.write(text);
  else await save(options.output, text);
  return EXIT.yes;
}

async function exportText(trace: Trace, { har, html }: ExportOptions): Promise<string> {
  if (har === true) return `${JSON.stringify(harOfTrace(trace))}\n`;
  return html === true ? tracePage(trace) : traceFileText(trace);
}

async function save(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${file} cannot be written (${why}).`, [], { cause: error });
  }
}

interface DeleteOptions extends Common {
  readonly yes?: true;
}

function addDelete(traces: Command, ends: Ends): void {
  const command = traces.command('delete').description('drop traces for good');
  command.argument('<ids...>', 'ids, or the beginnings of them').option('--yes', 'do not ask first');
  common(command, 'strata traces delete 4Gk2 --yes');
  command.action((ids: string[], options: DeleteOptions) => ends(forget(ids, options)));
}

async function forget(ids: readonly string[], options: DeleteOptions): Promise<ExitCode> {
  const history = await historyIn(dataFolderOf(options));
  const lines = await each(ids, (id) => found(history, id));
  if (options.yes !== true && !(await agreed(lines))) return EXIT.no;
  const refused = (await each(lines, ({ id }) => history.forget(id))).filter((r): r is Refused => r !== true);
  for (const { problem } of refused) tell(`strata: ${clean(problem)}`);
  if (options.json === true) print(json({ strata: 1, verb: 'forgotten', traces: lines.map((l) => l.id) }));
  else if (refused.length === 0) print(`${lines.length === 1 ? 'One trace is' : `${lines.length} traces are`} gone.`);
  return refused.length === 0 ? EXIT.yes : EXIT.no;
}

async function agreed(lines: readonly TraceSummary[]): Promise<boolean> {
  if (!process.stdin.isTTY) throw new ConfigError('Nobody can be asked here; add --yes to drop traces for good.');
  for (const line of tracesText(lines, wallNow())) tell(line);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question('Drop for good? [y/N] ');
  asking.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** The database is only loaded by commands that read it. */
export const historyIn = async (data: string): Promise<History> =>
  (await import('../../store/history.ts')).openHistory(data);

/** @throws ConfigError where there is none, or several */
export async function found(history: History, id: string): Promise<TraceSummary> {
  const line = await history.find(id);
  if ('problem' in line) throw new ConfigError(line.problem);
  return line;
}

/** @throws ConfigError where it cannot be read now */
export async function whole(history: History, id: string): Promise<Trace> {
  const trace = await history.read(id);
  if ('problem' in trace) throw new ConfigError(trace.problem);
  return trace;
}

async function each<A, B>(all: readonly A[], work: (one: A) => Promise<B>): Promise<B[]> {
  const done: B[] = [];
  for (const one of all) done.push(await work(one));
  return done;
}

function count(written: string): number {
  const number = /^\d{1,6}$/.test(written) ? Number(written) : 0;
  if (number < 1) throw new InvalidArgumentError('It must be a whole number above zero.');
  return number;
}
