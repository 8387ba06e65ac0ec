// How is a purge done that is a program of the operator's own? Started without a shell, given a time, its words bounded.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Command, PurgeReply } from './purger.ts';
import type { Unanswered } from './send.ts';

/** How much of what it says is kept, in characters. */
const MOST_TEXT = 64 * 1024;

/** Seconds for its last words, where something that it has started goes on and keeps its output open. */
const LAST_WORDS = 0.2;

/** Its exit code decides; what is left running after the time is killed with its children. */
export function runCommand({ program, args, env, input }: Command, timeout: number): Promise<PurgeReply | Unanswered> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const text = lastWords(child);
    let timer: NodeJS.Timeout;
    const settle = (reply: PurgeReply | Unanswered) => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(reply);
    };
    const unanswered = (sent: boolean, message: string) => settle({ over: 'unanswered', sent, message });
    timer = setTimeout(() => {
      endAll(child.pid);
      unanswered(true, `${program} had not ended after ${timeout} s and was killed`);
    }, timeout * 1000);
    // a program that reads nothing may be gone before it is written to
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    child.on('error', (error: NodeJS.ErrnoException) =>
      unanswered(false, `${program} cannot be started (${error.code ?? error.message})`),
    );
    const ended = (code: number | null, signal: NodeJS.Signals | null) => {
      if (code === null) unanswered(true, `${program} was ended by ${signal ?? 'a signal'}`);
      else settle({ over: 'command', exitCode: code, text: text() });
    };
    child.on('close', ended);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      timer = setTimeout(() => ended(code, signal), LAST_WORDS * 1000);
    });
  });
}

/** With whatever it has started, unless all of that is gone already. */
function endAll(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // nobody is left
  }
}

/** The end of what it says, from the beginning of a line: the rest of one that was cut could be the rest of a secret. */
function lastWords({ stdout, stderr }: ChildProcessWithoutNullStreams): () => string {
  let text = '';
  let cut = false;
  const hear = (chunk: string) => {
    text += chunk;
    cut ||= text.length > MOST_TEXT;
    text = text.slice(-MOST_TEXT);
  };
  stdout.setEncoding('utf8').on('data', hear);
  stderr.setEncoding('utf8').on('data', hear);
  return () => {
    if (!cut) return text;
    const line = text.indexOf('\n');
    return line < 0 ? '' : text.slice(line + 1);
  };
}
