import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Trace } from '../../../shared/trace.ts';
import { openHistory } from '../../../probe/store/history.ts';
import type { Refused } from '../../../probe/store/keeper.ts';
import { recentEvents } from '../../../probe/store/recent-events.ts';
import { runFolder, type RunBegun } from '../../../probe/store/run-folder.ts';
import { beginRun } from '../../../probe/store/runs.ts';
import { trimRuns } from '../../../probe/store/runs-retention.ts';
import { StoreUnusable } from '../../../probe/store/store-error.ts';
import { openStore } from '../../../probe/store/store.ts';
import { event, observation, receipt, said, topology } from './sample.ts';
import { startSite } from './site-at.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'strata-history-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

/** A run that was recorded and has ended; its id. */
async function recorded(startedAt: number, more: Partial<RunBegun> = {}, withSummary = true): Promise<string> {
  const run = await beginRun(data, { run: { kind: 'trace' }, topology, startedAt, ...more });
  await run.record(observation(1, startedAt + 1));
  expect(await run.end(withSummary ? said : undefined)).toBe(true);
  return run.id;
}

const whole = (read: Trace | Refused): Trace => {
  if ('problem' in read) throw new Error(read.problem);
  return read;
};
const idsOf = async (...filter: Parameters<ReturnType<typeof openHistory>['list']>): Promise<string[]> =>
  (await openHistory(data).list(...filter)).traces.map((t) => t.id);

describe('a run', () => {
  it('reads back as it was recorded, with what was asked and what was said', async () => {
    const id = await recorded(100, { run: { kind: 'wait', expect: '4f2c', target: 'home' } });
    const trace = whole(await openHistory(data).read(id));
    expect(trace).toMatchObject({
      id,
      startedAt: 100,
      run: { kind: 'wait', expect: '4f2c', target: 'home' },
      summary: said,
    });
    expect(trace.observations).toEqual([observation(1, 101).data]);
    expect(trace.interruptedAt).toBeUndefined();
  });

  it('is listed with what it turned out to follow, where nobody had said what that would be', async () => {
    const run = await beginRun(data, { run: { kind: 'trace' }, topology, startedAt: 1 });
    await run.end({ ...said, expect: '9a01' });
    expect((await openHistory(data).list({ search: '9A01' })).traces).toMatchObject([{ id: run.id, expect: '9a01' }]);
  });

  it('is listed as running while this very process records it, and stays sound', async () => {
    const run = await beginRun(data, { run: { kind: 'trace' }, topology, startedAt: 1 });
    const history = openHistory(data);
    await run.record(observation(1));
    expect((await history.list()).traces).toMatchObject([{ id: run.id, state: 'running' }]);
    expect(await history.read(run.id)).toMatchObject({ why: 'running' });
    await run.record(observation(2));
    await run.end(said);
    expect((await history.list()).traces).toMatchObject([{ id: run.id, state: 'finished', observations: 2 }]);
  });

  it('makes room for itself: old ones go as a new one begins', async () => {
    const ids = [await recorded(1), await recorded(2), await recorded(3)];
    const next = await beginRun(data, { run: { kind: 'trace' }, topology, startedAt: 4 }, { runs: 2 });
    await next.end();
    expect(await idsOf()).toEqual([next.id, ids[2], ids[1]]);
  });

  it('ends once: what a signal adds afterwards counts no more', async () => {
    const run = await beginRun(data, { run: { kind: 'trace' }, topology, startedAt: 1 });
    await Promise.all([run.end(said), run.end()]);
    expect(whole(await openHistory(data).read(run.id)).summary).toEqual(said);
  });

  it('is refused where nothing can be kept, with the folder named', async () => {
    writeFileSync(join(data, 'runs'), 'no folder');
    const begun = beginRun(data, { run: { kind: 'purge' }, topology, startedAt: 1 });
    await expect(begun).rejects.toThrow(StoreUnusable);
    await expect(begun).rejects.toThrow(/Nothing can be recorded in .*runs/);
  });
});

