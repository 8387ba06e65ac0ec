import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddedCache } from '../../probe/lab/embedded-cache.ts';
import { startReverseProxy } from '../../probe/lab/reverse-proxy.ts';
import { judge } from './judge.ts';
import { caseFiles } from './load.ts';
import { startOrigin } from './origin.ts';
import type { Origin } from './origin.ts';
import type { Outcome } from './outcome.ts';
import { play } from './play.ts';

let origin: Origin;
let proxy: EmbeddedCache;

beforeAll(async () => {
  origin = await startOrigin();
  proxy = await startReverseProxy({ origin: origin.address, port: 0 });
});

afterAll(async () => {
  await proxy.stop();
  await origin.stop();
});

describe.each(caseFiles())("the lab's proxy: $name", ({ cases }) => {
  const played = new Map<string, Promise<Outcome>>();
  // all of a file at once: most of the time is waiting
  beforeAll(() => {
    for (const [i, scenario] of cases.entries()) {
      played.set(scenario.id, play(scenario, proxy.address, origin, (i % 10) / 10));
    }
  });

  it.each(cases.map((scenario) => [scenario.id, scenario] as const))('%s', async (id, scenario) => {
    expect(judge(scenario, await played.get(id)!)).toEqual([]);
  });
});
