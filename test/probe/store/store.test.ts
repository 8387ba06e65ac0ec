import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../probe/store/driver.ts';
import { migrate } from '../../../probe/store/migrations.ts';
import { StoreUnusable } from '../../../probe/store/store-error.ts';
import { openStore } from '../../../probe/store/store.ts';
import type { Run } from '../../../shared/trace.ts';
import type { Store, StoreOptions } from '../../../probe/store/store.ts';
import { event, forecast, observation, receipt, said, topology } from './sample.ts';

const PLACES = { targets: ['home'], layerIds: ['edge', 'origin'] };

let folder: string;
const opened: Store[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-store-'));
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

async function open(options?: StoreOptions): Promise<Store> {
  const store = await openStore(folder, options);
  opened.push(store);
  return store;
}

async function close(store: Store): Promise<void> {
  opened.splice(opened.indexOf(store), 1);
  await store.close();
}

describe('a recorded trace', () => {
  it('reads back whole, in the order of its ids, also after the store was closed', async () => {
    const store = await open();
    const id = await store.beginTrace(topology, 100.000_001);
    await store.append(id, observation(1, 101.123_456));
    await store.append(id, event(1, 102));
    await store.append(id, observation(2, 103));
    await store.endTrace(id, 104.5);
    await close(store);

    const trace = await (await open()).readTrace(id);
    expect(trace).toEqual({
      strata: 1,
      kind: 'trace',
      id,
      startedAt: 100.000_001,
      endedAt: 104.5,
      topology,
      observations: [observation(1, 101.123_456).data, observation(2, 103).data],
      events: [event(1, 102).data],
      receipts: [],
      forecasts: [],
    });
  });

  it('is named by 128 random bits that are safe in a URL', async () => {
    const store = await open();
    const ids = await Promise.all(Array.from({ length: 50 }, () => store.beginTrace(topology, 1)));
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  });

  it('is absent, not an error, when nobody recorded it', async () => {
    expect(await (await open()).readTrace('nobody')).toBeUndefined();
  });

  it('keeps the intent of a purge as unknown until its answer replaces it', async () => {
    const store = await open();
    const id = await store.beginTrace(topology, 1);
    await store.append(id, receipt(1, 'unknown', 2));
    await store.append(id, receipt(2, 'unknown', 2));
    expect((await store.readTrace(id))?.receipts.map((r) => r.outcome)).toEqual(['unknown', 'unknown']);
    await store.append(id, receipt(1, 'accepted', 2, 3));
    expect((await store.readTrace(id))?.receipts.map((r) => r.outcome)).toEqual(['accepted', 'unknown']);
  });

  it('keeps a forecast once, with its score when it has one', async () => {
    const store = await open();
    const id = await store.beginTrace(topology, 1);
    await store.append(id, forecast(7, 2));
    const score = { flippedAt: { earliest: 12, latest: 13 }, boundsHeld: true, bandHeld: true, absoluteError: 0.5 };
    await store.append(id, forecast(7, 2, score));
    expect((await store.readTrace(id))?.forecasts).toEqual([forecast(7, 2, score).data]);
  });

  it('is listed with what it holds, newest first', async () => {
    const store = await open();
    const first = await store.beginTrace(topology, 10);
    const { title: _, ...untitled } = topology;
    const second = await store.beginTrace(untitled, 20);
    await store.append(first, observation(1, 11));
    await store.append(first, event(1, 12));
    await store.endTrace(first, 15);
    expect(await store.listTraces()).toEqual([
      { id: second, kind: 'serve', state: 'running', startedAt: 20, ...PLACES, observations: 0, events: 0 },
      {
        id: first,
        kind: 'serve',
        state: 'finished',
        startedAt: 10,
        endedAt: 15,
        title: 'Sample',
        ...PLACES,
        observations: 1,
        events: 1,
        deployedAt: 12,
      },
    ]);
  });

  it('keeps what was asked for and what was said at its end, and lists how fast it was and how purges were answered', async () => {
    const store = await open();
    const run: Run = { kind: 'trace', expect: '4f2c' };
    const id = await store.beginTrace(topology, 10, { run });
    await store.append(id, receipt(1, 'accepted', 11, 12));
    await store.append(id, receipt(2, 'unknown', 11));
    await store.endTrace(id, 15, said);
    await close(store);
    const again = await open();
    expect(await again.readTrace(id)).toMatchObject({ run, summary: said });
    expect((await again.listTraces())[0]).toMatchObject({
      kind: 'trace',
      expect: '4f2c',
      percentiles: { p50: { earliest: 1, latest: 2 } },
      notSeen: 0,
      requests: 7,
      purges: { accepted: 1, unknown: 1 },
    });
  });

  it('is dropped with all that belongs to it when asked, but not while it is open', async () => {
    const store = await open();
    const id = await store.beginTrace(topology, 10);
    await store.append(id, observation(1, 11));
    expect(await store.forgetTrace(id)).toBe(false);
    await store.endTrace(id, 15);
    expect(await store.forgetTrace(id)).toBe(true);
    expect(await store.forgetTrace(id)).toBe(false);
    expect(await store.since(0, 10)).toEqual([]);
    expect(await store.listTraces()).toEqual([]);
  });

  it('has its open ends back: an instant that nothing bounds is not the year 1970', async () => {
    const store = await open();
    const id = await store.beginTrace(topology, 10);
    const at = { earliest: -Infinity, latest: 12 };
    await store.append(id, { type: 'event', data: { id: 1, type: 'origin-ready', at } });
    expect((await store.readTrace(id))?.events[0]?.at).toEqual(at);
  });

  it('refuses messages for a trace that is not open: that would be our own mistake', async () => {
    const store = await open();
    expect(() => store.append('nobody', observation(1))).toThrow('not open');
  });
});

describe('sequences', () => {
  it('increase over all traces, also over a restart', async () => {
    const store = await open();
    const [a, b] = await Promise.all([store.beginTrace(topology, 1), store.beginTrace(topology, 2)]);
    const got = await Promise.all([
      store.append(a, observation(1)),
      store.append(b, observation(1)),
      store.append(a, observation(2)),
    ]);
    expect(got).toEqual([1, 2, 3]);
    await close(store);
    const again = await open();
    expect(again.lastSequence()).toBe(3);
    expect(await again.append(await again.beginTrace(topology, 3), observation(1))).toBe(4);
  });

  it('replay everything after one of them, of one trace or of all, page by page', async () => {
    const store = await open();
    const a = await store.beginTrace(topology, 1);
    const b = await store.beginTrace(topology, 2);
    for (let id = 1; id <= 3; id += 1) {
      await store.append(a, observation(id));
      await store.append(b, observation(id));
    }
    expect((await store.since(2, 2)).map((s) => s.sequence)).toEqual([3, 4]);
    expect((await store.since(0, 100, a)).map((s) => s.sequence)).toEqual([1, 3, 5]);
    expect(await store.since(4, 100, b)).toEqual([{ sequence: 6, trace: b, message: observation(3) }]);
    expect(await store.since(6, 100)).toEqual([]);
  });
});

describe('observations that come at once', () => {
  const ids = Array.from({ length: 300 }, (_, i) => i + 1);

  it('are numbered one after the other, whatever else comes between them, and read back from any of them', async () => {
    const store = await open();
    const [a, b] = await Promise.all([store.beginTrace(topology, 1), store.beginTrace(topology, 2)]);
    const got = await Promise.all([
      ...ids.map((id) => store.append(a, observation(id))),
      store.append(a, event(1, 1)),
      ...ids.map((id) => store.append(id % 2 === 0 ? b : a, observation(300 + id))),
    ]);
    expect(got).toEqual(Array.from({ length: 601 }, (_, i) => i + 1));
    expect((await store.since(0, 1000)).map((s) => s.sequence)).toEqual(got);
    expect((await store.since(77, 5)).map((s) => s.sequence)).toEqual([78, 79, 80, 81, 82]);
    expect((await store.since(298, 5, a)).map((s) => s.message.data.id)).toEqual([299, 300, 1, 301, 303]);
    expect((await store.listTraces()).map((t) => t.observations)).toEqual([150, 450]);
  });

  it('are forgotten together: never fewer are kept than was asked for, and the gap is told exactly', async () => {
    const store = await open({ keepObservations: 100 });
    const id = await store.beginTrace(topology, 1);
    for (let turn = 0; turn < 4; turn += 1) {
      await Promise.all(ids.map((n) => store.append(id, observation(turn * 300 + n))));
    }
    const kept = await store.since(0, 10_000, id);
    expect(kept.length).toBeGreaterThanOrEqual(100);
    expect(kept.length).toBeLessThan(300);
    expect(kept[0]?.sequence).toBe((await store.droppedThrough(id)) + 1);
    expect(kept.at(-1)?.sequence).toBe(1200);
    expect((await store.readTrace(id))?.observations).toHaveLength(kept.length);
  });

  it('of two with the same id the later is read', async () => {
    const store = await open();
    const id = await store.beginTrace(topology, 1);
    const twice = [observation(1, 2), observation(2, 3), observation(1, 4)];
    await Promise.all(twice.map((o) => store.append(id, o)));
    expect((await store.readTrace(id))?.observations.map((o) => o.responseTime)).toEqual([4, 3]);
  });
});

describe('a store that was not closed', () => {
  it('marks its open traces as interrupted at the last instant that is certain', async () => {
    const store = await open();
    const silent = await store.beginTrace(topology, 50);
    const busy = await store.beginTrace(topology, 60);
    const ended = await store.beginTrace(topology, 70);
    await store.append(busy, observation(1, 61));
    await store.append(busy, receipt(1, 'unknown', 64));
    await store.append(busy, observation(2, 63));
    await store.endTrace(ended, 71);
    await close(store);

    const after = await open();
    expect((await after.readTrace(silent))?.interruptedAt).toBe(50);
    expect((await after.readTrace(busy))?.interruptedAt).toBe(64);
    expect((await after.readTrace(ended))?.interruptedAt).toBeUndefined();
    expect(() => after.append(busy, observation(3))).toThrow('not open');
  });
});

describe('retention', () => {
  it('keeps the newest events, receipts and forecasts of a trace, all observations, and says how far replay has a gap', async () => {
    const store = await open({ keepMessages: 40 });
    const id = await store.beginTrace(topology, 1);
    await store.append(id, observation(1, 1));
    for (let at = 1; at <= 100; at += 1) await store.append(id, forecast(at, at));
    const trace = await store.readTrace(id);
    const kept = trace?.forecasts.map((f) => f.id) ?? [];
    expect(kept.length).toBeGreaterThanOrEqual(40);
    expect(kept.length).toBeLessThanOrEqual(42);
    expect(kept.at(-1)).toBe(100);
    expect(trace?.observations).toHaveLength(1);
    // the observation has the sequence 1, so that each forecast's is one more than its id
    expect(await store.droppedThrough(id)).toBe(kept[0]!);
    expect((await store.since(await store.droppedThrough(id), 1000, id)).map((s) => s.message.data.id)).toEqual(kept);
  });

  it('keeps the newest observations of a trace, every event, and says how far replay has a gap', async () => {
    const store = await open({ keepObservations: 5 });
    const id = await store.beginTrace(topology, 1);
    await store.append(id, event(1, 1));
    expect(await store.droppedThrough(id)).toBe(0);
    for (let n = 1; n <= 12; n += 1) await store.append(id, observation(n));
    const trace = await store.readTrace(id);
    expect(trace?.observations.map((o) => o.id)).toEqual([8, 9, 10, 11, 12]);
    expect(trace?.events).toHaveLength(1);
    expect(await store.droppedThrough(id)).toBe(8);
  });

  it('forgets the oldest traces that are over, never one that is open', async () => {
    const store = await open({ keepTraces: 3 });
    const live = await store.beginTrace(topology, 1);
    const over: string[] = [];
    for (let n = 2; n <= 6; n += 1) {
      const id = await store.beginTrace(topology, n);
      await store.append(id, observation(1));
      await store.endTrace(id, n);
      over.push(id);
    }
    await store.beginTrace(topology, 7);
    expect((await store.listTraces()).map((t) => t.startedAt)).toEqual([7, 6, 1]);
    expect(await store.readTrace(live)).toBeDefined();
    expect(await store.since(0, 100, over[0])).toEqual([]);
  });
});

describe('a data folder', () => {
  it('is refused to a second store with a sentence that names the holder', async () => {
    await open();
    await expect(openStore(folder)).rejects.toThrow(StoreUnusable);
    await expect(openStore(folder)).rejects.toThrow(
      `Another Strata (process ${process.pid}) records into ${folder}; stop it first`,
    );
  });

  it('is free again once the store is closed', async () => {
    await close(await open());
    await close(await open());
  });

  it('is refused when a newer Strata wrote it', async () => {
    await close(await open());
    const db = openDatabase(join(folder, 'strata.db'));
    db.exec('PRAGMA user_version = 999');
    db.close();
    await expect(openStore(folder)).rejects.toThrow('newer Strata');
  });

  it('whose file has a row for each observation is brought up to date', async () => {
    const db = openDatabase(join(folder, 'strata.db'));
    migrate(db, '', 1);
    db.run('INSERT INTO traces (id, started_at, topology) VALUES (?, ?, ?)', 'old', 1, JSON.stringify(topology));
    const insert = 'INSERT INTO messages (trace, type, item, at, json) VALUES (?, ?, ?, ?, ?)';
    for (const { type, data } of [observation(1, 5), event(1, 2), observation(2, 6)]) {
      db.run(insert, 'old', type, data.id, data.id, JSON.stringify(data));
    }
    db.close();
    const store = await open();
    expect(store.lastSequence()).toBe(3);
    expect((await store.since(0, 10)).map((s) => [s.sequence, s.message])).toEqual([
      [1, observation(1, 5)],
      [2, event(1, 2)],
      [3, observation(2, 6)],
    ]);
  });

  it('whose rows hold observations as text is brought up to date', async () => {
    const db = openDatabase(join(folder, 'strata.db'));
    migrate(db, '', 2);
    db.run('INSERT INTO traces (id, started_at, topology) VALUES (?, ?, ?)', 'old', 1, JSON.stringify(topology));
    const [first, second] = [observation(1, 5), observation(2, 6)].map(({ data }) => data);
    const { request, result } = first!;
    const fields = result.kind === 'answer' ? result.fields : [];
    const folded = [first!, second!].map((o) => ({ ...o, request: 0, result: { ...o.result, fields: 1 } }));
    const insert = 'INSERT INTO batches (last, trace, count, at, common, json) VALUES (?, ?, ?, ?, ?, ?)';
    const texts = [[request, fields], folded].map((list) => JSON.stringify(list).slice(1, -1));
    db.run(insert, 2, 'old', 2, 6, ...(texts as [string, string]));
    db.close();
    const store = await open();
    expect((await store.since(0, 10)).map((s) => s.message.data)).toEqual([first, second]);
  });

  it('is refused when its file is no database, or when it is no folder', async () => {
    const file = join(folder, 'strata.db');
    writeFileSync(file, 'x'.repeat(5000));
    await expect(openStore(folder)).rejects.toThrow('cannot be read as a database');
    await expect(openStore(file)).rejects.toThrow(StoreUnusable);
    rmSync(file);
  });
});
