// Needs varnishd, nginx and Squid: faults of purging, staged on real daemons, are named right, and where nothing is wrong nobody is accused.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Stack } from '../truth/faults-stack.ts';
import { faults, healthy } from '../truth/faults-staged.ts';
import { isRight, judgedText, runMany, startStacks } from '../truth/faults.ts';
import { needs } from './needs.ts';

// two whole stacks are started, and each story takes seconds
vi.setConfig({ hookTimeout: 60_000, testTimeout: 120_000 });

describe.runIf(needs('varnishd', 'nginx', 'squid'))('a trace through real caches', () => {
  let stacks: readonly Stack[] = [];
  beforeAll(async () => {
    stacks = await startStacks();
  });
  afterAll(async () => {
    for (const stack of stacks) await stack.stop();
  });

  it.each(Object.entries(faults))('names %s at the places where it is, and nothing elsewhere', async (name, fault) => {
    const judged = await runMany({ name, fault, runs: 2, seed: 9, atOnce: 2 }, stacks);
    expect(judged.filter((j) => !isRight(j)).map(judgedText)).toEqual([]);
    expect(judged.every((j) => j.places > 0)).toBe(true);
  });

  it('accuses nobody of a healthy purge', async () => {
    const judged = await runMany({ name: 'healthy', fault: healthy, runs: 4, seed: 9, atOnce: 2 }, stacks);
    expect(judged.filter((j) => !isRight(j)).map(judgedText)).toEqual([]);
  });
});