describe('the list', () => {
  it('holds runs and the traces of the service, newest first', async () => {
    const run = await recorded(200);
    const store = await openStore(data);
    const [first, last] = [await store.beginTrace(topology, 100), await store.beginTrace(topology, 300)];
    const open = await openHistory(data, store).list();
    expect(open.traces.map((t) => [t.id, t.state])).toEqual([
      [last, 'running'],
      [run, 'finished'],
      [first, 'running'],
    ]);
    await store.close();
    expect((await openHistory(data).list()).traces.map((t) => [t.id, t.state])).toEqual([
      [last, 'interrupted'],
      [run, 'finished'],
      [first, 'interrupted'],
    ]);
  });

  it('can be asked for a kind, a target, a layer, a text, a time and a number', async () => {
    const old = await recorded(100, { run: { kind: 'purge' } }, false);
    const wanted = await recorded(Date.now() / 1000, { run: { kind: 'trace', expect: 'Build-4F2C' } });
    expect(await idsOf()).toEqual([wanted, old]);
    expect(await idsOf({ kind: 'purge' })).toEqual([old]);
    expect(await idsOf({ target: 'home' })).toEqual([wanted, old]);
    expect(await idsOf({ target: 'cart' })).toEqual([]);
    expect(await idsOf({ layer: 'edge' })).toEqual([wanted, old]);
    expect(await idsOf({ layer: 'shield' })).toEqual([]);
    expect(await idsOf({ search: 'build-4f' })).toEqual([wanted]);
    expect(await idsOf({ search: 'SAMPLE' })).toEqual([wanted, old]);
    expect(await idsOf({ until: 200 })).toEqual([old]);
    expect(await idsOf({ since: Date.now() / 1000 + 100 })).toEqual([]);
    expect(await idsOf({ limit: 1 })).toEqual([wanted]);
  });

  it('is not spoilt by a run that cannot be read, or by what is no run, and says so', async () => {
    const good = await recorded(100);
    const bad = await recorded(200);
    writeFileSync(join(runFolder(data, bad), 'strata.db'), 'x'.repeat(5000));
    mkdirSync(join(data, 'runs', 'notes'));
    mkdirSync(join(data, 'runs', 'A'.repeat(22)));
    const { traces, elsewhere } = await openHistory(data).list();
    expect(traces.map((t) => t.id)).toEqual([good]);
    expect(elsewhere).toContain(`The trace ${bad} cannot be read: file is not a database.`);
  });

  it('is empty where nothing was ever recorded', async () => {
    expect(await openHistory(join(data, 'nowhere')).list()).toEqual({ traces: [] });
    expect(existsSync(join(data, 'nowhere'))).toBe(false);
  });

  it('tells of a service that has its own traces open', async () => {
    const run = await recorded(200);
    const store = await openStore(data);
    const listed = await openHistory(data).list();
    expect(listed.traces.map((t) => t.id)).toEqual([run]);
    expect(listed.elsewhere).toContain('has its own traces open');
    await store.close();
  });
});

describe('one trace', () => {
  it('is found by its id, or by as much of it as no other begins with', async () => {
    const ids = [await recorded(1), await recorded(2), await recorded(3)];
    const history = openHistory(data);
    for (const id of ids) {
      expect(await history.find(id)).toMatchObject({ id });
      expect(await history.find(id.slice(0, 12))).toMatchObject({ id });
    }
    expect(await history.find('')).toMatchObject({ why: 'ambiguous', problem: expect.stringContaining('3 traces') });
    const [newest] = (await history.list()).traces;
    expect(await history.find('last')).toEqual(newest);
    expect(await history.find('nobody')).toEqual({ why: 'unknown', problem: 'There is no trace nobody.' });
    expect(await history.read('nobody')).toMatchObject({ why: 'unknown' });
  });

  it('is dropped with its folder, whoever recorded it', async () => {
    const run = await recorded(1);
    const store = await openStore(data);
    const served = await store.beginTrace(topology, 2);
    await store.endTrace(served, 3);
    await store.close();
    const history = openHistory(data);
    expect([await history.forget(run), await history.forget(served)]).toEqual([true, true]);
    expect(existsSync(runFolder(data, run))).toBe(false);
    expect(await history.list()).toEqual({ traces: [] });
    expect(await history.forget(run)).toMatchObject({ why: 'unknown' });
  });
});

