import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownEvents } from '../../../probe/cli/known-events.ts';
import { wallNow } from '../../../probe/exchange/clock.ts';
import { beginRun } from '../../../probe/store/runs.ts';
import { Session } from '../../../probe/trace/session.ts';
import { event, topology } from '../store/sample.ts';

let data: string;
let session: Session;
const now = wallNow();
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'strata-known-'));
  session = new Session({ topology });
  const run = await beginRun(data, { run: { kind: 'trace' }, topology, startedAt: now - 60 });
  await run.record(event(7, now - 50));
  const at = { earliest: now - 40, latest: now - 40 };
  await run.record({ type: 'event', data: { id: 8, type: 'purge-accepted', at, layer: 'edge', node: 'edge-1' } });
  await run.end();
});
afterAll(async () => {
  await session.close();
  rmSync(data, { recursive: true });
});

const typesOf = async (options: Parameters<typeof knownEvents>[0]): Promise<string[]> =>
  (await knownEvents(options, session)).map((e) => `${e.type} ${Math.round(now - e.at.latest)} s ago`);

describe('what happened lately', () => {
  it('need not be told, and has ids of this session', async () => {
    expect(await typesOf({ data })).toEqual(['deploy 50 s ago', 'purge-accepted 40 s ago']);
    const ids = [...(await knownEvents({ data }, session)), ...(await knownEvents({ data }, session))].map((e) => e.id);
    expect(new Set(ids).size).toBe(4);
  });

  it('gives way to what is told of its kind', async () => {
    expect(await typesOf({ data, deployed: [{ at: now - 5 }] })).toEqual(['purge-accepted 40 s ago', 'deploy 5 s ago']);
    expect(await typesOf({ data, purged: [{ at: now - 5 }] })).toEqual(['deploy 50 s ago', 'purge-accepted 5 s ago']);
  });

  it('is nothing where nothing was ever recorded', async () => {
    expect(await typesOf({ data: join(data, 'nowhere') })).toEqual([]);
  });
});
