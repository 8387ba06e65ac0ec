import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceFrom } from '../../../shared/model/chance.ts';
import { flipsIn } from '../../../shared/model/flips.ts';
import { contains } from '../../../shared/model/interval.ts';
import { advance, emptyReading, type Reading } from '../../../shared/model/reading.ts';
import type { Observation } from '../../../shared/observation.ts';
import { simulatedStack } from './simulated-stack.ts';

const START = 1_800_000_000;

const failing = (o: Observation): Observation => ({
  ...o,
  result: { kind: 'failure', source: 'network', phase: 'connect', code: 'connect-refused', message: 'It refused.' },
});

/** Edges in front of nothing but the origin, each asked at the given seconds; `!` before a node: the exchange fails. */
function played(
  nodes: readonly string[],
  steps: readonly (readonly [at: number, what: string, which?: string])[],
  lifetime = 600,
): Reading {
  const stack = simulatedStack([{ dialect: 'nginx', nodes }], `max-age=${lifetime}`);
  let reading = emptyReading(stack.topology);
  for (const [offset, what, which = ''] of steps) {
    const at = START + offset;
    if (what === 'deploy') stack.deploy(which);
    else if (what === 'purge') stack.purge(which);
    else if (what === 'fail')
      reading = advance(reading, { type: 'observation', data: failing(stack.observe(which, at)) });
    else
      for (const node of what.split(' '))
        reading = advance(reading, { type: 'observation', data: stack.observe(node, at) });
  }
  return reading;
}

describe('a place that goes back and forth', () => {
  const reading = played(
    ['e'],
    [
      [0, 'app-1 e'],
      [1, 'deploy', 'v2'],
      [1.1, 'app-1'],
      [1.5, 'purge', 'e'],
      [2, 'e'],
      [3, 'deploy', 'v1'],
      [3.5, 'purge', 'e'],
      [4, 'e'],
      [5, 'deploy', 'v2'],
      [5.5, 'purge', 'e'],
      [6, 'e'],
    ],
  );

  it('counts by its first turn to the new version', () => {
    const { percentiles } = flipsIn(reading, START + 1, 'v2', START + 7);
    expect(percentiles.p50).toMatchObject({ earliest: 0 });
    expect(percentiles.p50!.latest).toBeCloseTo(1.004, 3);
  });

  it('says beside it when it last turned, with nothing old after it', () => {
    const { wavered, flips } = flipsIn(reading, START + 1, 'v2', START + 7);
    expect(flips.filter((f) => f.node === 'e').map((f) => f.back)).toEqual([false, true, false]);
    expect(wavered).toMatchObject([{ node: 'e', settledAt: { earliest: START + 4 } }]);
  });

  it('has not settled while it shows the old version', () => {
    const { wavered, notSeen } = flipsIn(reading, START + 1, 'v1', START + 7);
    expect(wavered).toEqual([{ layer: 'layer-0', node: 'e', target: 'home', variant: 'default' }]);
    expect(notSeen.map((n) => n.node)).toEqual(['e']);
  });
});

describe('a place whose exchange failed between the old version and the new', () => {
  it('may have turned at any time since it last answered', () => {
    const reading = played(
      ['e'],
      [
        [0, 'app-1 e'],
        [1, 'deploy', 'v2'],
        [1.1, 'app-1'],
        [2, 'purge', 'e'],
        [5, 'fail', 'e'],
        [6, 'e'],
      ],
    );
    const flip = flipsIn(reading, START, 'v2', START + 7).flips.find((f) => f.node === 'e')!;
    expect(flip.flippedAt.earliest).toBe(START);
    expect(contains(flip.flippedAt, START + 2)).toBe(true);
  });

  it('keeps what it showed before: a failure takes nothing back', () => {
    const reading = played(
      ['e'],
      [
        [0, 'app-1 e'],
        [1, 'deploy', 'v2'],
        [1.1, 'app-1'],
        [2, 'purge', 'e'],
        [3, 'e'],
        [5, 'fail', 'e'],
      ],
    );
    expect(flipsIn(reading, START, 'v2', START + 7).notSeen).toEqual([]);
  });
});

