// What happens on Ctrl-C? What was started is stopped, then the process ends as a shell expects: 128 and the signal's number,
// or with what it had found out by then.
import type { ExitCode } from './exit-code.ts';

const LONGEST = 5000;
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

type Cleanup = () => Promise<ExitCode | void>;

const cleanups: Cleanup[] = [];

/**
 * Runs `cleanup` when a signal ends the process; the last one registered runs first. The exit code that it resolves with,
 * if any, is the answer of a command that was stopped half way.
 */
export function onInterrupt(cleanup: Cleanup): void {
  cleanups.push(cleanup);
}

/** Never resolves: a command that serves lives until a signal. */
export const untilInterrupted = (): Promise<never> => new Promise(() => setInterval(() => undefined, 2 ** 30));

/** To be called once, before any command runs. A second signal ends the process at once. */
export function endOnSignals(): void {
  let ending = false;
  for (const [signal, code] of Object.entries(CODES)) {
    process.on(signal, () => {
      if (ending) process.exit(code);
      ending = true;
      setTimeout(() => process.exit(code), LONGEST).unref();
      void stopAll().then((answer) => process.exit(answer ?? code));
    });
  }
}

/** Stops what was started, also where a command fails half way. Resolves with its answer, where it has one. */
export async function stopAll(): Promise<ExitCode | undefined> {
  let answer: ExitCode | undefined;
  for (const cleanup of cleanups.splice(0).reverse()) {
    const found = await cleanup().catch(() => undefined);
    answer ??= found ?? undefined;
  }
  return answer;
}
