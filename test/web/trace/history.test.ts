import { describe, expect, it } from 'vitest';
import { behindOf } from '../../../web/trace/behind.ts';
import { filtered, isFollowed, layersWithTrend, stateOf, trendOf } from '../../../web/trace/history.ts';
import type { Recorded } from '../../../web/trace/history.ts';
import { momentsIn } from '../../../web/trace/moments.ts';

const at = (earliest: number, latest = earliest) => ({ earliest, latest });
const all: Recorded[] = [
  {
    id: 'c',
    startedAt: 300,
    endedAt: 310,
    expect: '4f2c',
    targets: ['home'],
    causes: ['purge-lost'],
    percentiles: { p50: at(1) },
    layers: [{ layer: 'edge', percentiles: { p50: at(2) }, seen: 3, of: 3 }],
  },
  { id: 'b', startedAt: 200, interruptedAt: 205, expect: '9a01' },
  { id: 'a', startedAt: 100, endedAt: 110, expect: '77aa', deployedAt: 90, percentiles: { p50: at(3), p90: at(4) } },
];

describe('recorded traces', () => {
  it('are found by every word in build, target or cause, and by their state', () => {
    expect(filtered(all, 'HOME 4f', 'any').map((t) => t.id)).toEqual(['c']);
    expect(filtered(all, 'purge-lost', 'any').map((t) => t.id)).toEqual(['c']);
    expect(filtered(all, '', 'interrupted').map((t) => t.id)).toEqual(['b']);
    expect(filtered(all, 'nobody', 'any')).toEqual([]);
  });

  it('tell their state by their instants where a service does not say it', () => {
    expect(all.map(stateOf)).toEqual(['finished', 'interrupted', 'finished']);
    expect(stateOf({ id: 'x', startedAt: 1 })).toBe('running');
  });

  it('are followed live while they run, where build or time say that it is the change under way', () => {
    const start = { kind: 'deploy', at: 300 } as const;
    const sought = (listed?: Partial<Recorded>) => ({
      id: 'x',
      problem: '',
      listed: listed === undefined ? undefined : { id: 'x', startedAt: 300, ...listed },
    });
    expect(isFollowed(sought({ expect: '4f2c' }), 'serve', { ...start, expect: '4f2c' })).toBe(true);
    expect(isFollowed(sought({ expect: '4f2c' }), 'serve', { ...start, expect: '77aa' })).toBe(false);
    expect(isFollowed(sought({}), 'serve', { ...start, expect: '4f2c' })).toBe(true);
    expect(isFollowed(sought({ startedAt: 200 }), 'serve', start)).toBe(false);
    expect(isFollowed(sought({ endedAt: 310 }), 'serve', start)).toBe(false);
    expect(isFollowed(sought(), 'serve', start)).toBe(false);
    expect(isFollowed(sought({}), 'serve', undefined)).toBe(false);
    expect(isFollowed(sought(), 'x', undefined)).toBe(true);
  });

  it('make a trend of those of which percentiles are known, oldest first, layer by layer', () => {
    expect(trendOf(all, undefined).map((p) => [p.id, p.at])).toEqual([
      ['a', 90],
      ['c', 300],
    ]);
    expect(trendOf(all, 'edge').map((p) => p.percentiles.p50)).toEqual([at(2)]);
    expect(layersWithTrend(all)).toEqual(['edge']);
  });

  it('are no deploy of a trend where nothing turned', () => {
    const still = { ...all[0]!, id: 'still', turned: 0 };
    expect(trendOf([...all, still], undefined).map((p) => p.id)).toEqual(['a', 'c']);
    expect(trendOf([...all, { ...still, turned: 2 }], undefined).map((p) => p.id)).toContain('still');
  });

  it('stand behind the curve: the newest, or those that were chosen, never the change that is looked at', () => {
    const known = { traces: all, compared: [] as string[], curves: new Map() };
    expect(behindOf(known, undefined, 'c', 300).map((b) => b.id)).toEqual(['a']);
    expect(behindOf({ ...known, compared: ['b'] }, undefined, undefined, 150).map((b) => b.id)).toEqual(['b']);
    expect(behindOf(known, undefined, 'live', 300).map((b) => b.id)).toEqual(['a']);
    expect(behindOf(known, 'edge', undefined, 400)[0]?.percentiles).toEqual({ p50: at(2) });
  });
});

describe('the events of a propagation', () => {
  const start = { kind: 'deploy', at: 10 } as const;
  it('are one mark for the purges of a layer, from the first to the last', () => {
    const events = [
      { id: 1, type: 'deploy' as const, at: at(10) },
      ...Array.from({ length: 50 }, (_, i) => ({
        id: 2 + i,
        type: 'purge-sent' as const,
        at: at(12 + i / 50),
        layer: 'edge',
        node: `e${i}`,
      })),
      { id: 60, type: 'purge-sent' as const, at: at(12), layer: 'shield' },
    ];
    const found = momentsIn(events, start);
    expect(found.map((m) => [m.label, m.count])).toEqual([
      ['deploy', 1],
      ['purge edge', 50],
      ['purge shield', 1],
    ]);
    expect(found[1]!.at.latest).toBeCloseTo(2.98);
  });
  it('leave out what was before, and what belongs to the next change', () => {
    const events = [
      { id: 1, type: 'deploy' as const, at: at(5) },
      { id: 2, type: 'deploy' as const, at: at(30) },
    ];
    expect(momentsIn(events, { ...start, until: 30 })).toEqual([]);
  });
});
