// Pieces of a body come out as they went in.
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Collected } from '../../../probe/exchange/collected.ts';

it('pieces of any size come out in order', () => {
  const piece = fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.nat({ max: 255 }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), (sizes) => {
      const pieces = sizes.map(([size, fill]) => Buffer.alloc(size, fill));
      const collected = new Collected();
      for (const p of pieces) collected.add(p);
      expect(collected.bytes().equals(Buffer.concat(pieces))).toBe(true);
      expect(collected.length).toBe(sizes.reduce((sum, [size]) => sum + size, 0));
    }),
    { numRuns: 50 },
  );
});

it('a hundred thousand single bytes come out as they went in', () => {
  const collected = new Collected();
  for (let i = 0; i < 100_000; i++) collected.add(Buffer.of(i % 256));
  const bytes = collected.bytes();
  expect(bytes).toHaveLength(100_000);
  expect(bytes.every((byte, i) => byte === i % 256)).toBe(true);
});
