// How does a daemon never outlive the lab, whatever ends the lab? A watchdog shell holds our end of a pipe.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './listening.ts';
import { READY_PATH } from './origin.ts';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  /** The signal that ends it. KILL for one process without children that takes its time after TERM, the default. */
  readonly endWith?: 'KILL';
}

export interface DaemonOptions {
  /** Stands in the folder's name and in errors. */
  readonly name: string;
  /** Where its folder is made. Default: the system's temporary folder. */
  readonly workDir?: string;
  /** Writes its configuration into the fresh `folder` and says how it is started in the foreground on `port`. */
  readonly prepare: (folder: string, port: number) => Promise<Command>;
}

export interface Daemon {
  readonly address: string;
  readonly folder: string;
  /** The watchdog's process id; the daemon is its child. */
  readonly pid: number;
  /** Resolves when the daemon has ended and its folder is gone. */
  stop(): Promise<void>;
}

const READY_WITHIN = 20;
const ATTEMPTS = 3;

// The kernel closes the pipe on fd 3 when we end, also by SIGKILL, and `read` returns. The signal goes to the daemon first and
// TERM to its whole group (this shell leads it) at the end: nginx workers would go on listening without their master. What the
// shell would say of a daemon that a signal ended, it would say into a pipe that nobody reads any more, and end by that.
const WATCHDOG = `
folder=$1; signal=$2; shift 2
exec 3<&0
"$@" 3<&- </dev/null &
daemon=$!
exec 2>/dev/null
{ read -r _ <&3; kill -$signal $daemon; sleep 4; kill -KILL $daemon; } >/dev/null 2>&1 &
wait $daemon
status=$?
trap '' TERM
kill -TERM 0
rm -rf "$folder"
exit $status
`;

/**
 * Starts a daemon on a free loopback port and resolves when it answers HTTP. It ends, and its folder is removed, on
 * `stop()` and when this process ends for any reason.
 * @throws Error with what the daemon printed, when it does not start
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (attempt === ATTEMPTS || !/address already in use/i.test(String(error))) throw error;
    }
  }
}

async function startOnce({ name, workDir = tmpdir(), prepare }: DaemonOptions): Promise<Daemon> {
  const folder = await mkdtemp(join(workDir, `strata-lab-${name}-`));
  const port = await freePort();
  let watchdog: ChildProcess;
  try {
    const { command, args, endWith = 'TERM' } = await prepare(folder, port);
    watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'strata-watchdog', folder, endWith, command, ...args], {
      stdio: ['pipe', 'ignore', 'pipe'],
      cwd: folder,
      // a group of its own: Ctrl-C in the terminal must not end the watchdog before it has cleaned up
      detached: true,
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  let printed = '';
  watchdog.stderr!.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-4000)));
  const ended = new Promise<void>((resolve) => {
    watchdog.once('exit', () => resolve());
    watchdog.once('error', () => resolve());
  });
  const stop = (): Promise<void> => {
    watchdog.stdin!.destroy();
    return ended;
  };

  const isReady = await Promise.race([ended.then(() => false), becomesReady(port)]);
  if (isReady && watchdog.pid !== undefined) {
    return { address: `http://127.0.0.1:${port}`, folder, pid: watchdog.pid, stop };
  }
  await stop();
  throw new Error(`${name} did not start on port ${port}: ${printed.trim() || 'it printed nothing'}`);
}

async function becomesReady(port: number): Promise<boolean> {
  const deadline = performance.now() + READY_WITHIN * 1000;
  while (performance.now() < deadline) {
    if (await answers(port)) return true;
    await sleep(30);
  }
  return false;
}

/** Whether anything there speaks HTTP. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: READY_PATH, agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      response.once('close', () => resolve(true));
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
