// What do Wikimedia’s caches say, in each of the three forms that they had?
import { describe, expect, it } from 'vitest';
import { told } from './told.ts';

describe('Wikimedia: the list is read from its end, up to the first hit', () => {
  it('of 2014: the front had it, and X-Varnish names the copies', () => {
    expect(told('wikimedia-2014')).toEqual([
      'wikimedia cp4008: hit, age 43369, hits 126, copy 2040225699, in San Francisco US',
      'wikimedia cp4009: hit, hits 3, copy 4125899187, in San Francisco US, then',
      'wikimedia cp1067: miss, in Ashburn US, then',
    ]);
  });

  it('of 2014, with hosts by their older names: the front had not, the one behind it had', () => {
    expect(told('wikimedia-2014-amsterdam')).toEqual([
      'wikimedia amssq52: miss, age 44374, in Amsterdam NL',
      'wikimedia amssq59: hit, hits 22, copy 1247805754, in Amsterdam NL',
      'wikimedia cp1065: miss, in Ashburn US, then',
    ]);
  });

  it('of 2018: only the last of three had it', () => {
    expect(told('wikimedia-2018')).toEqual([
      'wikimedia cp3040: miss, age 5700, in Amsterdam NL',
      'wikimedia cp3043: miss, in Amsterdam NL',
      'wikimedia cp1066: hit, hits 6, copy 12345600, in Ashburn US',
    ]);
  });

  it('of 2020: the front had it, and its X-Varnish is not told as another cache’s', () => {
    expect(told('wikimedia-2020')).toEqual([
      'wikimedia cp3052: hit, age 612, hits 600912, copy 752110927, in Amsterdam NL',
      'wikimedia cp3062: miss, in Amsterdam NL, then',
    ]);
  });

  it('of 2025: the front had it', () => {
    expect(told('wikimedia-2025-front')).toEqual([
      'wikimedia cp2031: hit, age 42431, hits 435379, in Carrollton US',
      'wikimedia cp2041: hit, in Carrollton US, then',
    ]);
  });

  it('of 2025: the front had not, the server behind it had', () => {
    expect(told('wikimedia-2025-local')).toEqual([
      'wikimedia cp3052: miss, age 900, in Amsterdam NL',
      'wikimedia cp3062: hit, in Amsterdam NL',
    ]);
  });

  it('of 2025: passed by all', () => {
    expect(told('wikimedia-2025-pass')).toEqual([
      'wikimedia cp6009: bypass, not stored, age 0, in Marseille FR',
      'wikimedia cp6012: bypass, not stored, in Marseille FR',
    ]);
  });

  it('of 2025: a redirect of its own', () => {
    expect(told('wikimedia-2025-int')).toEqual(['wikimedia cp7003: made answer, in São Paulo BR']);
  });

  it('without the list, by the word for the whole way', () => {
    expect(told('wikimedia-summary-only')).toEqual([
      'wikimedia cp5021: miss, age 77, in Singapore SG',
      'wikimedia backend: hit',
    ]);
  });
});
