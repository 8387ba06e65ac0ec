// The real command line, as a child process.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a command line stands that is started nowhere in particular: what it records must not pile up in the project. */
const NOWHERE = mkdtempSync(join(tmpdir(), 'strata-nowhere-'));
process.on('exit', () => rmSync(NOWHERE, { recursive: true, force: true }));

const MAIN = new URL('../../../probe/cli/main.ts', import.meta.url).pathname;

/** What Node is started with. */
export const argumentsFor = (args: readonly string[]): string[] => [
  '--import',
  import.meta.resolve('tsx'),
  MAIN,
  ...args,
];

export interface How {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

export function start(args: readonly string[], { cwd = NOWHERE, env }: How = {}): ChildProcessWithoutNullStreams {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env;
  return spawn(process.execPath, argumentsFor(args), { cwd, env: { ...inherited, ...env } });
}

/** Runs one command line to its end; `input` is its stdin. */
export async function strata(
  args: readonly string[],
  how: How & { readonly input?: string | Buffer } = {},
): Promise<Ended> {
  const child = start(args, how);
  child.stdin.end(how.input ?? '');
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

/** The first whole line that a running command prints. */
export function firstLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes('\n')) resolve(seen.slice(0, seen.indexOf('\n')));
    });
    child.once('close', () => reject(new Error(`ended before it printed a line: ${seen}`)));
  });
}

/** Ends a running command by a signal and resolves with its exit code. */
export function end(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): Promise<number | null> {
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.kill(signal);
  return closed;
}
