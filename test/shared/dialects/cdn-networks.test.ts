// What do the four large networks say of each response, and of what is it history?
import { describe, expect, it } from 'vitest';
import { hidden, told, toldOf } from './told.ts';

describe('Fastly: of each list the last member is the nearest server’s', () => {
  it('the edge had it, and what the shield did then was stored with the copy', () => {
    expect(told('fastly-edge-hit')).toEqual([
      'fastly cache-ord1720-ORD: hit, age 142, hits 7, in Chicago US',
      'fastly cache-jfk1041-JFK: hit, hits 1, in New York US, then',
    ]);
  });

  it('in lines of their own: the shield had it, the edge had not', () => {
    expect(told('fastly-shield-hit')).toEqual([
      'fastly cache-lhr-egll1980044-LHR: miss, age 17, in London GB',
      'fastly cache-iad-kcgs7200098-IAD: hit, hits 12, in Washington US',
    ]);
  });

  it('in one line each: the shield had it, the edge had not', () => {
    expect(told('fastly-shield-hit-lists')).toEqual([
      'fastly cache-lhr-egll1980044-LHR: miss, age 31, in London GB',
      'fastly cache-iad-kcgs7200098-IAD: hit, hits 12, in Washington US',
    ]);
  });

  it('a miss left of a hit is history', () => {
    expect(told('fastly-shield-and-edge-lists')).toEqual([
      'fastly cache-ord1720-ORD: hit, age 142, hits 7, in Chicago US',
      'fastly cache-jfk1041-JFK: miss, in New York US, then',
    ]);
  });

  it('so is one in a line above', () => {
    expect(told('fastly-old-word-replayed')).toEqual([
      'fastly cache-lhr-egll1980044-LHR: hit, age 30, hits 3, in London GB',
      'fastly cache-iad-kcgs7200098-IAD: miss, in Washington US, then',
    ]);
  });

  it('Fastly-Debug-TTL tells how long it is fresh', () => {
    expect(told('fastly-hit-debug')).toEqual([
      'fastly cache-lhr6334-LHR: hit, ttl 3479, age 120, hits 4, in London GB',
    ]);
  });

  it('and nothing where the server has no copy', () => {
    expect(told('fastly-edge-miss-debug')).toEqual(['fastly cache-fra-eddf8230020-FRA: miss, age 0, in Frankfurt DE']);
  });

  it('members of others stand left of its own and are not paired with its servers', () => {
    expect(told('fastly-over-varnish-hit')).toEqual([
      'fastly cache-ams21041-AMS: hit, age 9, hits 3, in Amsterdam NL',
      'varnish origin: miss, then',
    ]);
  });

  it('without X-Cache its server still has a name and a place', () => {
    expect(told('fastly-words-removed')).toEqual(['fastly cache-sin-wsss1830021-SIN: cannot tell, in Singapore SG']);
  });

  it('neither word tells all', () => {
    expect(hidden('fastly-edge-hit')).toMatch(/stale/);
    expect(hidden('fastly-shield-hit')).toMatch(/refetch of a stale copy/);
  });

  it('what the debug field tells is no longer hidden', () => {
    expect(hidden('fastly-hit-debug')).toBeUndefined();
  });

  it('X-Cache of others is not Fastly’s, nor is Via in the form that Varnish has too', () => {
    expect(
      toldOf([
        ['X-Cache', 'HIT from squid'],
        ['Via', '1.1 varnish'],
      ]).join(),
    ).not.toMatch(/fastly/);
  });
});

