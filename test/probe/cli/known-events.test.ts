import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployRecorded, knownEvents } from '../../../probe/cli/known-events.ts';
import { wallNow } from '../../../probe/exchange/clock.ts';
import { beginRun } from '../../../probe/store/runs.ts';
import { Session } from '../../../probe/trace/session.ts';
import { topology } from '../store/sample.ts';

let data: string;
let session: Session;
const now = wallNow();
const DEPLOYED = now - 50;
const MARKER = '4f2c';
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'strata-known-'));
  session = new Session({ topology });
  const run = await beginRun(data, { run: { kind: 'trace' }, topology, startedAt: now - 60 });
  const deployedAt = { earliest: DEPLOYED, latest: DEPLOYED };
  await run.record({ type: 'event', data: { id: 7, type: 'deploy', at: deployedAt, marker: MARKER } });
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

describe('a deploy that was recorded', () => {
  it('need not be told again for its marker, and says nothing of another one', async () => {
    expect(await deployRecorded({ data }, session, MARKER)).toBe(DEPLOYED);
    expect(await deployRecorded({ data }, session, 'another')).toBeUndefined();
    expect(await deployRecorded({ data: join(data, 'nowhere') }, session, MARKER)).toBeUndefined();
  });
});
