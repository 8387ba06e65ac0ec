// strata lab: the lab alone, embedded caches or the real daemons where installed; or one cache in front of any origin.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { ConfigError } from '../../../shared/config-problem.ts';
import { dialects } from '../../../shared/dialects/index.ts';
import { suggestion } from '../../../shared/nearest.ts';
import type { Policy, Topology } from '../../../shared/topology.ts';
import { urlParts } from '../../../shared/url-parts.ts';
import { startLab, type Lab } from '../../lab/lab.ts';
import { startReverseProxy } from '../../lab/reverse-proxy.ts';
import type { Ends, ExitCode } from '../exit-code.ts';
import { onInterrupt, untilInterrupted } from '../interrupt.ts';
import { list, type OutputOptions, policy, port, withExample, withOutputOptions } from '../options.ts';
import { json, print, tell } from '../terminal.ts';
import { topologyYaml } from '../topology-yaml.ts';

interface LabOptions extends OutputOptions {
  readonly real?: readonly string[];
  readonly origin?: string;
  readonly port?: number;
  readonly dialect?: string;
  readonly policy?: Policy;
}

export function addLab(program: Command, ends: Ends): void {
  const command = program
    .command('lab')
    .description('the lab alone: embedded caches, or the real daemons where installed');
  command
    .option(
      '--real <products>',
      'real daemons, outermost first: varnish, nginx, squid, trafficserver, httpd, haproxy',
      list,
    )
    .option('--origin <url>', 'instead: one embedded cache as a plain reverse proxy in front of this origin')
    .option('--port <number>', 'where that cache listens', port)
    .option('--dialect <id>', 'how that cache speaks and behaves (default: rfc9211)')
    .option('--policy <settings>', 'what differs from the dialect’s own: cap=1d,grace=0', policy);
  withExample(
    withOutputOptions(command),
    'strata lab --real varnish,nginx',
    'strata lab --origin http://127.0.0.1:9000 --port 8080 --dialect nginx',
  );
  command.action((options: LabOptions) =>
    ends(options.origin === undefined ? runLab(options) : runProxy(options.origin, options)),
  );
}

async function runLab(options: LabOptions): Promise<ExitCode> {
  const misplaced = (['port', 'dialect', 'policy'] as const).find((name) => options[name] !== undefined);
  if (misplaced !== undefined) throw new ConfigError(`--${misplaced} goes only with --origin URL.`);
  const lab = await startLab(options.real === undefined ? {} : { real: options.real });
  onInterrupt(() => lab.stop());
  const folder = await mkdtemp(join(tmpdir(), 'strata-lab-'));
  onInterrupt(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'strata.yaml');
  await writeFile(file, topologyYaml(lab.topology));
  print(options.json === true ? json(labDocument(lab.topology, file), 0) : labText(lab.topology, file).join('\n'));
  if (options.quiet !== true) tell('d and Enter: deploy a new build · Ctrl-C: stop');
  deployOnRequest(lab, options.json === true);
  return untilInterrupted();
}

/** Whoever types `d` and Enter deploys, in a terminal as through a pipe. */
function deployOnRequest(lab: Lab, asJson: boolean): void {
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line.trim() !== 'd') return;
    void lab.origin
      .deploy()
      .then(({ build }) => print(asJson ? json({ strata: 1, verb: 'deploy', build }, 0) : `deployed build ${build}`));
  });
}

function labText(topology: Topology, file: string): string[] {
  const [target] = topology.targets;
  const host = target === undefined ? '' : new URL(target.url).host;
  const layers = topology.layers.flatMap((layer) => [
    `${layer.id} (${layer.role === 'origin' ? 'origin' : (layer.dialect ?? '')})`,
    ...layer.nodes.map((node) => `  ${node.id}: curl -si -H 'Host: ${host}' ${node.address}/`),
  ]);
  return [`target: ${target?.url ?? ''}`, ...layers, `topology: ${file}`, `look at it: strata look --topology ${file}`];
}

function labDocument(topology: Topology, file: string): object {
  const layers = topology.layers.map(({ id, role, dialect, nodes }) => ({
    id,
    role,
    ...(dialect !== undefined && { dialect }),
    nodes,
  }));
  return { strata: 1, verb: 'lab', topology: file, target: topology.targets[0]?.url, layers };
}

async function runProxy(origin: string, options: LabOptions): Promise<ExitCode> {
  if (options.port === undefined) throw new ConfigError('--origin needs --port N, where the cache listens.');
  if (options.real !== undefined) throw new ConfigError('--real and --origin exclude each other.');
  if (urlParts(origin)?.userinfo !== undefined) throw new ConfigError('The URL holds credentials; take them out.');
  const known = dialects.map((d) => d.id);
  if (options.dialect !== undefined && !known.includes(options.dialect)) {
    throw new ConfigError(`There is no dialect "${options.dialect}"${suggestion(options.dialect, known)}`);
  }
  const cache = await startReverseProxy({
    origin,
    port: options.port,
    ...(options.dialect !== undefined && { dialect: options.dialect }),
    ...(options.policy !== undefined && { policy: options.policy }),
  });
  onInterrupt(() => cache.stop());
  print(
    options.json === true
      ? json({ strata: 1, verb: 'lab', address: cache.address, origin }, 0)
      : `${cache.address} caches ${origin}`,
  );
  return untilInterrupted();
}
