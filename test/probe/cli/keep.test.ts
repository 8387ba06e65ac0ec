import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../probe/cli/keep.ts';

describe('what is kept of earlier traces', () => {
  it.each([
    ['500', { runs: 500 }],
    ['90d', { days: 90 }],
    ['12h', { days: 0.5 }],
    ['5GB', { bytes: 5e9 }],
    ['1.5 gib', { bytes: 1.5 * 2 ** 30 }],
    ['500, 90d,5GB', { runs: 500, days: 90, bytes: 5e9 }],
  ])('by %s', (written, kept) => {
    expect(limits(written)).toEqual(kept);
  });

  it.each(['', ',', '0', '0d', '-1', '5 apples', '1e3', 'all'])('is not said by "%s"', (written) => {
    expect(() => limits(written)).toThrow(InvalidArgumentError);
  });
});
