// For which city does the code of a point of presence stand, and which codes stay codes?
import { describe, expect, it } from 'vitest';
import { IATA_BY_COUNTRY } from '../../../shared/places-data.ts';
import { cityOf } from '../../../shared/places.ts';

const named = (dialect: string, code: string): string | undefined => {
  const place = cityOf(dialect, code);
  return place === undefined ? undefined : [place.city, place.country].filter((part) => part !== undefined).join(', ');
};

describe('the table of airports', () => {
  const rows = Object.entries(IATA_BY_COUNTRY).flatMap(([country, cities]) =>
    cities.split('; ').map((row) => ({ country, code: row.slice(0, 4), city: row.slice(4) })),
  );

  it('has one city for each code of three letters', () => {
    expect(rows.filter(({ code, city }) => !/^[A-Z]{3} $/.test(code) || city.trim() === '')).toEqual([]);
    expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
  });

  it('covers several hundred cities in most countries', () => {
    expect(rows.length).toBeGreaterThan(700);
    expect(Object.keys(IATA_BY_COUNTRY).filter((country) => !/^[A-Z]{2}$/.test(country))).toEqual([]);
  });
});

describe('a code stands for a city', () => {
  it('by airports, where a network names itself after them', () => {
    expect(named('fastly', 'BMA')).toBe('Stockholm, SE');
    expect(named('cloudflare', 'FRA')).toBe('Frankfurt, DE');
    expect(named('cloudfront', 'SEA73-P1')).toBe('Seattle, US');
    expect(named('cloudfront', 'FRA2')).toBe('Frankfurt, DE');
    expect(named('google', 'LHR')).toBe('London, GB');
    expect(named('vercel', 'hnd1')).toBe('Tokyo, JP');
  });

  it('by Azure’s own list, where that is another city than the airport’s', () => {
    expect(named('azure', 'SAN')).toBe('San Antonio, US');
    expect(named('cloudflare', 'SAN')).toBe('San Diego, US');
    expect(named('azure', 'SG1')).toBe('Singapore, SG');
    expect(named('azure', 'JNB')).toBe('Johannesburg, ZA');
  });

  it('by country and city', () => {
    expect(named('keycdn', 'defr')).toBe('Frankfurt, DE');
    expect(named('keycdn', 'ukxx')).toBe('GB');
    expect(named('bunny', 'PHX1')).toBe('Phoenix, US');
    expect(named('bunny', 'TW1')).toBe('TW');
    expect(named('bunny', 'ASB1')).toBe('Ashburn, US');
    expect(named('bunny', 'SG1')).toBe('Singapore, SG');
  });

  it('by the names of Wikimedia’s data centres', () => {
    expect(
      ['eqiad', 'codfw', 'esams', 'ulsfo', 'eqsin', 'drmrs', 'magru'].map((code) => named('wikimedia', code)),
    ).toEqual([
      'Ashburn, US',
      'Carrollton, US',
      'Amsterdam, NL',
      'San Francisco, US',
      'Singapore, SG',
      'Marseille, FR',
      'São Paulo, BR',
    ]);
  });
});

describe('a code stays a code', () => {
  it('where it is not known, or not of the form that this network has', () => {
    for (const [dialect, code] of [
      ['fastly', 'QQQ'],
      ['fastly', 'fra'],
      ['cloudflare', 'FRANKFURT'],
      ['vercel', 'dev1'],
      ['azure', 'BY1'],
      // Israel or Illinois
      ['bunny', 'IL1'],
      ['keycdn', 'zzzz'],
      ['wikimedia', 'constructor'],
      ['akamai', 'FRA'],
      ['varnish', 'FRA'],
    ] as const)
      expect([dialect, code, cityOf(dialect, code)]).toEqual([dialect, code, undefined]);
  });
});
