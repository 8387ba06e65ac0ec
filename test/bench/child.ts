// How does a measurement run in a process of its own? The program starts itself again with `--child`.
import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface Child {
  /** What it said once it was ready: its address, or its figure. */
  readonly said: string;
  /** Microseconds of CPU that it has used so far. */
  cpu(): Promise<number>;
  /** What it answers to a question of its own. */
  ask(question: string): Promise<string>;
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
  const ask = (question: string): Promise<string> => {
    child.send(question);
    return next();
  };
  return {
    said: await next(),
    cpu: async () => Number(await ask('cpu')),
    ask,
    stop: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

/** Runs in the child: says it, answers questions, ends when its parent lets go. */
export function sayToParent(text: string, answer?: (question: string) => Promise<string>): void {
  process.on('message', (question) => {
    const { user, system } = process.cpuUsage();
    if (question === 'cpu') process.send?.(user + system);
    else void answer?.(String(question)).then((said) => process.send?.(said));
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.(text);
}
