import { describe, expect, it } from 'vitest';
import { dialects, recognise } from '../../../shared/dialects/index.ts';
import type { Spoken } from '../../../shared/dialects/dialect.ts';
import type { FieldLine, FieldLines } from '../../../shared/http/fields.ts';
import { fixture, fixtures } from './fixture.ts';

describe('every dialect', () => {
  for (const dialect of dialects) {
    it(`says of each trait on what ground it stands, of none twice: ${dialect.id}`, () => {
      const { usual, by, except = {} } = dialect.grounds;
      const excepted = Object.values(except).flat();
      expect(excepted).toEqual([...new Set(excepted)]);
      expect(except[usual]).toBeUndefined();
      expect(by ?? '').toMatch(usual === 'measured' ? /^\d+(\.\d+)*$/ : /^(https:.*)?$/);
    });

    it(`names where its facts come from: ${dialect.id}`, () => {
      expect(dialect.reference).toMatch(/^https:\/\//);
    });

    it(`reads only the fields it lists: ${dialect.id}`, () => {
      for (const { fields, status } of fixtures()) {
        const listed = fields.filter(([name]) => dialect.reads.includes(name.toLowerCase()));
        // among fewer lines each has another index
        expect({ ...dialect.decode(listed, status), line: 0 }).toEqual({ ...dialect.decode(fields, status), line: 0 });
        const hopsOf = (lines: FieldLines) =>
          dialect.signature(lines) === undefined ? [] : (dialect.decodeAll?.(lines, status) ?? []);
        expect(hopsOf(listed).map((hop) => ({ ...hop, line: 0 }))).toEqual(
          hopsOf(fields).map((hop) => ({ ...hop, line: 0 })),
        );
      }
    });

    it(`understands what it says itself: ${dialect.id}`, () => {
      const base = { stale: false, revalidated: false, exchange: 7, hits: 2, node: 'n1' };
      const hit: Spoken = { ...base, cacheStatus: { hit: true, ttl: 5 }, storedBy: 3 };
      const miss: Spoken = { ...base, cacheStatus: { fwd: 'uri-miss' } };
      const said = (spoken: Spoken) => dialect.decode(dialect.speak(spoken), 200)?.cacheStatus;
      if (dialect.speak(hit).length === 0) return;
      expect(said(hit)?.hit).toBe(true);
      expect(said(miss)?.fwd).toMatch(/miss/);
    });
  }
});

describe('what real responses say', () => {
  const said = (name: string, id?: string) => {
    const { fields, status } = fixture(name);
    const dialect = id === undefined ? recognise(fields) : dialects.find((d) => d.id === id)!;
    return dialect.decode(fields, status);
  };

  it('Varnish: two ids are a hit, one is not, a grace hit is a hit whose Age has passed the lifetime', () => {
    expect(said('varnish-over-nginx-hit')).toMatchObject({ cacheStatus: { hit: true }, storeId: '6', age: 0 });
    expect(said('varnish-over-nginx-miss')).toMatchObject({ cacheStatus: { fwd: 'miss' }, age: 0 });
    expect(said('varnish-over-nginx-stale')).toMatchObject({ cacheStatus: { hit: true }, age: 4 });
  });

  it('nginx: its word decides, and the Age beside it is its parent’s, frozen', () => {
    expect(said('nginx-miss')?.cacheStatus).toEqual({ fwd: 'uri-miss' });
    expect(said('nginx-hit')?.cacheStatus).toEqual({ hit: true });
    expect(said('nginx-stale')).toMatchObject({ cacheStatus: { hit: true }, stale: true });
    expect(said('nginx-revalidated')).toMatchObject({
      cacheStatus: { fwd: 'stale', fwdStatus: 304 },
      revalidated: true,
    });
    expect(said('nginx-expired')?.cacheStatus).toEqual({ fwd: 'stale' });
    expect(dialects.find((d) => d.id === 'nginx')!.decode([['X-Cache-Status', 'valueOf']], 200)).toBeUndefined();
    expect(said('nginx-over-varnish-hit')).toMatchObject({ cacheStatus: { hit: true }, frozenAge: 0 });
    expect(said('nginx-over-varnish-hit')).not.toHaveProperty('age');
  });

  it('Cache-Status: the last member is the nearest cache’s', () => {
    expect(said('rfc9211-hit')).toMatchObject({ cacheStatus: { hit: true, ttl: 2, cache: 'edge-ams' }, age: 1 });
    const chained: FieldLine[] = [['Cache-Status', 'a; fwd=uri-miss; stored, "b"; hit; ttl=-4']];
    expect(recognise(chained).decode(chained, 200)).toMatchObject({
      cacheStatus: { cache: 'b', hit: true, ttl: -4 },
      stale: true,
    });
  });

  it('a browser is recognised by nothing', () => {
    expect(fixtures().filter(({ fields }) => recognise(fields).id === 'browser')).toEqual([]);
  });

  it('nobody recognised: Age above zero is a stored response, silence is nothing', () => {
    expect(said('age-only')).toEqual({ cacheStatus: { hit: true }, by: 'Age', age: 30 });
    expect(said('nobody')).toBeUndefined();
  });
});
