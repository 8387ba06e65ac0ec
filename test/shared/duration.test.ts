import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration, spokenDuration } from '../../shared/duration.ts';

describe('a written duration', () => {
  it.each([
    [90, 90],
    ['90', 90],
    ['90s', 90],
    ['250ms', 0.25],
    ['5m', 300],
    ['1.5h', 5400],
    ['1h30m', 5400],
    ['1d', 86_400],
    ['2w', 1_209_600],
    [0, 0],
    ['0s', 0],
  ])('%j is %d seconds', (written, seconds) => expect(parseDuration(written)).toBe(seconds));

  it.each([
    '',
    '5 minutes',
    '5 m',
    '-5m',
    'm',
    '1h30',
    '1e3',
    '0x10',
    '.5s',
    'Infinity',
    '5M',
    -1,
    Number.NaN,
    Infinity,
  ])('%j is refused', (written) => expect(parseDuration(written)).toBeUndefined());

  it('never yields anything but a finite number of seconds or nothing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (written) => {
        const seconds = parseDuration(written);
        return seconds === undefined || (Number.isFinite(seconds) && seconds >= 0);
      }),
    );
  });
});

describe('a spoken duration', () => {
  it.each([
    [0, '0 s'],
    [0.35, '350 ms'],
    [4.2, '4.2 s'],
    [10, '10 s'],
    [59.7, '1 min'],
    [252, '4 min 12 s'],
    [3900, '1 h 05 min'],
    [86_399, '1 d'],
    [183_600, '2 d 3 h'],
    [-5, '-5 s'],
  ])('%d seconds is said as %s', (seconds, said) => expect(spokenDuration(seconds)).toBe(said));
});