describe('Cloudflare: one word', () => {
  it('a hit with its own Age', () => {
    expect(told('cloudflare-hit')).toEqual(['cloudflare: hit, age 241, in Frankfurt DE']);
  });

  it('a miss, whose Age would be the parent’s', () => {
    expect(told('cloudflare-miss')).toEqual(['cloudflare: uri-miss, in Frankfurt DE']);
  });

  it('stale, and fetched anew', () => {
    expect(told('cloudflare-expired')).toEqual(['cloudflare: stale, stored, in Frankfurt DE']);
  });

  it('stale, and confirmed', () => {
    expect(told('cloudflare-revalidated')).toEqual(['cloudflare: revalidated, stored, age 0, in Frankfurt DE']);
  });

  it('the old copy, because the parent is not there', () => {
    expect(told('cloudflare-stale')).toEqual(['cloudflare: stale hit, age 3700, in Frankfurt DE']);
  });

  it('the old copy, while it refreshes', () => {
    expect(told('cloudflare-updating')).toEqual(['cloudflare: stale hit, age 3620, in Frankfurt DE']);
  });

  it('kept from the store by the response', () => {
    expect(told('cloudflare-bypass')).toEqual(['cloudflare: bypass, not stored, in Frankfurt DE']);
  });

  it('not looked for at all', () => {
    expect(told('cloudflare-dynamic')).toEqual(['cloudflare: bypass, not stored, in Frankfurt DE']);
  });

  it('answered before its store', () => {
    expect(told('cloudflare-none')).toEqual(['cloudflare: made answer, in Amsterdam NL']);
  });

  it('only its identifier: where, and no more', () => {
    expect(told('cloudflare-silent')).toEqual(['cloudflare: cannot tell, in San Jose US']);
  });

  it('a hit without Age', () => {
    expect(told('cloudflare-tiered-first-hit')).toEqual(['cloudflare: hit, in São Paulo BR']);
  });

  it('what Fastly said was stored with Cloudflare’s copy', () => {
    expect(told('cloudflare-over-fastly-hit')).toEqual([
      'cloudflare: hit, age 12, in London GB',
      'fastly cache-fra-eddf8230020-FRA: miss, in Frankfurt DE, then',
    ]);
  });

  it('and what Netlify said', () => {
    expect(told('cloudflare-over-netlify')).toEqual([
      'cloudflare: hit, age 21, in London GB',
      'netlify Netlify Edge: miss, then',
    ]);
  });

  it('its name as the Server tells that it is the nearer one, where its own fields come early', () => {
    expect(told('cloudflare-over-fastly-early-fields')).toEqual([
      'cloudflare: hit, age 12, in London GB',
      'fastly cache-fra-eddf8230020-FRA: miss, in Frankfurt DE, then',
    ]);
  });

  it('and that it is the farther one, where Fastly adds its own below', () => {
    expect(told('fastly-over-cloudflare')).toEqual([
      'fastly cache-lhr-egll1980044-LHR: hit, age 44, hits 2, in London GB',
      'cloudflare: uri-miss, in Frankfurt DE, then',
    ]);
  });

  it('a hit without Age may be an upper tier’s', () => {
    expect(hidden('cloudflare-tiered-first-hit')).toMatch(/upper tier/);
  });

  it('a word that is not documented is not guessed at', () => {
    expect(toldOf([['CF-Cache-Status', 'IGNORED']])).toEqual(['cloudflare: cannot tell']);
  });

  it('an Age beside a miss is not Cloudflare’s', () => {
    expect(
      toldOf([
        ['Age', '9'],
        ['CF-Cache-Status', 'MISS'],
      ]),
    ).toEqual(['cloudflare: uri-miss']);
  });
});

describe('CloudFront: a text in X-Cache, and layers in Server-Timing', () => {
  it('a hit', () => {
    expect(told('cloudfront-hit')).toEqual([
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: hit, age 40, in Frankfurt DE',
    ]);
  });

  it('a hit of the edge', () => {
    expect(told('cloudfront-hit-edge')).toEqual([
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: hit, age 12, in San Francisco US',
    ]);
  });

  it('a hit of a regional cache is a miss of the edge', () => {
    expect(told('cloudfront-hit-regional')).toEqual([
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: miss, age 77, in Seattle US',
      'cloudfront REC: hit',
    ]);
  });

  it('a miss', () => {
    expect(told('cloudfront-miss')).toEqual([
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: miss, in Frankfurt DE',
    ]);
  });

  it('stale, and confirmed', () => {
    expect(told('cloudfront-refresh-hit')).toEqual([
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: revalidated, stored, age 0, in Frankfurt DE',
    ]);
  });

  it('an answer of a function’s', () => {
    expect(told('cloudfront-function-generated-response')).toEqual([
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: made answer, in Frankfurt DE',
    ]);
  });

  it('an error that may be its origin’s', () => {
    expect(told('cloudfront-error')).toEqual([
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: cannot tell, in Copenhagen DK',
    ]);
  });

  it('an error of its own', () => {
    expect(told('cloudfront-own-error')).toEqual([
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: made error, in Copenhagen DK',
    ]);
  });

  it('an error of a function’s limits', () => {
    expect(told('cloudfront-limit-exceeded')).toEqual([
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: made error, in Tokyo JP',
    ]);
  });

  it('it had not, Varnish behind it had', () => {
    expect(told('cloudfront-over-varnish-hit')).toEqual([
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: miss, in Montréal CA',
      'varnish cache-1: hit, age 5, copy 6',
    ]);
  });

  it('beside Fastly’s word behind it', () => {
    expect(told('cloudfront-over-fastly')).toEqual([
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: miss, in Frankfurt DE',
      'fastly cache-fra-eddf8230020-FRA: hit, age 8, hits 3, in Frankfurt DE',
    ]);
  });

  it('and beside Fastly’s word in front of it', () => {
    expect(told('fastly-over-cloudfront')).toEqual([
      'fastly cache-fra-eddf8230020-FRA: hit, age 8, hits 3, in Frankfurt DE',
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: miss, in Frankfurt DE, then',
    ]);
  });

  it('what Varnish said was stored with its copy', () => {
    expect(told('cloudfront-hit-over-varnish')).toEqual([
      'cloudfront 0123456789abcdef0123456789abcdef.cloudfront.net: hit, age 40, in Frankfurt DE',
      'varnish cache-1: miss, then',
    ]);
  });

  it('a hit may be of any layer, and a miss of a page that is never stored', () => {
    expect(hidden('cloudfront-hit')).toMatch(/regional cache/);
    expect(hidden('cloudfront-miss')).toMatch(/store nothing/);
    expect(hidden('cloudfront-error')).toMatch(/came from the store/);
  });

  it('Server-Timing tells where X-Cache was removed', () => {
    const timing = 'cdn-cache-refresh,cdn-pop;desc="PHX50-C2"';
    expect(
      toldOf([
        ['X-Amz-Cf-Id', 'a=='],
        ['Server-Timing', timing],
      ]),
    ).toEqual(['cloudfront: revalidated, stored, in Phoenix US']);
  });
});

