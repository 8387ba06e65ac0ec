import { describe, expect, it } from 'vitest';
import { trendOf } from '../../shared/trend.ts';

const trace = (id: string, startedAt: number, turned?: number): Parameters<typeof trendOf>[0][number] => ({
  id,
  kind: 'trace',
  state: 'finished',
  startedAt,
  layerIds: ['edge'],
  targets: ['home'],
  layers: [{ layer: 'edge', percentiles: { p50: { earliest: 1, latest: 2 } }, seen: 2, of: 2 }],
  ...(turned === undefined ? {} : { turned }),
});

describe('the trend of a layer', () => {
  it('goes from the oldest deploy to the newest, and leaves out what was none: where nothing turned', () => {
    const traces = [
      trace('third', 30, 2),
      trace('still', 25, 0),
      trace('first', 10, 1),
      trace('before it was counted', 20),
    ];
    expect(trendOf(traces)).toMatchObject([
      { layer: 'edge', points: [{ trace: 'first' }, { trace: 'before it was counted' }, { trace: 'third' }] },
    ]);
  });
});
