import { describe, expect, it } from 'vitest';
import { halvingInstant } from '../../../shared/model/ask.ts';
import { versionOf } from '../../../shared/model/change.ts';
import { findCauses } from '../../../shared/causes/index.ts';
import { flipsIn } from '../../../shared/model/flips.ts';
import { propagated } from '../../../shared/propagation.ts';
import { contains, interval, width } from '../../../shared/model/interval.ts';
import type { LayerState } from '../../../shared/model/layer-state.ts';
import { advance, changeIn, emptyReading, keyOf, statesOf, type Reading } from '../../../shared/model/reading.ts';
import type { PurgeReceipt } from '../../../shared/trace.ts';
import { simulatedStack, type SimulatedStack } from './simulated-stack.ts';

const START = 1_800_000_000;

function see(stack: SimulatedStack, reading: Reading, node: string, at: number): Reading {
  return advance(reading, { type: 'observation', data: stack.observe(node, at) });
}

const stateOf = (reading: Reading, node: string): LayerState =>
  statesOf(reading, 'home', 'default').find((s) => s.node === node)!;

function edgeOver(inner: string, lifetime = 10, grace?: number) {
  const layers = [
    { dialect: 'varnish', nodes: ['edge'], ...(grace === undefined ? {} : { grace }) },
    { dialect: inner, nodes: ['shield'] },
  ];
  const stack = simulatedStack(layers, `max-age=${lifetime}`);
  return { stack, reading: emptyReading(stack.topology) };
}

