// RFC 9111 sections 2 and 4.1
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, matchesVary, selectingFields, varyNames } from '../../../shared/http/cache-key.ts';
import type { VaryMatch } from '../../../shared/http/cache-key.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';

const matches = (vary: string, before: FieldLines, after: FieldLines, how: VaryMatch = 'spaced'): boolean => {
  const names = varyNames([['Vary', vary]]);
  const comparing = { matchesVary: how };
  return matchesVary(names, selectingFields(names, before, comparing), after, comparing);
};

describe('the key', () => {
  it.each([
    ['HTTP://Shop.Example/A?b=C', 'http://shop.example/A?b=C'],
    ['https://shop.example:443/', 'https://shop.example/'],
    ['https://shop.example', 'https://shop.example/'],
    ['https://shop.example?x', 'https://shop.example/?x'],
    ['http://shop.example:8080/#top', 'http://shop.example:8080/'],
    ['http://shop.example/a%2Fb//c/../', 'http://shop.example/a%2Fb//c/../'],
    ['not a url', 'not a url'],
  ])('of %s is %s', (url, key) => {
    expect(keyOf(url)).toBe(key);
  });

  it('exists for whatever was sent', () => {
    fc.assert(
      fc.property(fc.string(), (url) => {
        expect(typeof keyOf(url)).toBe('string');
      }),
    );
  });
});

describe('Vary', () => {
  it.each<[string, string, VaryMatch, boolean]>([
    ['en, de', 'en,de', 'exact', false],
    ['en, de', 'en ,de', 'spaced', true],
    ['en, de', 'de, en', 'spaced', false],
    ['en, de;q=0.5', 'DE; q=0.5 ,en', 'meaning', true],
    ['en', 'en, de', 'meaning', false],
  ])('Accept-Language %j and %j compared as %s: %s', (before, after, how, expected) => {
    expect(matches('Accept-Language', [['Accept-Language', before]], [['Accept-Language', after]], how)).toBe(expected);
  });

  it('takes the order of an unknown field for meaningful', () => {
    expect(matches('X-List', [['X-List', 'a, b']], [['X-List', 'b, a']], 'meaning')).toBe(false);
  });

  it.each<[string, FieldLines, FieldLines, boolean]>([
    ['Accept-Language', [['Accept-Language', 'en']], [['accept-language', 'en']], true],
    ['Accept-Language', [['Accept-Language', 'en']], [['Accept-Language', 'de']], false],
    ['Accept-Language', [['Accept-Language', 'en']], [], false],
    ['Accept-Language', [], [['Accept-Language', 'en']], false],
    ['Accept-Language', [], [], true],
    [
      'Accept',
      [
        ['Accept', 'a'],
        ['Accept', 'b'],
      ],
      [['Accept', 'a ,b']],
      true,
    ],
    ['Accept', [['Accept', 'a, b']], [['Accept', 'b, a']], false],
    [
      'A, B',
      [
        ['A', '1'],
        ['B', '2'],
      ],
      [
        ['B', '2'],
        ['A', '1'],
        ['C', '3'],
      ],
      true,
    ],
    [
      'A, B',
      [
        ['A', '1'],
        ['B', '2'],
      ],
      [
        ['A', '1'],
        ['B', '1'],
      ],
      false,
    ],
    ['*', [], [], false],
    ['A, *', [['A', '1']], [['A', '1']], false],
    ['', [], [['A', '1']], true],
  ])('%j: stored with %j, asked with %j, matches: %s', (vary, before, after, expected) => {
    expect(matches(vary, before, after)).toBe(expected);
  });

  it('names each field once, over all its lines', () => {
    expect(
      varyNames([
        ['vary', 'B, a'],
        ['Vary', 'A'],
      ]),
    ).toEqual(['a', 'b']);
  });
});