describe('Akamai: a word in X-Cache for those who asked for it', () => {
  it('a hit', () => {
    expect(told('akamai-hit')).toEqual(['akamai a192-0-2-1.deploy.akamaitechnologies.com: hit']);
  });

  it('a miss', () => {
    expect(told('akamai-miss')).toEqual(['akamai a192-0-2-1.deploy.akamaitechnologies.com: miss']);
  });

  it('stale, and confirmed', () => {
    expect(told('akamai-refresh-hit')).toEqual([
      'akamai a192-0-2-1.deploy.akamaitechnologies.com: revalidated, stored',
    ]);
  });

  it('stale, and replaced', () => {
    expect(told('akamai-refresh-miss')).toEqual(['akamai a192-0-2-1.deploy.akamaitechnologies.com: stale, stored']);
  });

  it('the old copy, because the origin is not there', () => {
    expect(told('akamai-refresh-fail-hit')).toEqual(['akamai a192-0-2-1.deploy.akamaitechnologies.com: stale hit']);
  });

  it('a stored error', () => {
    expect(told('akamai-negative-hit')).toEqual(['akamai a23-45-67-89.deploy.akamaitechnologies.com: hit']);
  });

  it('a client that was refused', () => {
    expect(told('akamai-denied')).toEqual(['akamai a192-0-2-1.deploy.akamaitechnologies.com: made answer']);
  });

  it('the edge had not, its parent had', () => {
    expect(told('akamai-parent-hit')).toEqual([
      'akamai a23-45-67-89.deploy.akamaitechnologies.com: miss',
      'akamai a95-101-8-184.deploy.akamaitechnologies.com: hit',
    ]);
  });

  it('not to be stored, by a server with the shorter name', () => {
    expect(told('akamai-not-cacheable')).toEqual(['akamai a118-214-191-15: miss, not stored']);
  });

  it('the staging network', () => {
    expect(told('akamai-staging')).toEqual(['akamai a23-50-51-52.deploy.akamaitechnologies-staging.com: hit']);
  });

  it('unasked, by Server-Timing', () => {
    expect(told('akamai-server-timing')).toEqual(['akamai: hit']);
  });

  it('where a 304 and a new page are one word', () => {
    expect(told('akamai-revalidate-timing')).toEqual(['akamai: stale']);
  });

  it('only the number of the request', () => {
    expect(told('akamai-grn-only')).toEqual(['akamai: cannot tell']);
  });

  it('a page of its own', () => {
    expect(told('akamai-own-error')).toEqual(['akamai: made error']);
  });

  it('by the field that a property can add', () => {
    expect(told('akamai-cache-status')).toEqual(['akamai child: miss', 'akamai parent: hit']);
  });

  it('without its debug fields nothing is known', () => {
    expect(hidden('akamai-grn-only')).toMatch(/debug fields/);
    expect(hidden('akamai-revalidate-timing')).toMatch(/not what was answered/);
  });

  it('TCP_ words without the name of its software are not Akamai’s', () => {
    expect(toldOf([['X-Cache', 'TCP_HIT']]).join()).not.toMatch(/akamai/);
  });
});
