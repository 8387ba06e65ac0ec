// strata serve: starts the service and the page, in front of the layers of a topology, or of the lab where none is given.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import { ConfigError } from '../../../shared/config-problem.ts';
import type { Topology } from '../../../shared/topology.ts';
import { allowedNames, isLoopback } from '../../server/guard.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Ends, ExitCode } from '../exit-code.ts';
import { pageFolder } from '../installed.ts';
import { dataFolderOf } from '../data-folder.ts';
import { onInterrupt, untilInterrupted } from '../interrupt.ts';
import { type KeepOptions, withKeepOption } from '../keep.ts';
import { loadTopology } from '../load-topology.ts';
import { list, type OutputOptions, port, withExample, withOutputOptions } from '../options.ts';
import { clean, json, print, tell } from '../terminal.ts';
import { tokenIn } from '../token.ts';

interface ServeOptions extends OutputOptions, KeepOptions {
  readonly topology?: string;
  readonly real?: readonly string[];
  readonly host: string;
  readonly port?: number;
  readonly allowedHost?: readonly string[];
  readonly explainHost?: readonly string[];
  readonly data?: string;
}

const USUAL_PORT = 4100;

const several = (name: string, before?: string[]): string[] => [...(before ?? []), name];

export function addServe(program: Command, ends: Ends): void {
  const command = program.command('serve').description('starts service and page (the lab where no topology is given)');
  command
    .option('--topology <file>', 'what is there: layers, nodes, targets (default: the lab)')
    .option('--real <products>', 'the lab with real daemons, outermost first, for example varnish,nginx', list)
    .addOption(new Option('--host <address>', 'where to listen').default('127.0.0.1'))
    .option('--port <number>', `where to listen (default: ${USUAL_PORT}, or any that is free)`, port)
    .option('--allowed-host <name>', 'a name under which it may be asked (repeatable)', several)
    .option(
      '--explain-host <name>',
      'a host besides the topology’s whose pages explain may ask for, at public addresses (repeatable; *.example.org)',
      several,
    )
    .option(
      '--data <folder>',
      'where traces are kept (default: .strata beside the topology; for the lab: a temporary folder)',
    );
  withExample(
    withOutputOptions(withKeepOption(command)),
    'strata serve',
    'strata serve --topology strata.yaml --port 8080',
  );
  command.action((options: ServeOptions) => ends(run(options)));
}

async function run(options: ServeOptions): Promise<ExitCode> {
  if (options.topology !== undefined && options.real !== undefined)
    throw new ConfigError('--real and --topology exclude each other.');
  const topology = options.topology === undefined ? undefined : await loadTopology(options.topology);
  const folder = await dataFolder(options);
  const token = await tokenIn(folder);
  // refused before anything is started
  allowedNames(options.host, token, options.allowedHost ?? []);
  const { openStore } = await import('../../store/store.ts');
  const { startLive } = await import('../../trace/live.ts');
  const store = await openStore(folder);
  onInterrupt(() => store.close());
  const lab = topology === undefined ? await labFor(options) : undefined;
  const scene = topology ?? lab?.topology ?? { layers: [], targets: [] };
  const onError = (error: unknown) => tell(`strata: ${clean(String(error))}`);
  const askable = options.explainHost ?? [];
  const engine = await startLive({
    topology: scene,
    store,
    data: folder,
    onError,
    askable,
    ...(options.keep !== undefined && { keep: options.keep }),
    ...(lab !== undefined && { lab }),
  });
  onInterrupt(() => engine.close());
  const url = await listening(options, { engine, store, data: folder, token });
  const free = lab !== undefined && isLoopback(options.host);
  announce(options, url, free ? `${url}/` : `${url}/?token=${token}`, scene);
  return await untilInterrupted();
}

async function dataFolder({ data, topology }: ServeOptions): Promise<string> {
  if (data !== undefined) return data;
  if (topology !== undefined) return dataFolderOf({ topology });
  const folder = await mkdtemp(join(tmpdir(), 'strata-serve-'));
  onInterrupt(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function labFor({ real }: ServeOptions): Promise<Lab> {
  const { startLab } = await import('../../lab/lab.ts');
  const lab = await startLab(real === undefined ? {} : { real });
  onInterrupt(() => lab.stop());
  return lab;
}

type Behind = Pick<
  Parameters<typeof import('../../server/start-server.ts').startServer>[0],
  'engine' | 'store' | 'data' | 'token'
>;

/** The URL it listens on. A usual port that is taken is no reason to fail; one that was typed is. */
async function listening(options: ServeOptions, behind: Behind): Promise<string> {
  const { startServer } = await import('../../server/start-server.ts');
  const start = async (at: number): Promise<string> => {
    const { host, allowedHost } = options;
    const server = await startServer({
      ...behind,
      host,
      port: at,
      pageFolder: pageFolder(),
      version: manifest.version,
      ...(allowedHost !== undefined && { allowedHosts: allowedHost }),
    });
    onInterrupt(() => server.close());
    // it answers to the names that were given, not to 0.0.0.0
    const [name] = isLoopback(host) ? [] : (allowedHost ?? []);
    return name === undefined ? server.url : `http://${name}:${new URL(server.url).port || '80'}`;
  };
  if (options.port !== undefined) return start(options.port);
  try {
    return await start(USUAL_PORT);
  } catch (error) {
    if (error instanceof ConfigError && error.message.includes('already in use')) return start(0);
    throw error;
  }
}

function announce(options: ServeOptions, url: string, page: string, topology: Topology): void {
  const title = clean(topology.title ?? 'Strata');
  print(options.json === true ? json({ strata: 1, verb: 'serve', url, page }, 0) : `${title}: ${page}`);
  if (options.quiet !== true) tell('Ctrl-C stops it.');
}