describe('the two clocks', () => {
  it('are both known from a miss that we caused ourselves', () => {
    const { stack, reading } = edgeOver('nginx');
    const state = stateOf(see(stack, reading, 'edge', START + 0.4), 'edge');
    expect(state.outcome).toBe('miss');
    expect(width(state.storedAt!)).toBeLessThan(0.02);
    expect(contains(state.storedAt!, START + 0.402)).toBe(true);
    expect(state.freshUntil!.earliest).toBeCloseTo(START + 10.4, 1);
  });

  it('differ behind a shield that passes Age on: generated there, stored here', () => {
    const { stack, reading } = edgeOver('varnish');
    stack.visit('shield', START);
    const state = stateOf(see(stack, reading, 'edge', START + 6.5), 'edge');
    expect(state.age).toBe(6);
    expect(contains(state.storedAt!, START + 6.502)).toBe(true);
    expect(state.generatedAt!.latest).toBeLessThan(START + 0.6);
    expect(state.freshUntil!.latest).toBeLessThan(START + 10.6);
  });

  it('leave Age absent where the product sends none of its own', () => {
    const { stack, reading } = edgeOver('nginx');
    const state = stateOf(see(stack, reading, 'shield', START), 'shield');
    expect(state.age).toBeUndefined();
    expect(state.generatedAt).toBeUndefined();
    expect(state.because).toContainEqual({ code: 'age-absent' });
  });

  it('narrow when the same copy is met again, and never lose the truth', () => {
    const { stack, reading: empty } = edgeOver('nginx');
    stack.visit('edge', START + 0.37);
    let reading = empty;
    for (const at of [1.1, 1.6, 2.3, 3.45]) reading = see(stack, reading, 'edge', START + at);
    const { generatedAt } = stateOf(reading, 'edge');
    expect(width(generatedAt!)).toBeLessThan(0.4);
    expect(contains(generatedAt!, START + 0.372)).toBe(true);
  });

  it('find a sub-second Age by asking at the halving instants, one bit for each request', () => {
    const { stack, reading: empty } = edgeOver('nginx', 30);
    stack.visit('edge', START + 0.713);
    let reading = see(stack, empty, 'edge', START + 1);
    let asked = 1;
    for (let now = START + 1.1; asked < 12; asked++) {
      const at = halvingInstant(stateOf(reading, 'edge'), undefined, 0.0005, now);
      if (at === undefined) break;
      reading = see(stack, reading, 'edge', at);
      now = at + 0.01;
    }
    const { generatedAt } = stateOf(reading, 'edge');
    expect(width(generatedAt!)).toBeLessThan(0.02);
    expect(contains(generatedAt!, START + 0.715)).toBe(true);
    expect(asked).toBeLessThan(11);
  });

  it('date a silent shield by what its child heard when it fetched', () => {
    const { stack, reading: empty } = edgeOver('nginx', 10);
    stack.visit('edge', START + 0.25);
    let reading = see(stack, empty, 'edge', START + 4.3);
    reading = see(stack, reading, 'edge', START + 4.8);
    reading = see(stack, reading, 'shield', START + 5);
    const shield = stateOf(reading, 'shield');
    expect(shield.because).toContainEqual({ code: 'heard-from-child' });
    expect(contains(shield.storedAt!, START + 0.252)).toBe(true);
    expect(width(shield.storedAt!)).toBeLessThan(0.7);
  });

  it('expire at a whole second of the server’s clock on nginx, one later than Age would say', () => {
    const { stack, reading: empty } = edgeOver('nginx', 3);
    const reading = see(stack, empty, 'shield', START + 0.6);
    const { freshUntil } = stateOf(reading, 'shield');
    expect(contains(freshUntil!, START + 4)).toBe(true);
    expect(freshUntil!.earliest).toBeGreaterThan(START + 3.5);
  });

  it('know that an expired copy seen fresh was replaced in between', () => {
    const { stack, reading: empty } = edgeOver('nginx', 3);
    let reading = see(stack, empty, 'shield', START + 0.6);
    stack.visit('shield', START + 4.2);
    reading = see(stack, reading, 'shield', START + 5.5);
    const shield = stateOf(reading, 'shield');
    expect(shield.because).toContainEqual({ code: 'copy-changed', by: 'expiry' });
    expect(contains(shield.storedAt!, START + 4.203)).toBe(true);
    expect(shield.storedAt!.earliest).toBeGreaterThan(START + 3.5);
  });

  it('show a grace answer as stale, still served until the end of grace', () => {
    const { stack, reading: empty } = edgeOver('nginx', 3, 10);
    let reading = see(stack, empty, 'edge', START);
    reading = see(stack, reading, 'edge', START + 4.5);
    const edge = stateOf(reading, 'edge');
    expect(edge.outcome).toBe('stale');
    expect(edge.mayServeUntil!.latest - edge.freshUntil!.latest).toBeCloseTo(10);
  });
});

describe('new, old and other', () => {
  it('is measured against what the origins serve, or what the user expects', () => {
    const { stack, reading: empty } = edgeOver('nginx');
    let reading = see(stack, see(stack, empty, 'app-1', START), 'edge', START + 0.1);
    stack.deploy('v2');
    reading = see(stack, see(stack, reading, 'app-1', START + 1), 'edge', START + 1.1);
    const change = changeIn(reading, 'home', 'default');
    expect(change).toMatchObject({ expect: 'v2', previous: ['v1'], ready: true });
    expect(contains(change.readyAt!, START + 0.5)).toBe(true);
    expect(versionOf(stateOf(reading, 'edge'), change)).toBe('old');
    expect(versionOf({ content: 'an error page', status: 503 }, change)).toBe('other');
    expect(changeIn(reading, 'home', 'default', 'v3').ready).toBe(false);
  });
});

const accepted = (node: string, at: number): PurgeReceipt => ({
  id: 900 + at,
  layer: 'layer-0',
  node,
  target: 'home',
  variant: 'default',
  method: 'PURGE',
  url: 'http://shop.test/',
  outcome: 'accepted',
  sentAt: at,
  answeredAt: at + 0.001,
  status: 200,
  summary: '',
});

