// RFC 9110 section 5.6.7, RFC 9111 section 4.2
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDate, parseDate } from '../../../shared/http/date.ts';

const now = Date.UTC(2026, 10, 22, 12) / 1000;
const example = Date.UTC(1994, 10, 6, 8, 49, 37) / 1000;

describe('an HTTP-date', () => {
  it.each([
    ['IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT'],
    ['asctime', 'Sun Nov  6 08:49:37 1994'],
    ['lower case, as caches should read it', 'sun, 06 nov 1994 08:49:37 gmt'],
  ])('is read as %s', (_form, text) => {
    expect(parseDate(text, now)).toBe(example);
  });

  it.each([
    '',
    '0',
    '-1',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06  Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 06-Nov-1994 08:49:37 GMT',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 8:49:37 GMT',
    'Son, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
    '1994-11-06T08:49:37Z',
  ])('is not %j', (text) => {
    expect(parseDate(text, now)).toBeUndefined();
  });

  it.each([
    ['26', 2026],
    ['70', 2070],
    ['77', 1977],
    ['94', 1994],
    ['00', 2000],
  ])('of two digits, %s, is never more than 50 years ahead: %i', (short, year) => {
    expect(parseDate(`Sunday, 01-Mar-${short} 00:00:00 GMT`, now)).toBe(Date.UTC(year, 2, 1) / 1000);
  });

  it('has a leap second, which is the next second', () => {
    expect(parseDate('Sat, 31 Dec 2016 23:59:60 GMT', now)).toBe(Date.UTC(2017, 0, 1) / 1000);
  });

  it('is written as IMF-fixdate without fractions', () => {
    expect(formatDate(example + 0.9)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  });

  it('is read back as it was written', () => {
    const instants = fc.integer({ min: -60_000_000_000, max: 250_000_000_000 });
    fc.assert(
      fc.property(instants, (at) => {
        expect(parseDate(formatDate(at), now)).toBe(at);
      }),
    );
  });

  it('is never an exception, whatever was sent', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseDate(text, now)));
  });
});
