// What a watch asks of nodes that want to be left alone, are down, or are purged; and what a stepped clock does to it.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { width } from '../../../shared/model/interval.ts';
import { flipsIn } from '../../../shared/model/flips.ts';
import type { Observation } from '../../../shared/observation.ts';
import type { PurgeReceipt } from '../../../shared/trace.ts';
import { placesOf } from '../../../probe/trace/places.ts';
import type { Pace } from '../../../probe/trace/schedule.ts';
import { Session } from '../../../probe/trace/session.ts';
import { watch } from '../../../probe/trace/watch.ts';
import { answer, rawServer, type RawServer, type Script } from '../hostile/raw-server.ts';
import { until } from './scene.ts';
import { siteOf } from './site.ts';

const page = (build: string) =>
  answer(`<meta name="build" content="${build}">`, ['Content-Type: text/html', 'Cache-Control: max-age=300']);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  vi.restoreAllMocks();
});

async function serve(script: Script): Promise<RawServer> {
  const server = await rawServer(script);
  closing.push(() => server.close());
  return server;
}

/** `edge-1` and an origin, watched; `seen` is what the edge was asked. */
async function watched(edge: RawServer | string, origin: RawServer, pace?: Pace) {
  const address = typeof edge === 'string' ? edge : edge.address;
  const site = siteOf({ 'edge-1': address, 'app-1': origin.address });
  const topology = { ...site, layers: site.layers.map((l) => ({ ...l, budget: 200 })) };
  const session = new Session({ topology });
  closing.push(() => session.close());
  const seen: Observation[] = [];
  session.subscribe((_, m) => m.type === 'observation' && m.data.node === 'edge-1' && seen.push(m.data));
  const watching = watch(session, placesOf(topology), pace === undefined ? {} : { pace });
  closing.push(() => watching.stop());
  return { session, watching, seen };
}

const markerOf = ({ result }: Observation) => (result.kind === 'answer' ? result.marker : undefined);

const purged = (session: Session, more: Partial<PurgeReceipt> = {}): PurgeReceipt => ({
  id: session.takeId(),
  layer: 'edge',
  node: 'edge-1',
  target: 'home',
  variant: 'default',
  method: 'PURGE',
  url: 'http://shop.example/',
  outcome: 'unknown',
  summary: '',
  sentAt: session.now(),
  ...more,
});

describe('a node that asks to be left alone', () => {
  it('is asked nothing before, though it is woken and purged, and says why', async () => {
    const origin = await serve((socket) => socket.write(page('new')));
    const away = 'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n';
    const edge = await serve((socket) => socket.write(away));
    const { session, watching, seen } = await watched(edge, origin, { calm: 0.1, close: 0.05 });
    await until('turned away', () => seen.length === 1);
    for (let i = 0; i < 20; i++) {
      watching.wake();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await session.add({ type: 'receipt', data: purged(session) });
    await until('asked again', () => seen.length === 2);
    expect(seen[1]!.requestTime - seen[0]!.responseTime).toBeGreaterThanOrEqual(3);
    const state = session.reading.tracks.get('edge/edge-1/home/default')!.state;
    expect(state).toMatchObject({ outcome: 'failed', because: [{ code: 'turned-away', status: 429, seconds: 3 }] });
  });
});

describe('a node that is down', () => {
  it('is asked after ever longer times', async () => {
    const origin = await serve((socket) => socket.write(page('new')));
    const gone = await rawServer(() => undefined);
    await gone.close();
    const { seen } = await watched(gone.address, origin, { calm: 0.2, close: 0.05 });
    await until('asked four times', () => seen.length === 4);
    const gaps = seen.slice(1).map((o, i) => o.requestTime - seen[i]!.responseTime);
    for (const [i, least] of [0.2, 0.4, 0.8].entries()) expect(gaps[i]).toBeGreaterThanOrEqual(least);
  });
});

describe('a purge', () => {
  it('is preceded by a last look and followed closely, over one kept connection', async () => {
    let build = 'old';
    const origin = await serve((socket) => socket.write(page('new')));
    const edge = await serve((socket) => socket.write(page(build)));
    const { session, seen } = await watched(edge, origin, { calm: 400, close: 300 });
    await until('all seen', () => session.reading.tracks.size === 2);
    const before = seen.length;
    const receipt = purged(session);
    await session.add({ type: 'receipt', data: receipt });
    await session.lastLook(receipt);
    await until('looked', () => seen.length > before);
    expect(seen[before]!.requestTime).toBeGreaterThanOrEqual(receipt.sentAt);
    const connections = edge.accepted;
    await until('asked on', () => seen.length > before + 10);
    build = 'new';
    await until('seen', () => markerOf(seen.at(-1)!) === 'new');
    expect(edge.accepted).toBe(connections);
    const many = seen.length;
    await new Promise((resolve) => setTimeout(resolve, 400));
    // calm again
    expect(seen.length).toBe(many);
  });

  it('waits for no node that hangs', async () => {
    const origin = await serve((socket) => socket.write(page('new')));
    const edge = await serve(() => undefined);
    const { session } = await watched(edge, origin);
    const receipt = purged(session);
    await session.add({ type: 'receipt', data: receipt });
    await expect(session.lastLook(receipt)).resolves.toBeUndefined();
  });
});

describe('a wall clock that is stepped by an hour', () => {
  it.each([3600, -3600])('(%i s) changes neither when nodes are asked nor how wide a flip is', async (step) => {
    let build = 'old';
    const origin = await serve((socket) => socket.write(page('new')));
    const edge = await serve((socket) => socket.write(page(build)));
    const { session, watching, seen } = await watched(edge, origin, { calm: 0.1, close: 0.05 });
    await until('seen', () => seen.length >= 3);
    const start = session.now();
    const real = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => real() + step * 1000);
    // the page whose fake clock runs an hour off is still waited for by the monotonic one
    const asked = seen.length;
    for (let i = 0; i < 200 && seen.length < asked + 3; i++) await new Promise((resolve) => setTimeout(resolve, 20));
    build = 'new';
    const then = seen.length;
    for (let i = 0; i < 200 && seen.length < then + 3; i++) await new Promise((resolve) => setTimeout(resolve, 20));
    await watching.stop();
    expect(seen.length).toBeGreaterThanOrEqual(then + 3);
    const times = seen.map((o) => o.requestTime);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)! - times[0]!).toBeLessThan(60);
    const [flip] = flipsIn(session.reading, start, 'new', session.now()).flips.filter((f) => f.node === 'edge-1');
    expect(width(flip!.flippedAt)).toBeLessThan(60);
  });
});

describe('a watch whose exchanges cannot be recorded for a while', () => {
  it('says so once, and goes on as soon as they can', async () => {
    const server = await serve((socket) => socket.write(page('4f2c')));
    const site = siteOf({ 'edge-1': server.address, 'app-1': server.address });
    let broken = true;
    let sequence = 0;
    const record = async () => {
      if (broken) throw new Error('disk I/O error');
      return ++sequence;
    };
    const session = new Session({ topology: site, record });
    closing.push(() => session.close());
    const said: unknown[] = [];
    const watching = watch(session, placesOf(site), { onError: (error) => said.push(error) });
    closing.push(() => watching.stop());
    await until('asked again in vain', () => server.heads.length >= 4);
    expect(said.map(String)).toEqual(['Error: disk I/O error']);
    expect(session.reading.tracks.size).toBe(0);
    broken = false;
    await until('both known', () => session.reading.tracks.size === 2);
    expect(said).toHaveLength(1);
  });
});
