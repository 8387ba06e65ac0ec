import { expect, it, vi } from 'vitest';
import { StoreFull } from '../../../probe/store/store-error.ts';
import type { Write } from '../../../probe/store/write.ts';
import { writerOn } from '../../../probe/store/writer.ts';

/** Commits that end when they are told to. */
function disk() {
  const commits: { writes: number; done: () => void; full: () => void }[] = [];
  let sequence = 0;
  const writer = writerOn(
    (writes: readonly Write[]) =>
      new Promise((resolve, reject) => {
        commits.push({
          writes: writes.length,
          done: () => resolve(writes.map(() => ++sequence)),
          full: () => reject(new StoreFull('/data')),
        });
      }),
  );
  return { writer, commits, write: () => writer.write({ verb: 'try' }) };
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it('writes of one turn are one commit, each with its own number', async () => {
  const { commits, write } = disk();
  const both = [write(), write()];
  await turn();
  expect(commits.map((c) => c.writes)).toEqual([2]);
  commits[0]?.done();
  expect(await Promise.all(both)).toEqual([1, 2]);
});

it('what comes while a commit is under way waits for it and is committed together', async () => {
  const { commits, write } = disk();
  const first = write();
  await turn();
  const later = [write()];
  await turn();
  later.push(write(), write());
  expect(commits).toHaveLength(1);
  commits[0]?.done();
  await first;
  await vi.waitUntil(() => commits.length === 2);
  expect(commits.map((c) => c.writes)).toEqual([1, 3]);
  commits[1]?.done();
  expect(await Promise.all(later)).toEqual([2, 3, 4]);
});

it('a full disk refuses the batch, is told, and is over with the next commit that succeeds', async () => {
  const { writer, commits, write } = disk();
  const refused = Promise.allSettled([write(), write()]);
  await turn();
  commits[0]?.full();
  for (const r of await refused) expect(r.status === 'rejected' && r.reason).toBeInstanceOf(StoreFull);
  expect(writer.full()).toBe(true);
  const again = write();
  await vi.waitUntil(() => commits.length === 2);
  commits[1]?.done();
  await again;
  expect(writer.full()).toBe(false);
});
