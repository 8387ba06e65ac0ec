// Where are traces kept? In the folder that was named, else in .strata beside the topology.
import { dirname, join } from 'node:path';
import type { Command } from 'commander';

export interface DataOptions {
  readonly data?: string;
  readonly topology?: string;
}

export const dataFolderOf = ({ data, topology }: DataOptions): string =>
  data ?? (topology === undefined ? '.strata' : join(dirname(topology), '.strata'));

export const withDataOption = (command: Command): Command =>
  command.option('--data <folder>', 'where traces are kept (default: .strata beside the topology)');
