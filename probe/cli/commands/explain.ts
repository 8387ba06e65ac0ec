// strata explain: what does this response say about every cache it crossed? (no topology needed)
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { ConfigError } from '../../../shared/config-problem.ts';
import { explainDocument } from '../../../shared/explain.ts';
import { responsesInHar, responsesInText, type RecordedResponse } from '../../../shared/recorded-response.ts';
import { urlParts } from '../../../shared/url-parts.ts';
import { wallNow } from '../../exchange/clock.ts';
import { EXIT, type ExitCode, type Ends } from '../exit-code.ts';
import { explainText } from '../explain-text.ts';
import { followed } from '../followed.ts';
import { someTime, type OutputOptions, withExample, withOutputOptions } from '../options.ts';
import { json, print, tell } from '../terminal.ts';

interface ExplainOptions extends OutputOptions {
  readonly timeout?: number;
}

export function addExplain(program: Command, ends: Ends): void {
  const command = program.command('explain').description('what does this response say about every cache it crossed?');
  command
    .argument('<source>', 'a URL to ask, a .har file, or - for what curl -si or curl -sv printed')
    .option('--timeout <duration>', 'the longest one request may take (default: 30s)', someTime);
  withExample(
    withOutputOptions(command),
    'strata explain https://example.com/',
    'curl -si https://example.com/ | strata explain -',
  );
  command.action((source: string, options: ExplainOptions) => ends(run(source, options)));
}

async function run(source: string, options: ExplainOptions): Promise<ExitCode> {
  const { responses, problem } = await responsesFrom(source, options.timeout);
  if (problem !== undefined) tell(`strata: ${problem}`);
  if (responses.length === 0) return EXIT.cannotTell;
  const document = explainDocument(responses, wallNow());
  print(options.json === true ? json(document) : explainText(document).join('\n'));
  return problem === undefined ? EXIT.yes : EXIT.cannotTell;
}

interface Source {
  readonly responses: readonly RecordedResponse[];
  /** Why there are not more of them. One sentence. */
  readonly problem?: string;
}

async function responsesFrom(source: string, timeout: number | undefined): Promise<Source> {
  if (source === '-') return recorded(textOf(await buffer(process.stdin)), 'stdin');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return followed(askable(source), timeout);
  try {
    return recorded(textOf(await readFile(source)), source);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${source} is neither a URL (write https://…) nor a file that can be read.`, [], {
      cause: error,
    });
  }
}

function askable(url: string): string {
  const parts = urlParts(url);
  if (parts === undefined || (parts.scheme !== 'http' && parts.scheme !== 'https')) {
    throw new ConfigError('The URL must be a whole one that begins with http:// or https://.');
  }
  if (parts.userinfo !== undefined) throw new ConfigError('The URL holds credentials; take them out.');
  return url;
}

/** Without the mark that some tools begin a file with; Windows PowerShell writes what it is piped in UTF-16. */
function textOf(bytes: Buffer): string {
  return new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes);
}

/** A HAR where the text is JSON, heads as curl prints them otherwise. */
function recorded(content: string, name: string): Source {
  const responses = content.trimStart().startsWith('{') ? har(content, name) : responsesInText(content);
  if (responses.length > 0) return { responses };
  throw new ConfigError(`${name} holds no response; give a .har file, or what curl -si printed.`);
}

function har(content: string, name: string): RecordedResponse[] {
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch (error) {
    throw new ConfigError(`${name} begins like JSON but cannot be read as such; save the HAR again.`, [], {
      cause: error,
    });
  }
  return responsesInHar(document) ?? [];
}
