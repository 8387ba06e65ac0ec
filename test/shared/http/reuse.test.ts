// RFC 9111 sections 4, 4.2.4, 5.2.1 and 5.2.2; RFC 5861
import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../../../shared/dialects/dialect.ts';
import { rfcBehaviour } from '../../../shared/dialects/rfc-behaviour.ts';
import { varnish } from '../../../shared/dialects/varnish.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';
import { reuse } from '../../../shared/http/reuse.ts';
import { termsOf } from '../../../shared/http/terms.ts';

/** What becomes of a response with this Cache-Control that was generated `age` seconds ago. */
function asked(response: string, age: number, request = '', behaviour: Behaviour = rfcBehaviour) {
  const fields: FieldLines = [['Cache-Control', response]];
  const terms = termsOf(200, fields, behaviour, {}, 1000);
  const { lifetime } = terms;
  const stored = { terms, generatedAt: 1000, storedAt: 1000, ...(lifetime && { lifetime }) };
  const requestFields: FieldLines = request === '' ? [] : [['Cache-Control', request]];
  return reuse(stored, requestFields, behaviour, 1000 + age);
}

const word = (...given: Parameters<typeof asked>): string => {
  const verdict = asked(...given);
  return verdict.use === 'fresh' ? 'fresh' : `${verdict.use}: ${verdict.because}`;
};

describe('without a word from the client', () => {
  it.each([
    ['max-age=10', 9.9, 'fresh'],
    ['max-age=10', 10, 'validate: stale'],
    ['max-age=10, no-cache', 1, 'validate: stale'],
    ['max-age=10, no-cache="set-cookie"', 1, 'fresh'],
    ['max-age=10, stale-while-revalidate=5', 12, 'stale: window'],
    ['max-age=10, stale-while-revalidate=5', 15, 'validate: stale'],
    ['max-age=10, stale-while-revalidate=5, must-revalidate', 12, 'validate: stale'],
    ['no-cache, stale-while-revalidate=5', 1, 'validate: stale'],
    ['max-age=x, stale-while-revalidate=5', 1, 'stale: window'],
  ])('%s is, at %s s, %s', (response, age, expected) => {
    expect(word(response, age)).toBe(expected);
  });
});

describe('with Cache-Control in the request', () => {
  it.each([
    ['no-cache', 'max-age=10', 1, 'validate: request'],
    ['no-cache', 'max-age=10', 11, 'validate: stale'],
    ['max-age=0', 'max-age=10', 0.5, 'validate: request'],
    ['max-age=5', 'max-age=10', 5, 'fresh'],
    ['max-age=5', 'max-age=10', 6, 'validate: request'],
    ['max-age=x', 'max-age=10', 1, 'validate: request'],
    ['max-age=50', 'max-age=10, stale-while-revalidate=5', 12, 'validate: stale'],
    ['min-fresh=5', 'max-age=10', 5, 'fresh'],
    ['min-fresh=5', 'max-age=10', 6, 'validate: request'],
    ['max-stale', 'max-age=10', 999, 'stale: max-stale'],
    ['max-stale=5', 'max-age=10', 15, 'stale: max-stale'],
    ['max-stale=5', 'max-age=10', 16, 'validate: stale'],
    ['max-stale=x', 'max-age=10', 11, 'validate: stale'],
    ['max-stale', 'max-age=10, must-revalidate', 11, 'validate: stale'],
    ['max-stale', 's-maxage=10', 11, 'validate: stale'],
    ['max-stale', 'max-age=10, no-cache', 1, 'validate: stale'],
    ['max-age=5, max-stale=9', 'max-age=10', 6, 'validate: request'],
    ['no-store', 'max-age=10', 1, 'fresh'],
  ])('%s against %s is, at %s s, %s', (request, response, age, expected) => {
    expect(word(response, age, request)).toBe(expected);
  });

  it('has no effect on a product that does not obey it', () => {
    expect(word('max-age=10', 1, 'no-cache', varnish.behaviour)).toBe('fresh');
  });

  it('Pragma stands in where there is no Cache-Control', () => {
    const terms = termsOf(200, [['Cache-Control', 'max-age=10']], rfcBehaviour, {}, 0);
    const stored = { terms, generatedAt: 0, storedAt: 0, lifetime: { seconds: 10, from: 'max-age' as const } };
    const pragma: FieldLines = [['Pragma', 'no-cache']];
    expect(reuse(stored, pragma, rfcBehaviour, 1).use).toBe('validate');
    expect(reuse(stored, [...pragma, ['Cache-Control', 'max-age=9']], rfcBehaviour, 1).use).toBe('fresh');
  });
});

describe('when the next hop fails, the copy may still answer', () => {
  it.each([
    ['for the response’s stale-if-error', 'max-age=10, stale-if-error=20', '', 1030],
    ['for the request’s', 'max-age=10', 'stale-if-error=7', 1017],
    ['not at all without either', 'max-age=10', '', 1010],
    ['not at all against must-revalidate', 'max-age=10, must-revalidate, stale-if-error=20', 'stale-if-error=9', 1010],
    ['not at all what needs validation', 'max-age=10, no-cache, stale-if-error=20', '', -Infinity],
    ['not at all what the client refused', 'max-age=10, stale-if-error=20', 'no-cache', -Infinity],
  ])('%s', (_what, response, request, until) => {
    expect(asked(response, 11, request)).toMatchObject({ use: 'validate', ifErrorUntil: until });
  });
});
