// A live engine over a real store and servers on loopback, for the length of a test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab, LabOptions } from '../../../probe/lab/lab.ts';
import { startLab } from '../../../probe/lab/lab.ts';
import type { Engine } from '../../../probe/server/engine.ts';
import { openStore, type Store } from '../../../probe/store/store.ts';
import { startLive } from '../../../probe/trace/live.ts';
import type { Topology } from '../../../shared/topology.ts';
import type { LiveMessage } from '../../../shared/trace.ts';

export interface Scene {
  readonly live: Engine & { close(): Promise<void> };
  readonly store: Store;
  /** The data folder: the store's, and that of the traces beside it. */
  readonly data: string;
  /** Everything that listeners were told, in order. */
  readonly told: readonly LiveMessage[];
  /** What the engine could not do. */
  readonly errors: readonly unknown[];
  /** Ends the engine only. */
  readonly stop: () => Promise<void>;
  /** Ends the engine, the store and its folder. */
  close(): Promise<void>;
}

export async function liveOn(topology: Topology, lab?: Lab): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-live-'));
  const store = await openStore(folder);
  const errors: unknown[] = [];
  const told: LiveMessage[] = [];
  const onError = (error: unknown) => errors.push(error);
  const live = await startLive({ topology, store, data: folder, onError, ...(lab === undefined ? {} : { lab }) });
  live.subscribe((_, message) => told.push(message));
  let ended: Promise<void> | undefined;
  const stop = () => (ended ??= live.close());
  return {
    live,
    store,
    data: folder,
    told,
    errors,
    stop,
    close: async () => {
      await stop();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function liveLab(options: LabOptions): Promise<Scene & { readonly lab: Lab }> {
  const lab = await startLab(options);
  const scene = await liveOn(lab.topology, lab);
  const close = async () => {
    await scene.close();
    await lab.stop();
  };
  return { ...scene, lab, close };
}

/** Waits until it is so; rejects with `what` when it is not within `seconds`. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, seconds = 15): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(10)) if (await isSo()) return;
  throw new Error(`not within ${seconds} s: ${what}`);
}
