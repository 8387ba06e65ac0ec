// strata explain: what does this response say about every cache it crossed? (no topology needed)
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ExplainDocument } from '../../../shared/api.ts';
import { ConfigError } from '../../../shared/config-problem.ts';
import { explain, explainDocument } from '../../../shared/explain.ts';
import { withCities } from '../../../shared/explain-places.ts';
import type { RecordedResponse } from '../../../shared/recorded-response.ts';
import { urlParts } from '../../../shared/url-parts.ts';
import { wallNow } from '../../exchange/clock.ts';
import { explainedLive, type LiveOptions } from '../../explain/live.ts';
import { recordingFrom } from '../../explain/recording-from.ts';
import { EXIT, type ExitCode, type Ends } from '../exit-code.ts';
import { explainText } from '../explain-text.ts';
import { someTime, type OutputOptions, withExample, withOutputOptions } from '../options.ts';
import { json, print, progress, tell } from '../terminal.ts';

interface ExplainOptions extends OutputOptions, Omit<LiveOptions, 'said'> {
  readonly har?: string;
  readonly verbose?: true;
}

export function addExplain(program: Command, ends: Ends): void {
  const command = program.command('explain').description('what does this response say about every cache it crossed?');
  command
    .argument('<source>', 'a URL to ask, a .har file, or - for what curl, HTTPie or wget printed, or a browser copied')
    .option('--active', 'ask some more: preconditions, encodings, HEAD, again over new connections')
    .option('--assets', 'ask for the page’s scripts and styles too, and compare (with --active)')
    .option('--bust', 'ask once with a query that is in no cache: loads the origin (with --active)')
    .option('--har <file>', 'write what was asked and answered as a HAR, without credentials')
    .option('--verbose', 'why each note matters, what to do, and every field line')
    .option('--timeout <duration>', 'the longest one request may take (default: 30s)', someTime);
  withExample(
    withOutputOptions(command),
    'strata explain https://example.com/',
    'strata explain https://example.com/ --active --assets --har example.har',
    'curl -si https://example.com/ | strata explain -',
  );
  command.action((source: string, options: ExplainOptions) => ends(run(source, options)));
}

async function run(source: string, options: ExplainOptions): Promise<ExitCode> {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
  refuseWhatDoesNotFit(options, isUrl);
  if (isUrl) return live(askable(source), options);
  const { responses, cutOff } = await recordingFrom(source);
  if (cutOff === true) tell(`strata: only the first ${responses.length} responses are explained.`);
  show(explainDocument(responses, wallNow()), responses, options);
  return EXIT.yes;
}

async function live(url: string, options: ExplainOptions): Promise<ExitCode> {
  const { responses, notes, problem, har } = await explainedLive(url, {
    ...options,
    said: (text) => progress(options, text),
  });
  if (options.har !== undefined) await save(options.har, har);
  if (problem !== undefined) tell(`strata: ${problem}`);
  if (responses.length === 0) return EXIT.cannotTell;
  const now = wallNow();
  const explained = responses.map((r, i) => explain(r, now, i === responses.length - 1 ? notes : []));
  show({ strata: 1, verb: 'explain', responses: explained, requests: har.log.entries.length }, responses, options);
  return problem === undefined ? EXIT.yes : EXIT.cannotTell;
}

function refuseWhatDoesNotFit(options: ExplainOptions, isUrl: boolean): void {
  const asking = (['active', 'assets', 'bust', 'har'] as const).find((name) => options[name] !== undefined);
  if (!isUrl && asking !== undefined)
    throw new ConfigError(`--${asking} needs a URL to ask; a recording cannot be asked.`);
  const more = (['assets', 'bust'] as const).find((name) => options[name] !== undefined);
  if (more !== undefined && options.active === undefined)
    throw new ConfigError(`--${more} is an active check: add --active.`);
}

function askable(url: string): string {
  const parts = urlParts(url);
  if (parts === undefined || (parts.scheme !== 'http' && parts.scheme !== 'https')) {
    throw new ConfigError('The URL must be a whole one that begins with http:// or https://.');
  }
  if (parts.userinfo !== undefined) throw new ConfigError('The URL holds credentials; take them out.');
  return url;
}

async function save(file: string, har: unknown): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(har, undefined, 2)}\n`);
  } catch (error) {
    throw new ConfigError(
      `${file} cannot be written (${error instanceof Error ? error.message : String(error)}).`,
      [],
      {
        cause: error,
      },
    );
  }
}

function show(document: ExplainDocument, recorded: readonly RecordedResponse[], options: ExplainOptions): void {
  const placed = withCities(document);
  const shown = options.verbose === true ? withFields(placed, recorded) : placed;
  print(options.json === true ? json(shown) : explainText(shown, options.verbose === true).join('\n'));
}

const withFields = (document: ExplainDocument, recorded: readonly RecordedResponse[]): ExplainDocument => ({
  ...document,
  responses: document.responses.map((response, i) => ({
    ...response,
    fields: (recorded[i]?.fields ?? []).map(([name, value]): [string, string] => [name, value]),
  })),
});