describe('a place that showed the new version at the first look', () => {
  it('had it by then, and counts', () => {
    const reading = played(['e'], [[2, 'app-1 e']]);
    const { percentiles, layers, flips } = flipsIn(reading, START, 'v1', START + 3);
    expect(flips).toEqual([]);
    expect(percentiles.p50).toMatchObject({ earliest: 0 });
    expect(percentiles.p50!.latest).toBeCloseTo(2.004, 3);
    expect(layers).toMatchObject([{ layer: 'layer-0', seen: 1, of: 1 }]);
  });
});

describe('places that were not seen to turn', () => {
  it('count as later than their last look, and no share that needs them is told', () => {
    const reading = played(
      ['a', 'b', 'c', 'd'],
      [
        [0, 'app-1 a b c d'],
        [1, 'deploy', 'v2'],
        [1.1, 'app-1'],
        [1.5, 'purge', 'a'],
        [1.5, 'purge', 'b'],
        [2, 'a b c d'],
        [9, 'c d'],
      ],
    );
    const { percentiles, layers, notSeen } = flipsIn(reading, START, 'v2', START + 10);
    expect(percentiles.p50).toBeDefined();
    expect(percentiles.p90).toBeUndefined();
    expect(layers).toMatchObject([{ layer: 'layer-0', seen: 2, of: 4 }]);
    expect(notSeen.map((n) => [n.node, n.withinSeconds])).toEqual([
      ['c', 10],
      ['d', 10],
    ]);
  });
});

describe('percentiles over many places', () => {
  const story = fc.array(
    fc.record({ purged: fc.integer({ min: 110, max: 900 }), phase: fc.integer({ min: 0, max: 99 }) }),
    {
      minLength: 2,
      maxLength: 12,
    },
  );

  it('hold the instant at which the place that completes the share truly turned', () => {
    fc.assert(
      fc.property(story, (nodes) => {
        const names = nodes.map((_, i) => `n${i}`);
        const looks = nodes.flatMap(({ purged, phase }, i) => [
          [purged / 100, 'purge', `n${i}`] as const,
          ...Array.from({ length: 12 }, (_, k) => [k + phase / 100, `n${i}`] as const),
        ]);
        const steps = [[0, 'app-1'] as const, [1, 'deploy', 'v2'] as const, [1.001, 'app-1'] as const, ...looks];
        const reading = played(
          names,
          steps.toSorted((a, b) => a[0] - b[0]),
        );
        const { percentiles } = flipsIn(reading, START, 'v2', START + 12);
        // what was purged turns at the next look, which itself asks for the new copy
        const turned = nodes.map(({ purged, phase }) => Math.ceil((purged - phase) / 100) + phase / 100);
        const sorted = turned.toSorted((a, b) => a - b);
        for (const [name, share] of [
          ['p50', 0.5],
          ['p90', 0.9],
          ['p99', 0.99],
        ] as const) {
          const kth = sorted[Math.ceil(share * nodes.length) - 1]!;
          const told = percentiles[name];
          if (told === undefined) continue;
          expect(told.earliest).toBeLessThanOrEqual(kth);
          expect(told.latest).toBeGreaterThanOrEqual(kth);
          expect(told.likely!.earliest).toBeGreaterThanOrEqual(told.earliest);
          expect(told.likely!.latest).toBeLessThanOrEqual(told.latest);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('have bands where chance is given, the same for the same chance', () => {
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
    const reading = played(
      names,
      [
        [0, ['app-1', ...names].join(' ')],
        [1, 'deploy', 'v2'],
        [1.1, 'app-1'],
        ...names.map((n, i) => [1.5 + i / 10, 'purge', n] as const),
        ...names.map((n, i) => [4 + i / 10, n] as const),
      ].toSorted((a, b) => Number(a[0]) - Number(b[0])) as never,
    );
    const told = (seed: number) => flipsIn(reading, START, 'v2', START + 9, chanceFrom(seed)).percentiles;
    expect(told(1).p50!.band90).toBeDefined();
    expect(told(1)).toEqual(told(1));
    expect(flipsIn(reading, START, 'v2', START + 9).percentiles.p50!.band90).toBeUndefined();
  });
});
