// Answers as a page would give them over new connections, written down for one test.
import type { Seen, Sighting } from '../../../shared/discover/seen.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';

export const START = Date.parse('2026-11-23T06:00:00Z') / 1000;

/** `Name: value` lines, one answer a second. */
export function answers(...texts: readonly string[]): Sighting[] {
  return texts.map((text, i) => answer(text, { responseTime: START + i }));
}

export function answer(text: string, more: Partial<Sighting> = {}): Sighting {
  const fields = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line): FieldLine => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
  return { ip: '192.0.2.1', responseTime: START, status: 200, fields, ...more };
}

export function seenAs(sightings: readonly Sighting[], more: Partial<Seen> = {}): Seen {
  const ips = [...new Set(sightings.map(({ ip }) => ip))];
  return {
    asked: 'https://shop.example/',
    url: 'https://shop.example/',
    addresses: ips.map((ip) => ({ ip })),
    sightings,
    ...more,
  };
}
