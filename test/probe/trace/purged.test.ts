// What an exchange says of a purge depends on which of the two came first.
import { describe, expect, it } from 'vitest';
import { lookDocument } from '../../../shared/documents.ts';
import { contains } from '../../../shared/model/interval.ts';
import { findCauses } from '../../../shared/causes/index.ts';
import { advance, changeIn, emptyReading, statesOf, type Reading } from '../../../shared/model/reading.ts';
import type { Observation } from '../../../shared/observation.ts';
import type { PurgeReceipt } from '../../../shared/trace.ts';
import { simulatedStack } from '../../shared/model/simulated-stack.ts';

const START = 1_800_000_000;

const accepted: PurgeReceipt = {
  id: 90,
  layer: 'layer-0',
  node: 'edge-1',
  target: 'home',
  variant: 'default',
  method: 'PURGE',
  url: 'http://shop.test/',
  outcome: 'accepted',
  sentAt: START + 20,
  answeredAt: START + 20.002,
  summary: '',
};

/** A page that changed at the origin after everybody had stored it, and a purge of the edge at START + 20. */
function race(after: (stack: ReturnType<typeof simulatedStack>) => readonly Observation[]): Reading {
  const layers = [
    { dialect: 'varnish', nodes: ['edge-1'] },
    { dialect: 'nginx', nodes: ['shield-1'] },
  ];
  const stack = simulatedStack(layers, 'max-age=300');
  const first = ['edge-1', 'shield-1', 'app-1'].map((node, i) => stack.observe(node, START + i));
  stack.deploy('v2');
  const seen = [...first, stack.observe('edge-1', START + 5), stack.observe('app-1', START + 10)];
  let reading = emptyReading(stack.topology);
  for (const data of seen) reading = advance(reading, { type: 'observation', data });
  const answers = after(stack);
  reading = advance(reading, { type: 'receipt', data: accepted });
  for (const data of answers) reading = advance(reading, { type: 'observation', data });
  return reading;
}

const causes = (reading: Reading) =>
  findCauses({ reading, start: START, expect: 'v2' }, START + 30).map((c) => [c.id, c.node]);
const problems = (reading: Reading) => {
  const states = statesOf(reading, 'home', 'default');
  const observations = new Map(
    states.map((s) => [s.observation, { request: { url: '' }, timings: { total: 0 }, result: {} } as Observation]),
  );
  const change = changeIn(reading, 'home', 'default', 'v2');
  return lookDocument(states, observations, () => change, START + 30).nodes.find((n) => n.node === 'edge-1')!.problems;
};

describe('the old page after a purge', () => {
  it('came back, where the question was sent when the purge had been accepted', () => {
    const reading = race((stack) => {
      stack.purge('edge-1');
      return [stack.observe('edge-1', START + 20.1)];
    });
    expect(causes(reading)).toEqual([['purge-race', 'edge-1']]);
    expect(problems(reading)).toEqual([expect.stringContaining('came back')]);
  });

  it('proves nothing, where the question was sent before the purge', () => {
    const reading = race((stack) => [stack.observe('edge-1', START + 19.999)]);
    expect(causes(reading)).toEqual([]);
    expect(problems(reading)).toEqual([]);
  });

  it('is still recognised by the next question, where the one before crossed the purge', () => {
    const reading = race((stack) => {
      const crossed = stack.observe('edge-1', START + 19.999);
      stack.purge('edge-1');
      return [crossed, stack.observe('edge-1', START + 20.5)];
    });
    expect(causes(reading)).toEqual([['purge-race', 'edge-1']]);
  });

  it('may have been stored again by anybody’s request since: the copy is not taken for the one before', () => {
    const layers = [{ dialect: 'nginx', nodes: ['edge-1'] }];
    const stack = simulatedStack(layers, 'max-age=300');
    const truth = START + 25;
    let reading = emptyReading(stack.topology);
    const add = (data: Observation) => (reading = advance(reading, { type: 'observation', data }));
    add(stack.observe('app-1', START));
    add(stack.observe('edge-1', START + 1));
    stack.purge('edge-1');
    reading = advance(reading, { type: 'receipt', data: accepted });
    stack.visit('edge-1', truth);
    add(stack.observe('edge-1', START + 40));
    const edge = statesOf(reading, 'home', 'default')[0]!;
    expect(edge.outcome).toBe('hit');
    expect(contains(edge.storedAt!, truth)).toBe(true);
    expect(edge.freshUntil!.latest).toBeGreaterThanOrEqual(truth + 300);
  });

  it('never went, where the store id is the one of before: that is no race', () => {
    const reading = race((stack) => [stack.observe('edge-1', START + 20.5)]);
    expect(causes(reading)).toEqual([]);
  });

  it('was the only page there was, where the purge came before the deploy: too early, and no race', () => {
    const stack = simulatedStack([{ dialect: 'varnish', nodes: ['edge-1'] }], 'max-age=300');
    let reading = emptyReading(stack.topology);
    const add = (data: Observation) => (reading = advance(reading, { type: 'observation', data }));
    add(stack.observe('app-1', START));
    add(stack.observe('edge-1', START + 1));
    stack.purge('edge-1');
    reading = advance(reading, { type: 'receipt', data: accepted });
    add(stack.observe('edge-1', START + 21));
    add(stack.observe('app-1', START + 22));
    stack.deploy('v2');
    add(stack.observe('app-1', START + 23));
    add(stack.observe('edge-1', START + 24));
    expect(causes(reading)).toEqual([['premature-purge', 'edge-1']]);
    expect(problems(reading)).toEqual([]);
  });
});
