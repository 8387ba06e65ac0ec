import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialects, recognise } from '../../../shared/dialects/index.ts';
import type { Spoken } from '../../../shared/dialects/dialect.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';
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
        expect(dialect.decode(listed, status)).toEqual(dialect.decode(fields, status));
      }
    });

    it(`survives mangled input: ${dialect.id}`, () => {
      const name = fc.oneof(fc.constantFrom('via', ...dialect.reads), fc.string());
      const line = fc.tuple(name, fc.string({ unit: 'binary' })) as fc.Arbitrary<FieldLine>;
      fc.assert(
        fc.property(fc.array(line, { maxLength: 6 }), (fields) => {
          dialect.signature(fields);
          dialect.decode(fields, 200);
        }),
        { numRuns: 2000 },
      );
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

  it('is told from the others by what it alone writes (the confusion matrix)', () => {
    const matrix = Object.fromEntries(fixtures().map((f) => [f.name, recognise(f.fields).id]));
    expect(matrix).toMatchInlineSnapshot(`
      {
        "age-only": "generic",
        "akamai-cache-status": "akamai",
        "akamai-denied": "akamai",
        "akamai-grn-only": "akamai",
        "akamai-hit": "akamai",
        "akamai-miss": "akamai",
        "akamai-negative-hit": "akamai",
        "akamai-not-cacheable": "akamai",
        "akamai-own-error": "akamai",
        "akamai-parent-hit": "akamai",
        "akamai-refresh-fail-hit": "akamai",
        "akamai-refresh-hit": "akamai",
        "akamai-refresh-miss": "akamai",
        "akamai-revalidate-timing": "akamai",
        "akamai-server-timing": "akamai",
        "akamai-staging": "akamai",
        "azure-classic": "azure",
        "azure-hit": "azure",
        "azure-miss-old-reference": "azure",
        "azure-not-configured": "azure",
        "azure-private": "azure",
        "azure-remote-hit": "azure",
        "bunny-bypass": "bunny",
        "bunny-expired": "bunny",
        "bunny-hit": "bunny",
        "bunny-miss": "bunny",
        "bunny-over-varnish-hit": "bunny",
        "cloudflare-bypass": "cloudflare",
        "cloudflare-dynamic": "cloudflare",
        "cloudflare-expired": "cloudflare",
        "cloudflare-hit": "cloudflare",
        "cloudflare-miss": "cloudflare",
        "cloudflare-none": "cloudflare",
        "cloudflare-over-fastly-early-fields": "cloudflare",
        "cloudflare-over-fastly-hit": "cloudflare",
        "cloudflare-over-netlify": "cloudflare",
        "cloudflare-revalidated": "cloudflare",
        "cloudflare-silent": "cloudflare",
        "cloudflare-stale": "cloudflare",
        "cloudflare-tiered-first-hit": "cloudflare",
        "cloudflare-updating": "cloudflare",
        "cloudfront-error": "cloudfront",
        "cloudfront-function-generated-response": "cloudfront",
        "cloudfront-hit": "cloudfront",
        "cloudfront-hit-edge": "cloudfront",
        "cloudfront-hit-over-varnish": "cloudfront",
        "cloudfront-hit-regional": "cloudfront",
        "cloudfront-limit-exceeded": "cloudfront",
        "cloudfront-miss": "cloudfront",
        "cloudfront-over-varnish-hit": "cloudfront",
        "cloudfront-own-error": "cloudfront",
        "cloudfront-refresh-hit": "cloudfront",
        "fastly-edge-hit": "fastly",
        "fastly-edge-miss-debug": "fastly",
        "fastly-hit-debug": "fastly",
        "fastly-old-word-replayed": "fastly",
        "fastly-over-cloudflare": "fastly",
        "fastly-over-varnish-hit": "fastly",
        "fastly-shield-and-edge-lists": "fastly",
        "fastly-shield-hit": "fastly",
        "fastly-shield-hit-lists": "fastly",
        "fastly-words-removed": "fastly",
        "google-age": "google",
        "google-hit": "google",
        "google-load-balancer": "google",
        "google-miss": "google",
        "google-over-varnish": "google",
        "google-revalidated": "google",
        "google-stale": "google",
        "google-uncacheable": "google",
        "keycdn-expired": "keycdn",
        "keycdn-hit": "keycdn",
        "keycdn-miss": "keycdn",
        "keycdn-revalidated": "keycdn",
        "keycdn-updating": "keycdn",
        "netlify-bare": "netlify",
        "netlify-both-miss": "netlify",
        "netlify-bypass": "netlify",
        "netlify-durable-hit": "netlify",
        "netlify-edge-hit": "netlify",
        "netlify-stale-hit": "netlify",
        "nginx-expired": "nginx",
        "nginx-hit": "nginx",
        "nginx-miss": "nginx",
        "nginx-over-varnish-hit": "nginx",
        "nginx-over-varnish-miss": "nginx",
        "nginx-revalidated": "nginx",
        "nginx-stale": "nginx",
        "nobody": "generic",
        "rfc9211-hit": "rfc9211",
        "rfc9211-miss": "rfc9211",
        "varnish-over-nginx-hit": "varnish",
        "varnish-over-nginx-miss": "varnish",
        "varnish-over-nginx-stale": "varnish",
        "varnish-pass": "varnish",
        "vercel-bypass": "vercel",
        "vercel-hit": "vercel",
        "vercel-miss-function": "vercel",
        "vercel-prerender": "vercel",
        "vercel-revalidated": "vercel",
        "vercel-stale": "vercel",
        "wikimedia-2014": "wikimedia",
        "wikimedia-2014-amsterdam": "wikimedia",
        "wikimedia-2018": "wikimedia",
        "wikimedia-2025-front": "wikimedia",
        "wikimedia-2025-int": "wikimedia",
        "wikimedia-2025-local": "wikimedia",
        "wikimedia-2025-pass": "wikimedia",
        "wikimedia-summary-only": "wikimedia",
      }
    `);
  });
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
    expect(said('nginx-over-varnish-hit')).toEqual({ cacheStatus: { hit: true }, by: 'X-Cache-Status' });
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
