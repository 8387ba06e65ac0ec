// Are faults named right, and is nobody accused where there is none? Many seeded runs on real daemons, held against the truth.
import { randomFrom } from './faults-random.ts';
import { accused, type Fault, type Staged } from './faults-scene.ts';
import { startStack, type Shields, type Stack } from './faults-stack.ts';

export interface Judged {
  readonly name: string;
  readonly seed: number;
  readonly shields: Shields;
  readonly how: string;
  /** Places where the fault truly was. */
  readonly places: number;
  /** Said where it was not, or under another name. */
  readonly wrongly: readonly string[];
  readonly missed: readonly string[];
}

export interface Many {
  readonly name: string;
  readonly fault: Fault;
  readonly runs: number;
  readonly seed: number;
  /** Runs under way at the same time, on pages of their own. */
  readonly atOnce: number;
  readonly onRun?: (judged: Judged, staged: Staged) => void;
}

/** Half of the runs before nginx, half before Squid. */
export async function runMany(many: Many, stacks: readonly Stack[]): Promise<Judged[]> {
  const judged: Judged[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < many.runs; i = next++) judged.push(await runOne(many, stacks[i % stacks.length]!, i));
  };
  await Promise.all(Array.from({ length: many.atOnce }, worker));
  return judged;
}

async function runOne({ name, fault, seed, onRun }: Many, stack: Stack, nth: number): Promise<Judged> {
  const own = seed * 1000 + nth;
  const staged = await fault(stack, `${name}-${own}`, randomFrom(own));
  const { how, expected, document } = staged;
  const said = accused(document);
  const judged: Judged = {
    name,
    seed: own,
    shields: stack.shields,
    how,
    places: expected.length,
    wrongly: said.filter((a) => !expected.includes(a)),
    missed: expected.filter((a) => !said.includes(a)),
  };
  onRun?.(judged, staged);
  await staged.session.close();
  return judged;
}

export const isRight = ({ wrongly, missed }: Judged): boolean => wrongly.length === 0 && missed.length === 0;

/** One line for a terminal. */
export function judgedText(judged: Judged): string {
  const { name, seed, shields, how, places, wrongly, missed } = judged;
  const verdict = isRight(judged) ? 'right' : `WRONG: said [${wrongly.join('; ')}], missed [${missed.join('; ')}]`;
  return `${name} seed ${seed} before ${shields} (${how}; ${places} places): ${verdict}`;
}

export const startStacks = (): Promise<Stack[]> => Promise.all([startStack('nginx'), startStack('squid')]);
