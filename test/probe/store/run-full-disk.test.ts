// A disk that is full for real: a file system of 1 MiB in memory, which only root may make; elsewhere this is skipped.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../probe/store/driver.ts';
import { openHistory } from '../../../probe/store/history.ts';
import { runFolder } from '../../../probe/store/run-folder.ts';
import { beginRun } from '../../../probe/store/runs.ts';
import { StoreFull, StoreUnusable } from '../../../probe/store/store-error.ts';
import { observation, receipt, said, topology } from './sample.ts';

const base = mkdtempSync(join(tmpdir(), 'strata-full-'));
const disk = join(base, 'disk');
const mounted = mount();

function mount(): boolean {
  mkdirSync(disk);
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Takes all that is left of the disk; the returned function gives it back. */
function filled(): () => void {
  const ballast = join(disk, 'ballast');
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(ballast, Buffer.alloc(bavail * bsize));
  return () => unlinkSync(ballast);
}

beforeAll(() => {
  if (!mounted) console.info('skipped: a small file system cannot be mounted here');
});
afterAll(() => {
  if (mounted) execFileSync('umount', ['-l', disk]);
  rmSync(base, { recursive: true });
});

/** Records until the disk is full; how many observations were acknowledged. */
async function untilFull(record: (id: number) => Promise<number>): Promise<number> {
  for (let id = 1; ; id += 1) {
    try {
      await record(id);
    } catch (error) {
      expect(error).toBeInstanceOf(StoreFull);
      return id - 1;
    }
  }
}

describe.skipIf(!mounted)('a run on a disk that becomes full', () => {
  it('loses nothing that was acknowledged, refuses the rest in one sentence, and goes on when there is room', async () => {
    const data = join(disk, 'first');
    const run = await beginRun(data, { run: { kind: 'trace' }, topology, startedAt: 1 });
    const giveBack = filled();
    // a purge is not even intended where that cannot be written down
    const kept = await untilFull((id) => run.record(observation(id, id, `${id}`.repeat(500))));
    await expect(run.record(receipt(1, 'unknown', 1))).rejects.toThrow(
      /The disk that holds .* is full: nothing more is recorded/,
    );
    giveBack();
    await run.record(receipt(2, 'unknown', 5));
    expect(await run.end(said)).toBe(true);

    const trace = await openHistory(data).read(run.id);
    if ('problem' in trace) throw new Error(trace.problem);
    expect(trace.observations).toHaveLength(kept);
    expect(trace.receipts.map((r) => r.id)).toEqual([2]);
    rmSync(data, { recursive: true });
  });

  it('and stays full can be read, and is found interrupted at its last certain instant', async () => {
    const data = join(disk, 'second');
    const run = await beginRun(data, { run: { kind: 'trace' }, topology, startedAt: 1 });
    await run.record(observation(1, 7));
    const giveBack = filled();
    const kept = 1 + (await untilFull((id) => run.record(observation(1 + id, 7 + id, `${id}`.repeat(500)))));
    expect(await run.end(said)).toBe(false);

    const history = openHistory(data);
    expect((await history.list()).traces).toMatchObject([{ id: run.id, state: 'interrupted', observations: kept }]);
    expect(await history.read(run.id)).toMatchObject({ id: run.id, observations: { length: kept } });
    giveBack();
    expect((await openHistory(data).list()).traces).toMatchObject([{ state: 'interrupted', interruptedAt: 6 + kept }]);
    const db = openDatabase(join(runFolder(data, run.id), 'strata.db'));
    expect(db.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    db.close();
    rmSync(data, { recursive: true });
  });

  it('from the start is refused in one sentence', async () => {
    const data = join(disk, 'third');
    const giveBack = filled();
    const begun = beginRun(data, { run: { kind: 'purge' }, topology, startedAt: 1 });
    await expect(begun).rejects.toSatisfy((e) => e instanceof StoreFull || e instanceof StoreUnusable);
    await expect(begun).rejects.toThrow(/full/);
    giveBack();
  });
});
