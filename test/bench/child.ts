// How does a measurement run in a process of its own? The program starts itself again with `--child`.
import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface Child {
  /** What it said once it was ready: its address, or its figure. */
  readonly said: string;
  /** Microseconds of CPU that it has used so far. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

/** Resolves when the child has said something; rejects when it ends before. */
export async function inChild(part: string, args: readonly string[], nodeArgs: readonly string[] = []): Promise<Child> {
  const child = fork(process.argv[1]!, ['--child', part, ...args], { execArgv: [...process.execArgv, ...nodeArgs] });
  const gone = once(child, 'exit');
  const next = async (): Promise<string> => {
    const ended = gone.then(([code]) => {
      throw new Error(`${part} ended with ${code}`);
    });
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [unknown];
    return String(message);
  };
  return {
    said: await next(),
    cpu: async () => {
      child.send('cpu');
      return Number(await next());
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

/** Runs in the child: says it, answers questions, ends when its parent lets go. */
export function sayToParent(text: string): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.(text);
}
