import { describe, expect, it } from 'vitest';
import { clockTime, digitsFor, duration, known, resolution } from '../../../web/layout/clock-text.ts';
import { firstFitting, fit, guess, shortContent } from '../../../web/layout/fit.ts';

const AT = Date.UTC(2026, 0, 2, 14, 32, 10, 204) / 1000;

describe('an instant', () => {
  it('is written to as many digits as asked, in the zone asked for', () => {
    expect(clockTime(AT, 0, 0)).toBe('14:32:10');
    expect(clockTime(AT, 1, 60)).toBe('15:32:10.2');
    expect(clockTime(AT, 3, -870)).toBe('00:02:10.204');
  });

  it('rounds up through the minute and through midnight', () => {
    expect(clockTime(AT + 49.78, 1, 0)).toBe('14:33:00.0');
    expect(clockTime(Date.UTC(2026, 0, 2, 23, 59, 59, 960) / 1000, 1, 0)).toBe('00:00:00.0');
  });

  it('is given only as many digits as its interval supports', () => {
    expect([2, 0.5, 0.02, 0.002].map(digitsFor)).toEqual([0, 1, 2, 3]);
    expect(known({ earliest: AT, latest: AT + 0.008 }, 0)).toBe('14:32:10.21, known to 8 ms');
    expect(known({ earliest: AT, latest: AT + 9 }, 0)).toBe('between 14:32:10 and 14:32:19');
  });
});

describe('a duration', () => {
  it.each([
    [0, '0.0 s'],
    [-3, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.6, '1 min 00 s'],
    [252, '4 min 12 s'],
    [3900, '1 h 05 min'],
    [3599.7, '1 h 00 min'],
    [273_600, '3 d 4 h'],
  ])('of %d s reads %s', (seconds, words) => expect(duration(seconds)).toBe(words));

  it('is told in milliseconds where it is an error', () => {
    expect([0.0004, 0.02, 0.25, 14].map(resolution)).toEqual(['1 ms', '20 ms', '0.25 s', '14 s']);
  });
});

describe('a text', () => {
  it('keeps both ends when it is cut, because names differ at their ends', () => {
    const cut = fit('edge-amsterdam-0042', 90, 13, false, guess);
    expect(cut).toMatch(/^edge.*…/);
    expect(cut).toMatch(/42$/);
    expect(guess(cut, 13, false)).toBeLessThanOrEqual(90);
  });

  it('says less where there is less room', () => {
    expect(firstFitting(['fresh for 12 s', '12 s'], 60, 14, false, guess)).toBe('12 s');
  });

  it('names a digest by its first digits', () => {
    expect(shortContent('sha256:4f2c9a01d00d')).toBe('4f2c9a');
    expect(shortContent('4f2c')).toBe('4f2c');
    expect(shortContent('2026-11-22-build-118', 10)).toHaveLength(10);
  });
});
