// Where are traces kept? In the folder that was named, else in .strata beside the topology.
import { dirname, join } from 'node:path';
import type { Command } from 'commander';

export interface DataOptions {
  readonly data?: string;
  readonly topology?: string;
}

export const USUAL_DATA = '.strata';

export const dataFolderOf = ({ data, topology }: DataOptions): string =>
  data ?? (topology === undefined ? USUAL_DATA : join(dirname(topology), USUAL_DATA));

export const withDataOption = (command: Command): Command =>
  command.option('--data <folder>', 'where traces are kept (default: .strata beside the topology)');
