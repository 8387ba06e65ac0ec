import { describe, expect, it } from 'vitest';
import { forecastAll } from '../../../shared/model/forecast-all.ts';
import { flipsIn } from '../../../shared/model/flips.ts';
import type { LayerState } from '../../../shared/model/layer-state.ts';
import { advance, changeIn, emptyReading, statesOf, type Reading } from '../../../shared/model/reading.ts';
import type { PurgeReceipt } from '../../../shared/trace.ts';
import { simulatedStack, type SimulatedStack } from './simulated-stack.ts';

const START = 1_800_000_000;
const LIFETIME = 100;
const GRACE = 5;

const softPurge = (at: number): PurgeReceipt => ({
  id: 1,
  layer: 'layer-0',
  node: 'edge',
  method: 'PURGE',
  url: 'http://shop.example/',
  effect: { scope: 'url', soft: true, variants: 'all' },
  outcome: 'accepted',
  sentAt: at,
  answeredAt: at + 0.001,
  status: 200,
  summary: '',
});

/** A Varnish that was filled at START; the origin has served v2 since START + 9; softly purged at START + 10. */
function purgedAtTen(grace = GRACE) {
  const stack = simulatedStack([{ dialect: 'varnish', nodes: ['edge'], grace }], `max-age=${LIFETIME}`);
  let reading = see(stack, see(stack, emptyReading(stack.topology), 'app-1', START), 'edge', START);
  stack.deploy('v2');
  reading = see(stack, see(stack, reading, 'app-1', START + 9), 'edge', START + 9.1);
  return { stack, before: reading, after: advance(reading, { type: 'receipt', data: softPurge(START + 10) }) };
}

const see = (stack: SimulatedStack, reading: Reading, node: string, at: number): Reading =>
  advance(reading, { type: 'observation', data: stack.observe(node, at) });

const edgeIn = (reading: Reading): LayerState => statesOf(reading, 'home', 'default').find((s) => s.node === 'edge')!;

function forecastOf(reading: Reading, now: number, traffic: 'busy' | 'quiet' = 'busy') {
  const states = statesOf(reading, 'home', 'default');
  const all = forecastAll(reading.topology, states, changeIn(reading, 'home', 'default'), { traffic }, now);
  return all.find((f) => f.node === 'edge' && f.audience !== 'browser-copy')!;
}

describe('a soft purge', () => {
  it('leaves the copy where it is, and ends its freshness', () => {
    const { before, after } = purgedAtTen();
    expect(edgeIn(before).freshUntil!.earliest).toBeGreaterThan(START + LIFETIME - 2);
    expect(edgeIn(after)).toMatchObject({ content: 'v1', freshUntil: { earliest: START + 10 } });
    expect(edgeIn(after).because).toEqual([{ code: 'softly-purged' }]);
    expect(flipsIn(after, START + 9.5, 'v2', START + 11).flips).toEqual([]);
  });

  it('leaves as much grace behind the purge as there was behind the lifetime', () => {
    const { mayServeUntil } = edgeIn(purgedAtTen().after);
    expect(mayServeUntil!.earliest).toBeCloseTo(START + 10 + GRACE, 2);
    expect(mayServeUntil!.latest).toBeCloseTo(START + 10 + GRACE, 2);
  });

  it('brings the forecast forward: from the end of the lifetime to the next visitor', () => {
    const { before, after } = purgedAtTen();
    const now = START + 10.1;
    expect(forecastOf(before, now).earliest).toBeGreaterThan(START + LIFETIME - 2);
    const { earliest, latest } = forecastOf(after, now);
    expect(earliest).toBeLessThan(START + 11);
    expect(latest).toBeLessThan(START + 10 + GRACE + 2);
  });

  it('is not forgotten when the copy is served once more: it is the same one by its store id, and past its end', () => {
    const { stack, after } = purgedAtTen();
    const once = see(stack, after, 'edge', START + 10.5);
    const edge = edgeIn(once);
    expect(edge.content).toBe('v1');
    expect(edge.freshUntil!.earliest).toBeCloseTo(START + 10, 2);
    expect(edge.freshUntil!.latest).toBeCloseTo(START + 10, 2);
    expect(forecastOf(once, START + 10.6).latest).toBeLessThan(START + 10 + GRACE + 2);
    expect(edgeIn(see(stack, once, 'edge', START + 10.9)).freshUntil!.latest).toBeCloseTo(START + 10, 2);
  });

  it('says nothing of what is fetched after it', () => {
    const { stack, after } = purgedAtTen();
    stack.purge('edge');
    const edge = edgeIn(see(stack, after, 'edge', START + 12));
    expect(edge.content).toBe('v2');
    expect(edge.freshUntil!.earliest).toBeGreaterThan(START + 12 + LIFETIME - 2);
  });

  it('lengthens nothing: what had expired before stays expired since then', () => {
    const { before } = purgedAtTen(1000);
    const edge = edgeIn(advance(before, { type: 'receipt', data: softPurge(START + LIFETIME + 20) }));
    expect(edge.freshUntil!.latest).toBeLessThan(START + LIFETIME + 2);
  });
});
