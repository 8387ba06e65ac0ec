// Where does a command keep what it sees? In a run of its own under the data folder, so that a kill loses nothing that was said.
import type { Command } from 'commander';
import { ConfigError } from '../../shared/config-problem.ts';
import type { Topology } from '../../shared/topology.ts';
import type { Run } from '../../shared/trace.ts';
import { wallNow } from '../exchange/clock.ts';
import type { RecordedRun } from '../store/runs.ts';
import { onInterrupt } from './interrupt.ts';
import { tell } from './terminal.ts';

export interface RecordOptions {
  readonly data?: string;
  /** False with --no-record. */
  readonly record?: boolean;
}

/** Beside the folder in which the command is run, as for `serve --topology`. */
const USUAL = '.strata';

export function withRecordOptions(command: Command): Command {
  return command
    .option('--data <folder>', `where it is recorded (default: "${USUAL}")`)
    .option('--no-record', 'keep nothing on disk');
}

/**
 * The run that the command records into; undefined with --no-record, and where nothing can be kept and nothing is purged.
 * @throws ConfigError where a purge could not be recorded before it is sent
 */
export async function beginRecording(
  { data = USUAL, record }: RecordOptions,
  topology: Topology,
  run: Run,
  purges: boolean,
): Promise<RecordedRun | undefined> {
  if (record === false) return undefined;
  // the database is only loaded by commands that record
  const { beginRun } = await import('../store/runs.ts');
  const { StoreFull, StoreUnusable } = await import('../store/store-error.ts');
  try {
    const begun = await beginRun(data, { run, topology, startedAt: wallNow() });
    onInterrupt(async () => void (await begun.end()));
    return begun;
  } catch (error) {
    if (!(error instanceof StoreFull || error instanceof StoreUnusable)) throw error;
    if (purges) {
      throw new ConfigError(
        `${error.message} A purge is written down before it is sent; name another --data folder, or add --no-record.`,
        [],
        { cause: error },
      );
    }
    tell(`strata: ${error.message} This is not recorded.`);
    return undefined;
  }
}
