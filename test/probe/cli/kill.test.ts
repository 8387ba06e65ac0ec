// Needs the built command line: a trace that purges, killed at random moments.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isBuilt } from './killed-trace.ts';
import { killMany } from './killed-traces.ts';
import { startPurgedSite, type PurgedSite } from './purged-site.ts';

const RUNS = 12;

let folder: string;
let site: PurgedSite;
beforeAll(async () => {
  if (!isBuilt()) throw new Error('dist/probe is missing: run `npm run build` first.');
  folder = await mkdtemp(join(tmpdir(), 'strata-kill-'));
  site = await startPurgedSite();
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true });
});

it(
  `strata trace --purge, killed at ${RUNS} random moments, loses nothing that it had said, is found interrupted, and purges nothing twice`,
  { timeout: 120_000 },
  async () => {
    const { problems, acknowledged } = await killMany(site, folder, RUNS, 3);
    expect(problems).toEqual([]);
    expect(acknowledged).toBeGreaterThan(0);
  },
);
