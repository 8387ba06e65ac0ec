// What does a seed choose? The same every time, whatever the machine does meanwhile.
import { chanceFrom } from '../../shared/model/chance.ts';

export interface Random {
  /** From `least` up to `most`. */
  between(least: number, most: number): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  one<T>(of: readonly [T, ...T[]]): T;
  isSo(chance: number): boolean;
  /** Eight hex digits. */
  hex(): string;
}

export function randomFrom(seed: number): Random {
  const next = chanceFrom(seed);
  const between = (least: number, most: number) => least + next() * (most - least);
  const whole = (least: number, most: number) => Math.floor(between(least, most + 1));
  return {
    between,
    whole,
    one: (of) => of[whole(0, of.length - 1)]!,
    isSo: (chance) => next() < chance,
    hex: () => whole(0x1000_0000, 0xffff_ffff).toString(16),
  };
}
