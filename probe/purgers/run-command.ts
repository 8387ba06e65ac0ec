// How is a purge done that is a program of the operator's own? Started without a shell, given a time, its words bounded.
import { spawn } from 'node:child_process';
import type { Command, PurgeReply } from './purger.ts';
import type { Unanswered } from './send.ts';

/** How much of what it says is kept, in bytes. */
const MOST_TEXT = 64 * 1024;

/** Its exit code decides; what is left running after the time is killed with its children. */
export function runCommand({ program, args, env, input }: Command, timeout: number): Promise<PurgeReply | Unanswered> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    let text = '';
    const hear = (chunk: Buffer) => {
      if (text.length < MOST_TEXT) text += chunk.toString('utf8').slice(0, MOST_TEXT - text.length);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    // a program that reads nothing may be gone before it is written to
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      resolve({
        over: 'unanswered',
        sent: true,
        message: `${program} had not ended after ${timeout} s and was killed`,
      });
    }, timeout * 1000);
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve({
        over: 'unanswered',
        sent: false,
        message: `${program} cannot be started (${error.code ?? error.message})`,
      });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === null)
        resolve({ over: 'unanswered', sent: true, message: `${program} was ended by ${signal ?? 'a signal'}` });
      else resolve({ over: 'command', exitCode: code, text });
    });
  });
}
