// RFC 9211
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCacheStatus, serializeCacheStatus } from '../../../shared/http/cache-status.ts';

const members = (...lines: string[]) => parseCacheStatus(lines).members;

describe('Cache-Status', () => {
  it.each([
    ['ExampleCache; hit; ttl=376', [{ cache: 'ExampleCache', hit: true, ttl: 376 }]],
    ['ExampleCache; hit; ttl=-412', [{ cache: 'ExampleCache', hit: true, ttl: -412 }]],
    ['ExampleCache; fwd=stale; fwd-status=304', [{ cache: 'ExampleCache', fwd: 'stale', fwdStatus: 304 }]],
    ['ExampleCache; fwd=uri-miss; collapsed', [{ cache: 'ExampleCache', fwd: 'uri-miss', collapsed: true }]],
    ['ExampleCache; fwd=miss; collapsed=?0', [{ cache: 'ExampleCache', fwd: 'miss', collapsed: false }]],
    ['"CDN Company Here"; key="a;b,c"; detail=x', [{ cache: 'CDN Company Here', key: 'a;b,c', detail: 'x' }]],
  ])('%s is valid', (line, expected) => {
    expect(parseCacheStatus([line])).toEqual({ members: expected, problems: [] });
  });

  it('lists the caches from the origin to the user, over all its lines', () => {
    expect(members('OriginCache; hit; ttl=1100', '"CDN Company Here"; hit; ttl=545').map((m) => m.cache)).toEqual([
      'OriginCache',
      'CDN Company Here',
    ]);
  });

  it.each([
    ['Souin; hit; ttl=9; key=GET-https-a.example-/x; detail=DEFAULT', { cache: 'Souin', hit: true, ttl: 9 }],
    ['Edge; fwd=miss; stored=true', { cache: 'Edge', fwd: 'miss', stored: true }],
    ['3edge.example; hit; stored=false', { cache: '3edge.example', hit: true, stored: false }],
    ['A; hit; key=a b c', { cache: 'A', hit: true, key: 'a b c' }],
    ['A; HIT', { cache: 'A', hit: true }],
    ['"A; hit', { cache: '"A', hit: true }],
  ])('%s is read as meant, and said to be wrong', (line, expected) => {
    const parsed = parseCacheStatus([line]);
    expect(parsed.members[0]).toMatchObject(expected);
    expect(parsed.problems.length).toBeGreaterThan(0);
  });

  it('that says both hit and fwd is a problem', () => {
    expect(parseCacheStatus(['Souin; hit; fwd=stale']).problems).toHaveLength(1);
  });

  it('that does not know a reason or a type leaves it out', () => {
    expect(members('A; fwd=because; ttl=x; extra=1')).toEqual([{ cache: 'A' }]);
  });

  it('is empty where nothing was sent', () => {
    expect(parseCacheStatus([])).toEqual({ members: [], problems: [] });
    expect(parseCacheStatus([' '])).toEqual({ members: [], problems: [] });
  });

  it('is read back as it was written, with any printable name and key', () => {
    const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)) });
    const status = fc.record(
      {
        cache: printable.filter((name) => name !== ''),
        fwd: fc.constantFrom('stale', 'uri-miss', 'request'),
        fwdStatus: fc.integer({ min: 100, max: 599 }),
        ttl: fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
        stored: fc.boolean(),
        key: printable,
        detail: printable,
      },
      { requiredKeys: ['cache'] },
    );
    fc.assert(
      fc.property(status, (s) => {
        expect(parseCacheStatus([serializeCacheStatus(s)])).toEqual({ members: [s], problems: [] });
      }),
    );
  });

  it('can be written with any name, and is valid then', () => {
    fc.assert(
      fc.property(fc.string(), (cache) => {
        expect(parseCacheStatus([serializeCacheStatus({ cache, hit: true })]).members[0]?.hit).toBe(true);
      }),
    );
  });

  it('is never an exception, whatever was sent', () => {
    fc.assert(fc.property(fc.array(fc.string()), (lines) => void parseCacheStatus(lines)));
  });
});
