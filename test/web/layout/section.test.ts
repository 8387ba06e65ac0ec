import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { neighbour, placeSection } from '../../../web/layout/section.ts';
import type { Box, SectionInput } from '../../../web/layout/section.ts';

const input = (counts: readonly number[], width: number): SectionInput => ({
  width,
  layers: counts.map((count, i) => ({
    id: `layer-${i}`,
    nodes: Array.from({ length: count }, (_, n) => `n${i}-${n}`),
    parents: i < counts.length - 1 ? [`layer-${i + 1}`] : [],
  })),
});

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width - 0.01 &&
  b.x < a.x + a.width - 0.01 &&
  a.y < b.y + b.height - 0.01 &&
  b.y < a.y + a.height - 0.01;

const inside = (a: Box, b: Box): boolean =>
  a.x >= b.x - 0.01 &&
  a.y >= b.y - 0.01 &&
  a.x + a.width <= b.x + b.width + 0.01 &&
  a.y + a.height <= b.y + b.height + 0.01;

const sites = fc.record({
  counts: fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 10 }),
  width: fc.integer({ min: 320, max: 2400 }),
});

describe('the section', () => {
  it('lets no cell touch another or leave its stratum, however many layers, nodes and pixels there are', () => {
    fc.assert(
      fc.property(sites, ({ counts, width }) => {
        const placed = placeSection(input(counts, width));
        for (const stratum of placed.strata) {
          for (const [i, cell] of stratum.cells.entries()) {
            expect(inside(cell, stratum)).toBe(true);
            expect(stratum.cells.slice(i + 1).some((other) => overlap(cell, other))).toBe(false);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the name of a stratum clear of its cells', () => {
    fc.assert(
      fc.property(sites, ({ counts, width }) => {
        for (const { label, cells } of placeSection(input(counts, width)).strata) {
          const words = { x: label.x, y: label.y - 14, width: label.width, height: 18 };
          expect(cells.some((c) => overlap(c, words))).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('stacks the strata without gap or overlap', () => {
    const placed = placeSection(input([3, 1, 2], 1000));
    const edges = placed.strata.map((s) => [s.y, s.y + s.height]);
    expect(edges[0]![0]).toBe(placed.surface.height);
    expect(edges[1]![0]).toBe(edges[0]![1]);
    expect(edges[2]![1]).toBe(placed.height);
  });

  it('is the same picture for the same site', () => {
    expect(placeSection(input([60, 4, 2], 1280))).toEqual(placeSection(input([60, 4, 2], 1280)));
  });

  it.each([
    [3, 1000, 'full'],
    [12, 1000, 'medium'],
    [60, 1000, 'tile'],
    [1000, 1000, 'grain'],
    [10_000, 1000, 'band'],
    [3, 360, 'full'],
    [60, 360, 'tile'],
  ])('draws %i nodes in %i units as %s', (count, width, size) => {
    expect(placeSection(input([count, 2], width)).strata[0]!.size).toBe(size);
  });

  it('gives every visitor a place of its own over one row of cells, and one for all over more', () => {
    expect(placeSection(input([3, 1], 1000)).visitors.map((v) => v.node)).toEqual(['n0-0', 'n0-1', 'n0-2']);
    expect(placeSection(input([60, 1], 1000)).visitors).toHaveLength(1);
  });

  it('draws a channel from each cell to each parent, and a shared one where cells stand in rows', () => {
    expect(placeSection(input([3, 2], 1000)).channels).toHaveLength(6);
    expect(placeSection(input([60, 2], 1000)).channels.map((c) => [c.from, c.to])).toEqual([
      ['layer-0', 'layer-1/n1-0'],
      ['layer-0', 'layer-1/n1-1'],
    ]);
  });

  it('shrinks cells to two lines when there are ten layers', () => {
    const placed = placeSection(input([3, 2, 2, 2, 2, 2, 2, 2, 2, 2], 1280));
    expect(new Set(placed.strata.map((s) => s.size))).toEqual(new Set(['medium']));
  });
});

describe('walking with arrow keys', () => {
  const placed = placeSection(input([3, 1, 2], 1000));

  it('goes along the row and stops at its end', () => {
    expect(neighbour(placed, 'layer-0/n0-0', 'right')).toBe('layer-0/n0-1');
    expect(neighbour(placed, 'layer-0/n0-2', 'right')).toBeUndefined();
  });

  it('goes down to the nearest cell of the next stratum, and up again', () => {
    expect(neighbour(placed, 'layer-0/n0-2', 'down')).toBe('layer-1/n1-0');
    expect(neighbour(placed, 'layer-1/n1-0', 'down')).toBe('layer-2/n2-0');
    expect(neighbour(placed, 'layer-2/n2-1', 'up')).toBe('layer-1/n1-0');
  });

  it('reaches every cell from every other', () => {
    const crowd = placeSection(input([17, 5, 30], 900));
    const reached = new Set(['layer-0/n0-0']);
    for (const key of reached)
      for (const way of ['left', 'right', 'up', 'down'] as const) {
        const next = neighbour(crowd, key, way);
        if (next !== undefined) reached.add(next);
      }
    expect(reached.size).toBe(52);
  });
});
