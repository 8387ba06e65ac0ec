// Which options do commands share, and how is what was typed read?
import { type Command, InvalidArgumentError } from 'commander';
import { DURATION_FORM, parseDuration } from '../../shared/duration.ts';
import type { Policy } from '../../shared/topology.ts';

export interface OutputOptions {
  readonly json?: true;
  readonly quiet?: true;
}

export interface ProbeOptions extends OutputOptions {
  readonly topology?: string;
  readonly target?: string;
  readonly variant?: string;
  /** Seconds for one request. */
  readonly timeout?: number;
}

export interface PlaceOptions extends ProbeOptions {
  readonly layer?: string;
  readonly node?: string;
}

export function withOutputOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON instead of text')
    .option('--quiet', 'no progress on stderr')
    .option('--no-color', 'no colours (also: NO_COLOR=1)');
}

export function withProbeOptions(command: Command): Command {
  command
    .option('--topology <file>', 'what is there: layers, nodes, targets (default: "./strata.yaml")')
    .option('--target <id>', 'only this target')
    .option('--variant <id>', 'only this variant')
    .option('--timeout <duration>', 'the longest one request may take (default: 30s)', someTime);
  return withOutputOptions(command);
}

/** The common options, and which layer or node to ask. */
export function withPlaceOptions(command: Command): Command {
  return withProbeOptions(command.option('--layer <id>', 'only this layer').option('--node <id>', 'only this node'));
}

/** Examples below a command's help. */
export function withExample(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExample:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`);
}

/** Seconds. */
export function duration(written: string): number {
  const seconds = parseDuration(written);
  if (seconds === undefined) throw new InvalidArgumentError(`It is not a duration; ${DURATION_FORM}.`);
  return seconds;
}

/** Seconds, above zero. */
export function someTime(written: string): number {
  const seconds = duration(written);
  if (seconds === 0) throw new InvalidArgumentError('It must be longer than nothing.');
  return seconds;
}

export function port(written: string): number {
  const number = /^\d{1,5}$/.test(written) ? Number(written) : Number.NaN;
  if (!(number <= 65_535)) throw new InvalidArgumentError('A port is a number from 0 to 65535 (0: any that is free).');
  return number;
}

export const list = (written: string): string[] =>
  written
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** `cap=1d,grace=0,honoursAge=false,ignores=Cache-Control+Vary` */
export function policy(written: string): Policy {
  return Object.fromEntries(list(written).map((part) => onePolicy(part)));
}

const LENGTHS = ['cap', 'grace', 'keep', 'defaultTtl', 'staleOnError'];

function onePolicy(part: string): [string, number | boolean | string[]] {
  const [, key = '', value = ''] = /^(\w+)=(.+)$/.exec(part) ?? [];
  if (LENGTHS.includes(key)) return [key, duration(value)];
  if (key === 'honoursAge' && (value === 'true' || value === 'false')) return [key, value === 'true'];
  if (key === 'ignores') return [key, value.split('+')];
  throw new InvalidArgumentError(
    `Write ${LENGTHS.join(', ')} with a duration, honoursAge with true or false, ignores with field names and + between them, such as cap=1d,grace=0.`,
  );
}
