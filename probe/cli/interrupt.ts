// What happens on Ctrl-C? What was started is stopped, then the process ends as a shell expects: 128 and the signal's number.

const LONGEST = 5000;
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

const cleanups: (() => Promise<void>)[] = [];

/** Runs `cleanup` when a signal ends the process; the last one registered runs first. */
export function onInterrupt(cleanup: () => Promise<void>): void {
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
      void stopAll().finally(() => process.exit(code));
    });
  }
}

/** Stops what was started, also where a command fails half way. */
export async function stopAll(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup().catch(() => undefined);
}
