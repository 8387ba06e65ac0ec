// Where does a command keep what it sees? In a run of its own under the data folder, so that a kill loses nothing that was said.
import type { Command } from 'commander';
import { ConfigError } from '../../shared/config-problem.ts';
import type { Topology } from '../../shared/topology.ts';
import type { Run } from '../../shared/trace.ts';
import { wallNow } from '../exchange/clock.ts';
import type { RecordedRun } from '../store/runs.ts';
import { dataFolderOf, withDataOption, type DataOptions } from './data-folder.ts';
import { onInterrupt } from './interrupt.ts';
import { withKeepOption, type KeepOptions } from './keep.ts';
import { clean, tell } from './terminal.ts';

export interface RecordOptions extends DataOptions, KeepOptions {
  /** False with --no-record. */
  readonly record?: boolean;
}

export const withRecordOptions = (command: Command): Command =>
  withKeepOption(withDataOption(command).option('--no-record', 'keep nothing on disk'));

export interface Recording extends RecordedRun {
  /** Whether something that was seen could not be kept, and is not taken into account. */
  isIncomplete(): boolean;
}

/**
 * The run that the command records into; undefined with --no-record, and where nothing can be kept and nothing is purged.
 * @throws ConfigError where a purge could not be recorded before it is sent
 */
export async function beginRecording(
  options: RecordOptions,
  topology: Topology,
  run: Run,
  purges: boolean,
): Promise<Recording | undefined> {
  if (options.record === false) return undefined;
  // the database is only loaded by commands that record
  const { beginRun } = await import('../store/runs.ts');
  const { StoreFull, StoreUnusable } = await import('../store/store-error.ts');
  try {
    const begun = tellingWhenFull(
      await beginRun(dataFolderOf(options), { run, topology, startedAt: wallNow() }, options.keep),
    );
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

/** Says once that nothing more is kept, and once that the end was not. */
function tellingWhenFull(run: RecordedRun): Recording {
  let told = false;
  let ending: Promise<boolean> | undefined;
  const tellFull = (error: unknown): never => {
    if (!told && error instanceof Error && error.name === 'StoreFull') {
      told = true;
      tell(`strata: ${clean(error.message)}`);
    }
    throw error;
  };
  const finish = async (...said: Parameters<RecordedRun['end']>): Promise<boolean> => {
    const whole = await run.end(...said);
    if (!whole) tell(`strata: the disk is full: the end of trace ${run.id} is not recorded, what came before is.`);
    return whole;
  };
  return {
    id: run.id,
    record: (message) => run.record(message).catch(tellFull),
    end: (...said) => (ending ??= finish(...said)),
    isIncomplete: () => told,
  };
}
