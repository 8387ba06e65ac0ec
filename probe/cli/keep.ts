// How much of what was recorded earlier is kept? `--keep 500,90d,5GB`: how many traces, how old, how large together.
import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDuration } from '../../shared/duration.ts';
import type { KeepRuns } from '../store/runs-retention.ts';
import { list } from './options.ts';

export interface KeepOptions {
  readonly keep?: KeepRuns;
}

export const withKeepOption = (command: Command): Command =>
  command.addOption(
    new Option('--keep <limits>', 'earlier traces that are kept: how many, how old, how large (default: 200,2GB)')
      .env('STRATA_KEEP')
      .argParser(limits),
  );

const UNITS: Readonly<Record<string, number>> = {
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** @throws InvalidArgumentError for what is no limit */
export function limits(written: string): KeepRuns {
  const all = list(written).map((part) => limit(part));
  if (all.length === 0) throw new InvalidArgumentError(FORM);
  return Object.assign({}, ...all) as KeepRuns;
}

const FORM = 'Write how many, how old or how large, such as 500, 90d or 5GB, with commas between.';

function limit(part: string): KeepRuns {
  if (/^[1-9]\d*$/.test(part)) return { runs: Number(part) };
  const [, size, unit] = /^(\d+(?:\.\d+)?) ?([MGT]i?B)$/i.exec(part) ?? [];
  if (size !== undefined && unit !== undefined) return { bytes: Number(size) * UNITS[unit.toUpperCase()]! };
  const seconds = parseDuration(part);
  if (seconds === undefined || seconds === 0) throw new InvalidArgumentError(FORM);
  return { days: seconds / 86_400 };
}
