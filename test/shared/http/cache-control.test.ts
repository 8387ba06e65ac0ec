// RFC 9111 sections 1.2.2, 4.2.1 and 5.2
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  directive,
  has,
  MAX_DELTA_SECONDS,
  parseCacheControl,
  qualifiedBy,
  seconds,
} from '../../../shared/http/cache-control.ts';

describe('Cache-Control', () => {
  it.each([
    ['max-age=60', 60],
    ['MAX-AGE=60', 60],
    ['max-age="60"', 60],
    ['max-age=060', 60],
    ['public , max-age=60', 60],
    ['a="b, max-age=1", max-age=60', 60],
    ['a="b\\", max-age=1", max-age=60', 60],
    ['a="b, max-age=60', 60],
    ['max-age=60, max-age=1', 60],
    ['max-age=99999999999999999999', MAX_DELTA_SECONDS],
    ['max-age=0', 0],
    ['s-maxage=60', undefined],
    ['x-max-age=60', undefined],
    ['', undefined],
    ['max-age', 'invalid'],
    ['max-age=', 'invalid'],
    ['max-age=-1', 'invalid'],
    ['max-age=1.5', 'invalid'],
    ['max-age=60s', 'invalid'],
    ['max-age =60', 'invalid'],
    ['max-age= 60', 'invalid'],
    ["max-age='60'", 'invalid'],
    ['max-age=60; public', 'invalid'],
  ])('%j grants max-age %s', (value, expected) => {
    expect(seconds(parseCacheControl([value]), 'max-age')).toBe(expected);
  });

  it('is the list of all its lines, duplicates kept, each as it was written', () => {
    const cc = parseCacheControl(['Max-Age=1, max-age=2', 'Foo="a, b"']);
    expect(cc).toEqual([
      { name: 'max-age', value: '1', raw: 'Max-Age=1' },
      { name: 'max-age', value: '2', raw: 'max-age=2' },
      { name: 'foo', value: 'a, b', raw: 'Foo="a, b"' },
    ]);
  });

  it('restricts also where its grammar is broken', () => {
    expect(has(parseCacheControl(['no-store = yes']), 'no-store')).toBe(true);
    expect(directive(parseCacheControl(['no-store =yes']), 'no-store')?.malformed).toBe(true);
  });

  it.each([
    ['no-cache="Set-Cookie, X-A"', ['set-cookie', 'x-a']],
    ['no-cache=set-cookie', ['set-cookie']],
    ['no-cache', undefined],
    ['no-cache="a", no-cache', undefined],
    ['no-cache=""', undefined],
    ['max-age=1', undefined],
  ])('%j withholds the fields %j', (value, names) => {
    expect(qualifiedBy(parseCacheControl([value]), 'no-cache')).toEqual(names);
  });

  it('is never an exception, whatever was sent', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        const age = seconds(parseCacheControl(lines), 'max-age');
        expect(age === undefined || age === 'invalid' || (age >= 0 && age <= MAX_DELTA_SECONDS)).toBe(true);
      }),
    );
  });

  it('is read in linear time where quotes stay open', () => {
    expect(parseCacheControl([String.raw`"\"`.repeat(30_000)]).length).toBeGreaterThan(0);
  });
});
