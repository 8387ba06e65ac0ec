import { describe, expect, it } from 'vitest';
import { observerEffect, withTouch } from '../../../shared/model/observer.ts';
import { advance, emptyReading, type Reading } from '../../../shared/model/reading.ts';
import { simulatedStack } from './simulated-stack.ts';

const START = 1_800_000_000;

/** Asks at those seconds; visitors come at others. */
function asked(dialect: string, at: readonly number[], visits: readonly number[] = [], grace = 10) {
  const stack = simulatedStack([{ dialect, nodes: ['edge-1'], grace }], 'max-age=5');
  let reading: Reading = emptyReading(stack.topology);
  const all = [...at.map((t) => [t, true] as const), ...visits.map((t) => [t, false] as const)];
  const readings: Reading[] = [];
  for (const [t, ours] of all.toSorted(([a], [b]) => a - b)) {
    if (!ours) stack.visit('edge-1', START + t);
    else reading = advance(reading, { type: 'observation', data: stack.observe('edge-1', START + t) });
    readings.push(reading);
  }
  return { reading, readings };
}
const counts = (reading: Reading, before?: Reading) => {
  const { requests, refreshing, stale, untold } = observerEffect(reading, before);
  return { requests, refreshing, stale, untold };
};

describe('our own requests', () => {
  it('are told of each node, and those at which the cache fetched for us are counted', () => {
    const { reading } = asked('nginx', [0, 1, 2, 7, 8], [], 0);
    expect(counts(reading)).toEqual({ requests: 5, refreshing: 2, stale: 0, untold: 0 });
    expect(observerEffect(reading).nodes).toEqual([
      { layer: 'layer-0', node: 'edge-1', requests: 5, refreshing: 2, stale: 0, untold: 0 },
    ]);
  });

  it('change nothing where visitors keep the copy fresh', () => {
    const { reading } = asked('nginx', [1, 2, 7, 8], [0, 6], 0);
    expect(counts(reading)).toEqual({ requests: 4, refreshing: 0, stale: 0, untold: 0 });
  });

  it('that met a stale copy may have begun its refresh', () => {
    const { reading } = asked('varnish', [0, 6]);
    expect(counts(reading)).toEqual({ requests: 2, refreshing: 1, stale: 1, untold: 0 });
  });

  it('may have changed anything where the node tells nothing, and nothing where it passed or failed', () => {
    const none = new Map();
    expect(withTouch(none, 'edge-1', 'unknown').get('edge-1')).toEqual({ refreshing: 0, stale: 0, untold: 1 });
    for (const outcome of ['hit', 'pass', 'origin', 'failed'] as const)
      expect(withTouch(none, 'e', outcome)).toBe(none);
  });

  it('of one trace are those since its start', () => {
    const { reading, readings } = asked('nginx', [0, 1, 7, 8], [], 0);
    expect(counts(reading, readings[1])).toEqual({ requests: 2, refreshing: 1, stale: 0, untold: 0 });
    expect(observerEffect(reading, reading)).toEqual({ requests: 0, refreshing: 0, stale: 0, untold: 0, nodes: [] });
  });
});
