// RFC 9111 sections 4.2, 4.2.3 and 5.1; expiry instants as measured on real servers
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Behaviour, Clock } from '../../../shared/dialects/dialect.ts';
import { rfcBehaviour } from '../../../shared/dialects/rfc-behaviour.ts';
import { ageValue, currentAge, freshUntil, initialAge, remaining } from '../../../shared/http/age.ts';
import { formatDate } from '../../../shared/http/date.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';

const continuous: Clock = { kind: 'continuous' };
const atLifetime: Clock = { kind: 'whole-second', staleWhen: 'age >= lifetime' };
const afterLifetime: Clock = { kind: 'whole-second', staleWhen: 'age > lifetime' };

describe('Age as it came', () => {
  it.each<[FieldLines, number | undefined]>([
    [[['Age', '7']], 7],
    [[['age', '7, 9']], 7],
    [
      [
        ['Age', '7'],
        ['Age', '9'],
      ],
      7,
    ],
    [[['Age', '99999999999']], 2 ** 31],
    [[['Age', '-7']], undefined],
    [[['Age', '7.5']], undefined],
    [[['Age', 'x, 7']], undefined],
    [[['Age', '']], undefined],
    [[], undefined],
  ])('%j counts as %s', (fields, expected) => {
    expect(ageValue(fields)).toBe(expected);
  });
});

describe('the age at arrival', () => {
  const exchanged = { requestTime: 1000.2, responseTime: 1000.7 };
  it.each<[string, FieldLines, Behaviour, number]>([
    ['is the delay of the response', [], rfcBehaviour, 0.5],
    ['adds the delay to Age', [['Age', '7']], rfcBehaviour, 7.5],
    [
      'is the apparent age where that is more',
      [
        ['Age', '7'],
        ['Date', formatDate(980)],
      ],
      rfcBehaviour,
      20,
    ],
    ['is not negative for a Date ahead', [['Date', formatDate(2000)]], rfcBehaviour, 0.5],
    [
      'is Age alone for a product that does not correct it',
      [
        ['Age', '7'],
        ['Date', formatDate(980)],
      ],
      { ...rfcBehaviour, correctsAge: false },
      7,
    ],
  ])('%s', (_what, fields, behaviour, expected) => {
    expect(initialAge(fields, behaviour, exchanged)).toBeCloseTo(expected);
  });
});

describe('a lifetime of 3 s that began at 10.4', () => {
  const clocks = { generatedAt: 10.4, storedAt: 10.4, lifetime: { seconds: 3, from: 'max-age' as const } };
  it.each<[string, Clock, number]>([
    ['13.4 where the clock is continuous (Varnish)', continuous, 13.4],
    ['13 where age >= lifetime is stale (Squid, httpd, HAProxy)', atLifetime, 13],
    ['14 where age > lifetime is stale (nginx, Traffic Server)', afterLifetime, 14],
  ])('ends at %s', (_what, clock, end) => {
    expect(freshUntil(clocks, { ...rfcBehaviour, clock })).toBeCloseTo(end);
  });

  it('shows the whole seconds passed, or the steps of the server’s own seconds', () => {
    expect(currentAge(clocks, continuous, 12.3)).toBe(1);
    expect(currentAge(clocks, atLifetime, 12.3)).toBe(2);
    expect(remaining(clocks, rfcBehaviour, 12.3)).toBe(2);
    expect(remaining(clocks, rfcBehaviour, 16.5)).toBe(-3);
  });
});

describe('a copy that came 50 s old, with 60 s of life', () => {
  const clocks = { generatedAt: 950, storedAt: 1000, lifetime: { seconds: 60, from: 'max-age' as const } };

  it('has 10 s left where Age counts, all 60 where it does not', () => {
    expect(freshUntil(clocks, rfcBehaviour)).toBe(1010);
    expect(freshUntil(clocks, { ...rfcBehaviour, honoursAge: false })).toBe(1060);
  });

  it('is capped from the fetch, not from the generation', () => {
    const capped = { ...clocks, lifetime: { ...clocks.lifetime, cap: 5 } };
    expect(freshUntil(capped, rfcBehaviour)).toBe(1005);
    expect(remaining(capped, rfcBehaviour, 1001)).toBe(4);
  });
});

it('Age is never negative, on any clock', () => {
  const instant = fc.double({ min: 0, max: 4e9, noNaN: true });
  fc.assert(
    fc.property(instant, instant, fc.constantFrom(continuous, atLifetime), (generatedAt, now, clock) => {
      const age = currentAge({ generatedAt, storedAt: generatedAt }, clock, now);
      expect(Number.isInteger(age) && age >= 0).toBe(true);
    }),
  );
});