describe('a purge', () => {
  it('empties the cell until an exchange shows what came instead', () => {
    const { stack, reading: empty } = edgeOver('nginx');
    let reading = see(stack, empty, 'edge', START);
    reading = advance(reading, { type: 'receipt', data: accepted('edge', START + 1) });
    expect(stateOf(reading, 'edge')).not.toHaveProperty('content');
    expect(stateOf(reading, 'edge').because).toEqual([{ code: 'purged' }]);
  });

  it('of an edge whose shield still holds the old page brings the old page back, and says so', () => {
    const { stack, reading: empty } = edgeOver('nginx');
    let reading = see(stack, see(stack, empty, 'app-1', START), 'edge', START + 0.1);
    stack.deploy('v2');
    reading = see(stack, reading, 'app-1', START + 1);
    stack.purge('edge');
    reading = advance(reading, { type: 'receipt', data: accepted('edge', START + 2) });
    reading = see(stack, reading, 'edge', START + 2.1);
    const edge = stateOf(reading, 'edge');
    expect(edge.content).toBe('v1');
    expect(edge.because).toContainEqual({ code: 'refilled-after-purge' });
    const { causes, notSeen } = propagated({ reading, start: START, expect: 'v2' }, START + 3);
    expect(causes).toEqual([expect.objectContaining({ id: 'purge-race', node: 'edge' })]);
    expect(notSeen.map((n) => n.node)).toEqual(['edge']);
  });
});

describe('a purge of a node two builds behind', () => {
  it('brings the last but one build from the shield, which is no better', () => {
    const { stack, reading: empty } = edgeOver('nginx', 30);
    let reading = see(stack, see(stack, empty, 'app-1', START), 'edge', START + 0.1);
    stack.deploy('v2');
    stack.purge('shield');
    stack.visit('shield', START + 1);
    reading = see(stack, reading, 'app-1', START + 1.1);
    stack.deploy('v3');
    reading = see(stack, reading, 'app-1', START + 2);
    stack.purge('edge');
    reading = advance(reading, { type: 'receipt', data: accepted('edge', START + 3) });
    reading = see(stack, reading, 'edge', START + 3.1);
    expect(stateOf(reading, 'edge').content).toBe('v2');
    expect(findCauses({ reading, start: START + 2, expect: 'v3' }, START + 4)).toEqual([
      expect.objectContaining({ id: 'purge-race' }),
    ]);
  });
});

describe('a purge that was not needed', () => {
  it('accuses nobody when the same, current page comes back', () => {
    const { stack, reading: empty } = edgeOver('nginx');
    let reading = see(stack, see(stack, empty, 'app-1', START), 'edge', START + 0.1);
    stack.purge('edge');
    reading = advance(reading, { type: 'receipt', data: accepted('edge', START + 2) });
    reading = see(stack, see(stack, reading, 'app-1', START + 2.1), 'edge', START + 2.2);
    expect(stateOf(reading, 'edge').because).toContainEqual({ code: 'refilled-after-purge' });
    expect(findCauses({ reading, start: START }, START + 3)).toEqual([]);
  });
});

describe('a flip', () => {
  it('lies between the last exchange with the old version and the first with the new', () => {
    const { stack, reading: empty } = edgeOver('nginx', 2, 0);
    let reading = see(stack, see(stack, empty, 'app-1', START), 'edge', START + 0.1);
    stack.deploy('v2');
    for (const at of [0.5, 1, 2, 3.2, 4.4])
      reading = see(stack, see(stack, reading, 'app-1', START + at), 'edge', START + at + 0.01);
    const { flips, percentiles } = flipsIn(reading, START, 'v2', START + 5);
    const flip = flips.find((f) => f.node === 'edge')!;
    expect(flip.back).toBe(false);
    expect(flip.flippedAt.latest - flip.flippedAt.earliest).toBeLessThan(1.3);
    expect(percentiles.p50).toMatchObject(interval(flip.flippedAt.earliest - START, flip.flippedAt.latest - START));
  });
});

it('every place has one name', () => {
  expect(keyOf({ layer: 'a', node: 'b', target: 'c', variant: 'd' })).toBe('a/b/c/d');
});
