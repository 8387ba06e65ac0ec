// What do the networks of clouds and hosters say of each response?
import { describe, expect, it } from 'vitest';
import { hidden, told, toldOf } from './told.ts';

describe('Google Cloud CDN: Via, Age, and a word of the operator’s', () => {
  it('a hit', () => {
    expect(told('google-hit')).toEqual(['google FRA-5e6f7a8b: hit, age 40, in Frankfurt DE']);
  });

  it('a miss', () => {
    expect(told('google-miss')).toEqual(['google LHR-1a2b3c4d: miss, in London GB']);
  });

  it('stale, and confirmed', () => {
    expect(told('google-revalidated')).toEqual(['google ORD-5e6f7a8b: revalidated, stored, age 0, in Chicago US']);
  });

  it('an old copy', () => {
    expect(told('google-stale')).toEqual(['google: stale hit, age 700']);
  });

  it('not to be stored', () => {
    expect(told('google-uncacheable')).toEqual(['google: bypass, not stored']);
  });

  it('Age alone is a copy', () => {
    expect(told('google-age')).toEqual(['google: hit, age 311']);
  });

  it('Via alone is a load balancer', () => {
    expect(told('google-load-balancer')).toEqual(['google: cannot tell']);
  });

  it('an Age beside signs of another cache is nobody’s for certain', () => {
    expect(told('google-over-varnish')).toEqual(['google: cannot tell', 'varnish cache-1: hit, age 30, copy 6']);
  });

  it('what the load balancer hides', () => {
    expect(hidden('google-load-balancer')).toMatch(/look the same/);
    expect(hidden('google-age')).toMatch(/cache behind it/);
    expect(hidden('google-over-varnish')).toMatch(/cache behind it/);
  });
});

describe('Azure Front Door: a bare word beside its reference', () => {
  it('a hit, and a site in the new form of the reference', () => {
    expect(told('azure-hit')).toEqual(['azure: hit, in Singapore SG']);
  });

  it('a hit of the regional tier is a miss of the edge', () => {
    expect(told('azure-remote-hit')).toEqual(['azure: miss, in Quincy US', 'azure regional tier: hit']);
  });

  it('a miss, and a server in the old form', () => {
    expect(told('azure-miss-old-reference')).toEqual(['azure WSTEDGE0619: miss, in Seattle US']);
  });

  it('kept from the store by the response', () => {
    expect(told('azure-private')).toEqual(['azure: bypass, not stored, in Johannesburg ZA']);
  });

  it('kept from the store by the route', () => {
    expect(told('azure-not-configured')).toEqual(['azure: bypass, not stored, in Paris FR']);
  });

  it('the older service names its server openly', () => {
    expect(told('azure-classic')).toEqual(['azure FRA31EDGE0313: hit, in Frankfurt DE']);
  });
});

describe('Vercel: one word, and regions', () => {
  it('a hit', () => {
    expect(told('vercel-hit')).toEqual(['vercel: hit, age 60, in Washington US']);
  });

  it('a miss: of two regions the first is the one that the client reached', () => {
    expect(told('vercel-miss-function')).toEqual(['vercel: uri-miss, in Frankfurt DE']);
  });

  it('the old copy, while it refreshes', () => {
    expect(told('vercel-stale')).toEqual(['vercel: stale hit, age 3605, in Tokyo JP']);
  });

  it('built with the site', () => {
    expect(told('vercel-prerender')).toEqual(['vercel: hit, age 0, in Paris FR']);
  });

  it('made anew before the answer', () => {
    expect(told('vercel-revalidated')).toEqual(['vercel: stale, stored, in São Paulo BR']);
  });

  it('not looked for', () => {
    expect(told('vercel-bypass')).toEqual(['vercel: bypass, not stored, in Sydney AU']);
  });

  it('why it made a page anew', () => {
    expect(hidden('vercel-revalidated')).toMatch(/deleted/);
  });
});

describe('Netlify: members of Cache-Status, told once', () => {
  it('a hit of the edge', () => {
    expect(told('netlify-edge-hit')).toEqual(['netlify Netlify Edge: hit, age 30']);
  });

  it('the edge had not, the durable store had', () => {
    expect(told('netlify-durable-hit')).toEqual([
      'netlify Netlify Edge: miss, age 90',
      'netlify Netlify Durable: hit, ttl 3600',
    ]);
  });

  it('neither had, with booleans as it writes them', () => {
    expect(told('netlify-both-miss')).toEqual([
      'netlify Netlify Edge: miss, age 0',
      'netlify Netlify Durable: miss, stored, ttl 3600',
    ]);
  });

  it('hit and fwd=stale at once are an old copy', () => {
    expect(told('netlify-stale-hit')).toEqual(['netlify Netlify Edge: stale hit, age 4000']);
  });

  it('passed by the durable store', () => {
    expect(told('netlify-bypass')).toEqual([
      'netlify Netlify Edge: miss 200, age 0',
      'netlify Netlify Durable: bypass',
    ]);
  });

  it('a member that says nothing', () => {
    expect(told('netlify-bare')).toEqual(['netlify Netlify Edge: cannot tell']);
  });
});

describe('Bunny: one word, and what it was answered', () => {
  it('a hit, which copy, and since when: Date less CDN-CachedAt', () => {
    expect(told('bunny-hit')).toEqual([
      'bunny BunnyCDN-DE1-1047: hit, age 82562654, copy 04/11/2024 09:31:22 in 1070, in Frankfurt DE',
    ]);
  });

  it('a miss, and its origin’s status', () => {
    expect(told('bunny-miss')).toEqual(['bunny BunnyCDN-PHX1-1155: uri-miss 404, in Phoenix US']);
  });

  it('stale, and fetched anew', () => {
    expect(told('bunny-expired')).toEqual(['bunny BunnyCDN-TW1-1121: stale 200, stored, in TW']);
  });

  it('not looked for', () => {
    expect(told('bunny-bypass')).toEqual(['bunny BunnyCDN-FR1-1349: bypass 200, in FR']);
  });

  it('an Age beside its hit is what its origin sent then', () => {
    expect(told('bunny-over-varnish-hit')).toEqual([
      'bunny BunnyCDN-DE1-865: hit, age 29233760, frozen age 0, copy 12/19/2025 15:06:16 in 865, in Frankfurt DE',
      'varnish: miss, then',
    ]);
  });
});

describe('KeyCDN: nginx’s words beside its own place', () => {
  it('a hit', () => {
    expect(told('keycdn-hit')).toEqual(['keycdn: hit, in Frankfurt DE']);
  });

  it('a miss with a shield behind it', () => {
    expect(told('keycdn-miss')).toEqual(['keycdn: uri-miss, in New York US']);
  });

  it('the old copy, while it refreshes', () => {
    expect(told('keycdn-updating')).toEqual(['keycdn: stale hit, in London GB']);
  });

  it('stale, and confirmed', () => {
    expect(told('keycdn-revalidated')).toEqual(['keycdn: revalidated, stored, in Singapore SG']);
  });

  it('stale, and fetched anew', () => {
    expect(told('keycdn-expired')).toEqual(['keycdn: stale, stored, in Paris FR']);
  });

  it('a shield is not told from the origin', () => {
    expect(hidden('keycdn-miss')).toMatch(/shield/);
  });

  it('X-Cache alone is not KeyCDN’s', () => {
    expect(
      toldOf([
        ['Server', 'nginx'],
        ['X-Cache', 'HIT'],
      ]).join(),
    ).not.toMatch(/keycdn/);
  });
});