describe('a run that another process records', () => {
  it('is listed as running, and neither read nor dropped nor forgotten; once killed, as interrupted', async () => {
    const site = await startSite();
    const script = join(import.meta.dirname, 'record-until-killed.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, data, site.address]);
    const exited = new Promise((resolve) => child.once('close', resolve));
    const id = await new Promise<string>((resolve) => {
      let out = '';
      child.stdout.on('data', (text: Buffer) => {
        out += text.toString();
        const begun = /run (\S+)\n[^]*observation/.exec(out)?.[1];
        if (begun !== undefined) resolve(begun);
      });
    });
    const history = openHistory(data);
    expect((await history.list()).traces).toMatchObject([{ id, state: 'running', kind: 'purge', expect: '4f2c' }]);
    expect(await history.read(id)).toMatchObject({ why: 'running' });
    expect(await history.forget(id)).toMatchObject({ why: 'running' });
    const newer = await recorded(Date.now() / 1000 + 5);
    expect(await trimRuns(data, { runs: 1 }, Date.now() / 1000)).toEqual([]);
    child.kill('SIGKILL');
    await exited;
    expect((await history.list()).traces).toMatchObject([{ id: newer }, { id, state: 'interrupted' }]);
    expect(await trimRuns(data, { runs: 1 }, Date.now() / 1000)).toEqual([id]);
    await site.close();
  });
});

describe('retention', () => {
  it('keeps the newest runs, by number, by age and by size, and always the last', async () => {
    const day = 86_400;
    const ids = [await recorded(10 * day), await recorded(11 * day), await recorded(12 * day)];
    expect(await trimRuns(data, { runs: 2 }, 12 * day)).toEqual([ids[0]]);
    expect(await trimRuns(data, { days: 0.5 }, 12 * day)).toEqual([ids[1]]);
    expect(await trimRuns(data, { bytes: 1, days: 1 }, 99 * day)).toEqual([]);
    expect(await idsOf()).toEqual([ids[2]]);
    const small = await recorded(13 * day);
    expect(await trimRuns(data, { bytes: 1 }, 99 * day)).toEqual([ids[2]]);
    expect(await idsOf()).toEqual([small]);
  });

  it('clears away what a removal left when it was broken off', async () => {
    const id = await recorded(1);
    mkdirSync(join(data, 'runs', '.gone-somebody'));
    await trimRuns(data, {}, 2);
    expect(existsSync(join(data, 'runs', '.gone-somebody'))).toBe(false);
    expect(await idsOf()).toEqual([id]);
  });
});

describe('what happened lately', () => {
  const now = 1_000_000;
  const sent = { id: 5, type: 'purge-sent', at: { earliest: now - 50, latest: now - 50 }, layer: 'edge' } as const;

  async function happened(more: Partial<RunBegun> = {}): Promise<void> {
    const run = await beginRun(data, { run: { kind: 'purge' }, topology, startedAt: now - 100, ...more });
    await run.record(event(1, now - 90));
    await run.record(receipt(2, 'unknown', now - 50));
    await run.record({ type: 'event', data: { ...sent, node: 'edge-1' } });
    await run.end();
  }

  it('are the deploys and purges of the same URLs and nodes, without the ids of their session', async () => {
    await happened();
    const { id: _, ...purge } = { ...sent, node: 'edge-1' };
    expect(await recentEvents(data, topology, now)).toEqual([
      { type: 'deploy', at: { earliest: now - 90, latest: now - 90 } },
      purge,
    ]);
    expect(await recentEvents(data, topology, now + 2 * 86_400)).toEqual([]);
  });

  it('are not those of another site, nor purges of a node that is now another', async () => {
    await happened();
    const elsewhere = { ...topology, targets: topology.targets.map((t) => ({ ...t, url: 'http://other.example/' })) };
    expect(await recentEvents(data, elsewhere, now)).toEqual([]);
    const moved = {
      ...topology,
      layers: topology.layers.map((l) => ({
        ...l,
        nodes: l.nodes.map((n) => ({ ...n, address: 'http://127.0.0.9' })),
      })),
    };
    expect((await recentEvents(data, moved, now)).map((e) => e.type)).toEqual(['deploy']);
  });

  it('is told once, however many recorded it', async () => {
    await happened();
    await happened();
    expect((await recentEvents(data, topology, now)).filter((e) => e.type === 'deploy')).toHaveLength(1);
  });
});
