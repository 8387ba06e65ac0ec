import { describe, expect, it } from 'vitest';
import { joined, lengthOf, sizeOf, sliced } from '../../../probe/lab/content.ts';
import type { Content } from '../../../probe/lab/content.ts';

const all = (body: Content) => ({ body, slice: { from: 0, to: lengthOf(body) } });
const text = (content: Content): string => Buffer.concat(content).toString();

describe('content that came in parts', () => {
  const content = ['abc', 'defg', 'h'].map((piece) => Buffer.from(piece));

  it('is cut across its buffers', () => {
    for (let from = 0; from <= 8; from++)
      for (let to = from; to <= 8; to++) expect(text(sliced(content, { from, to }))).toBe('abcdefgh'.slice(from, to));
  });

  it('is joined without copying what is whole', () => {
    const [one, other] = [Buffer.alloc(100_000, 'a'), Buffer.alloc(100_000, 'b')];
    const both = joined([all([one]), all([other])]);
    expect(both.map(({ buffer }) => buffer)).toEqual([one.buffer, other.buffer]);
    expect(both[0]!.buffer).toBe(one.buffer);
  });

  it('keeps no memory alive beyond twice its size, whatever parts overlap', () => {
    let held: Content = [Buffer.alloc(1_000_000)];
    for (let i = 1; i <= 500; i++) {
      const next = Buffer.alloc(1_000_000);
      held = joined([all(held), { body: [next], slice: { from: 999_999, to: 1_000_000 } }]);
    }
    const memories = new Set(held.map(({ buffer }) => buffer));
    const kept = [...memories].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(lengthOf(held)).toBe(1_000_500);
    expect(kept).toBeLessThan(2 * sizeOf(held));
  });

  it('stays in few buffers, however many parts it came in', () => {
    let held: Content = [Buffer.from('x')];
    for (let i = 0; i < 1000; i++) held = joined([all(held), all([Buffer.from('y')])]);
    expect(lengthOf(held)).toBe(1001);
    expect(held.length).toBeLessThan(66);
  });
});
