import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observation } from '../store/sample.ts';
import { ask, startBench } from './bench.ts';
import type { Bench } from './bench.ts';
import { follow } from './event-reader.ts';
import type { EventReader } from './event-reader.ts';

let bench: Bench;
const readers: EventReader[] = [];
beforeEach(async () => {
  bench = await startBench();
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await bench.close();
});

async function open(query = '', headers: Record<string, string> = {}): Promise<EventReader> {
  const reader = await follow(bench.port, `/api/v1/events${query}`, headers);
  readers.push(reader);
  return reader;
}

const publishTo = async (first: number, last: number): Promise<void> => {
  for (let id = first; id <= last; id += 1) await bench.engine.publish(observation(id));
};

describe('a page that follows', () => {
  it('is greeted with the service’s clock, then hears every message under its own name', async () => {
    await publishTo(1, 2);
    const reader = await open();
    await reader.until((e) => e.length >= 1);
    await publishTo(3, 3);
    await reader.until((e) => e.length >= 2);
    expect(reader.response.headers['content-type']).toBe('text/event-stream');
    expect(reader.events).toEqual([
      { id: 2, type: 'hello', data: { now: 1234.5, lastEventId: 2, trace: bench.engine.traceId, gap: false } },
      { id: 3, type: 'observation', data: observation(3).data },
    ]);
  });

  it('hears nothing twice and misses nothing from the snapshot on, while messages keep coming', async () => {
    const writing = publishTo(1, 300);
    const seen: number[] = [];
    const live = (await ask(bench, 'GET', '/api/v1/live')).json as unknown as {
      lastEventId: number;
      trace: { observations: { id: number }[] };
    };
    seen.push(...live.trace.observations.map((o) => o.id));
    const reader = await open(`?lastEventId=${live.lastEventId}`);
    await writing;
    await reader.until((e) => e.at(-1)?.data.id === 300);
    seen.push(...reader.events.slice(1).map((e) => e.data.id ?? 0));
    expect(seen).toEqual(Array.from({ length: 300 }, (_, at) => at + 1));
  });

  it('resumes over many lost connections without gap or duplicate', { timeout: 60_000 }, async () => {
    const total = 1500;
    const writing = publishTo(1, total);
    const seen: number[] = [];
    let last = 0;
    for (let turn = 0; seen.length < total; turn += 1) {
      const reader = await open('?lastEventId=0', { 'last-event-id': String(last) });
      const some = 1 + ((turn * 37) % 150);
      await reader.until((e) => e.length > some || e.at(-1)?.data.id === total);
      reader.close();
      const taken = reader.events.slice(0, some + 1).filter((e) => e.type === 'observation');
      seen.push(...taken.map((e) => e.data.id ?? 0));
      last = taken.at(-1)?.id ?? last;
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: total }, (_, at) => at + 1));
  });

  it('is told of a gap when its last id is of another store', async () => {
    await publishTo(1, 1);
    const reader = await open('?lastEventId=99');
    await reader.until((e) => e.length >= 1);
    expect(reader.events[0]?.data['gap']).toBe(true);
    await publishTo(2, 2);
    await reader.until((e) => e.length >= 2);
    expect(reader.events[1]?.data.id).toBe(2);
  });

  it('is sent away when another trace begins, and greeted with that one when it returns', async () => {
    const reader = await open();
    await reader.until((e) => e.length >= 1);
    await bench.engine.beginAnother();
    await publishTo(1, 1);
    await reader.ended;
    const again = await open('', { 'last-event-id': String(reader.events.at(-1)?.id) });
    await again.until((e) => e.length >= 2);
    expect(again.events[0]?.data['trace']).toBe(bench.engine.traceId);
    expect(again.events[1]?.data.id).toBe(1);
  });

  it('is refused when its last id is no number', async () => {
    expect((await ask(bench, 'GET', '/api/v1/events?lastEventId=x')).json).toMatchObject({
      status: 400,
      errors: [{ place: 'lastEventId' }],
    });
  });

  it('is dropped when it does not read, and the others go on', async () => {
    const slow = await open();
    await slow.until((e) => e.length >= 1);
    slow.response.pause();
    const quick = await open();
    const big = 'x'.repeat(200_000);
    // 30 MB: the kernel holds some megabytes of it before anything waits in the service
    const total = 150;
    for (let id = 1; id <= total; id += 1) {
      await bench.engine.publish(observation(id, id, big));
      if (id % 10 === 0) await quick.until((e) => e.at(-1)?.data.id === id);
    }
    slow.response.resume();
    await slow.ended;
    expect(slow.events.length).toBeLessThan(total);
    expect(quick.events.filter((e) => e.type === 'observation')).toHaveLength(total);

    const resumed = await open('', { 'last-event-id': String(slow.events.at(-1)?.id) });
    await resumed.until((e) => e.at(-1)?.data.id === total);
    const seen = [...slow.events, ...resumed.events].filter((e) => e.type === 'observation');
    expect(seen.map((e) => e.data.id)).toEqual(Array.from({ length: total }, (_, at) => at + 1));
  });

  it('finds no room when fifty follow, and room again when one leaves', async () => {
    const following = await Promise.all(Array.from({ length: 50 }, () => open()));
    const refused = await ask(bench, 'GET', '/api/v1/events');
    expect(refused.json).toMatchObject({ status: 503, type: 'urn:strata:problem:busy' });
    expect(refused.headers['retry-after']).toBe('10');
    following[0]?.close();
    await expect
      .poll(async () => {
        const reader = await open();
        return reader.response.statusCode;
      })
      .toBe(200);
  });
});

it('the server closes although pages follow', async () => {
  const other = await startBench();
  const reader = await follow(other.port, '/api/v1/events');
  await other.close();
  await reader.ended;
});
