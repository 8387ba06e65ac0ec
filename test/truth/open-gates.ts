// How does the harness speak with the gates, whose clock is another process's?
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { wallNow } from '../../probe/exchange/clock.ts';
import type { FromGates, GatesWanted, Passed, ToGates } from './gates.ts';

export interface Gates {
  /** By node id. */
  readonly addresses: ReadonlyMap<string, string>;
  /** The page that visitors want from now on. */
  visit(path: string | undefined): void;
  /** What went through since it was last asked; instants by this process's wall clock. */
  notes(): Promise<Passed[]>;
  close(): Promise<void>;
}

/** Our wall clock minus the machine's monotonic one, in seconds. Interrupted between the two it comes out too small. */
const ahead = (): number =>
  Math.max(...Array.from({ length: 5 }, () => wallNow() - Number(process.hrtime.bigint()) / 1e9));

export async function openGates(wanted: GatesWanted): Promise<Gates> {
  const child = fork(new URL('gates.ts', import.meta.url).pathname);
  const gone = once(child, 'exit');
  const say = (message: ToGates) => void child.send(message);
  const hear = async () => (await once(child, 'message'))[0] as FromGates;
  say({ open: wanted });
  const opened = await hear();
  if (!('gates' in opened)) throw new Error('the gates did not open');
  return {
    addresses: new Map(opened.gates.map((g) => [g.id, g.address])),
    visit: (path) => say({ visit: path }),
    notes: async () => {
      say({ notes: true });
      const told = await hear();
      const behind = ahead();
      if (!('passed' in told)) return [];
      return told.passed.map((p) => ({ ...p, sentAt: p.sentAt + behind, answeredAt: p.answeredAt + behind }));
    },
    close: async () => {
      child.disconnect();
      await gone;
    },
  };
}
