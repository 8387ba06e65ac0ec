import { describe, expect, it } from 'vitest';
import { retryAfterIn, turnsAway } from '../../../shared/http/retry-after.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';

const date: FieldLine = ['Date', 'Sun, 06 Nov 1994 08:49:37 GMT'];

describe('Retry-After', () => {
  it('is read as seconds, or as a date that counts from the answer’s own', () => {
    expect(retryAfterIn([['Retry-After', '120']])).toBe(120);
    expect(retryAfterIn([date, ['retry-after', 'Sun, 06 Nov 1994 08:50:07 GMT']])).toBe(30);
    expect(retryAfterIn([date, ['Retry-After', 'Sun, 06 Nov 1994 08:00:00 GMT']])).toBe(0);
  });

  it('says nothing where it is missing, mangled, or a date without another to count from', () => {
    expect(retryAfterIn([])).toBeUndefined();
    for (const written of ['soon', '-1', '1.5', '99999999999', 'Sun, 06 Nov 1994 08:50:07 GMT'])
      expect(retryAfterIn([['Retry-After', written]])).toBeUndefined();
  });

  it('turns a request away with 429, and with 503 where it says when to come back', () => {
    expect(turnsAway(429, [])).toBe(true);
    expect(turnsAway(503, [['Retry-After', '5']])).toBe(true);
    expect(turnsAway(503, [])).toBe(false);
    expect(turnsAway(200, [['Retry-After', '5']])).toBe(false);
  });
});
