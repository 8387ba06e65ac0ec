// strata discover: what stands in front of this URL, as a first topology file with its reasons beside each line?
import { access, writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { ConfigError } from '../../../shared/config-problem.ts';
import { discoverDocument } from '../../../shared/discover/discover.ts';
import { discoverYaml } from '../../../shared/discover/yaml-text.ts';
import { urlParts } from '../../../shared/url-parts.ts';
import { lookAround, MOST_CONNECTIONS } from '../../discover/look-around.ts';
import { wallNow } from '../../exchange/clock.ts';
import { EXIT, type ExitCode, type Ends } from '../exit-code.ts';
import { someTime, type OutputOptions, withExample, withOutputOptions } from '../options.ts';
import { clean, json, print, progress, tell } from '../terminal.ts';

interface DiscoverOptions extends OutputOptions {
  readonly connections: number;
  readonly out?: string;
  readonly force?: true;
  readonly timeout?: number;
}

export function addDiscover(program: Command, ends: Ends): void {
  const command = program.command('discover').description('what stands in front of this URL? A first strata.yaml');
  command
    .argument('<url>', 'the page to ask, over several new connections')
    .option('--connections <number>', `how many connections, 1 to ${MOST_CONNECTIONS}`, connections, 8)
    .option('--out <file>', 'write it there instead of to stdout; never over another file')
    .option('--force', 'write over another file all the same')
    .option('--timeout <duration>', 'the longest one request may take (default: 30s)', someTime);
  withExample(
    withOutputOptions(command),
    'strata discover https://shop.example/ --out strata.yaml',
    'strata discover https://shop.example/ --json | jq .claims',
  );
  command.action((url: string, options: DiscoverOptions) => ends(run(url, options)));
}

function connections(written: string): number {
  const number = /^\d{1,4}$/.test(written) ? Number(written) : 0;
  if (number < 1 || number > MOST_CONNECTIONS) {
    throw new InvalidArgumentError(`Write a number from 1 to ${MOST_CONNECTIONS}.`);
  }
  return number;
}

async function run(written: string, options: DiscoverOptions): Promise<ExitCode> {
  const url = askable(written);
  if (options.out !== undefined && options.force !== true) await refuseExisting(options.out);
  progress(options, `asking ${url} over ${options.connections} new connections, one at a time`);
  const limits = options.timeout === undefined ? {} : { limits: { total: options.timeout } };
  const around = await lookAround(url, { connections: options.connections, ...limits });
  if ('problem' in around) {
    tell(`strata: ${clean(around.problem)}`);
    return EXIT.cannotTell;
  }
  for (const problem of around.problems) tell(`strata: ${clean(problem)}`);
  const document = discoverDocument(around.seen, wallNow());
  const text = options.json === true ? json(document) : discoverYaml(document).trimEnd();
  if (options.out === undefined) print(text);
  else await writeOut(options.out, `${text}\n`, options.force === true);
  return EXIT.yes;
}

function askable(written: string): string {
  const parts = urlParts(written);
  if (parts === undefined || (parts.scheme !== 'http' && parts.scheme !== 'https') || !URL.canParse(written)) {
    throw new ConfigError('The URL must be a whole one that begins with http:// or https://.');
  }
  if (parts.userinfo !== undefined) throw new ConfigError('The URL holds credentials; take them out.');
  const url = new URL(written);
  url.hash = '';
  return url.href;
}

const existing = (file: string): ConfigError =>
  new ConfigError(`${file} is there already; give another name, or --force to write over it.`);

/** Before anything is asked: nobody wants to wait for a refusal. */
async function refuseExisting(file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) throw existing(file);
}

async function writeOut(file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw existing(file);
    throw new ConfigError(`${file} cannot be written; give another file, or none for stdout.`, [], { cause: error });
  }
}
