import { describe, expect, it } from 'vitest';
import { planPurge } from '../../../probe/purgers/plan.ts';
import { placesOf } from '../../../probe/trace/places.ts';
import { site, type Written } from './topology-of.ts';

type Choice = NonNullable<Parameters<typeof planPurge>[1]>;

/** What each message to the first of a layer's nodes is for. */
function messages(written: Written, choice: Choice = {}): string[][] {
  const { steps } = planPurge(site(written), { layer: 'edge', ...choice });
  return steps
    .filter((s) => s.node?.id !== 'edge-2')
    .map((s) => s.pages.map((p) => `${p.target.id}/${p.variant.id}${p.method === 'HEAD' ? ' HEAD' : ''}`));
}

describe('other forms of a page’s URL', () => {
  const targets = `  - { id: post, url: "https://shop.example/blog?b=2&a=1", forms: [slash, query-order, { id: old, url: "https://old.example/blog" }] }`;
  const urls = [
    'https://shop.example/blog?b=2&a=1',
    'https://shop.example/blog/?b=2&a=1',
    'https://shop.example/blog?a=1&b=2',
    'https://old.example/blog',
  ];

  it('are targets of their own that hold the same content, and whoever chooses the page means them too', () => {
    const topology = site({ targets, edge: 'by: http-purge' });
    expect(topology.targets.map((t) => [t.id, t.sameAs])).toEqual([
      ['post', undefined],
      ['post+slash', 'post'],
      ['post+query-order', 'post'],
      ['post+old', 'post'],
    ]);
    const watched = placesOf(topology, { target: 'post', node: 'edge-1' });
    expect(watched.map((p) => p.target.url)).toEqual(urls);
  });

  it('are each purged', () => {
    const { steps } = planPurge(site({ targets, edge: 'by: http-purge' }), { target: 'post', node: 'edge-1' });
    expect(steps.map((s) => s.pages[0].target.url)).toEqual(urls);
  });

  it('can be chosen alone', () => {
    expect(messages({ targets, edge: 'by: http-purge' }, { target: 'post+old' })).toEqual([['post+old/default']]);
  });
});

describe('HEAD is purged apart', () => {
  const targets = '  - { id: home, url: "https://shop.example/", forms: [head] }';
  const apart = [['home/default'], ['home/default HEAD']];

  it.each([
    ['by: http-purge', [['home/default']]],
    ['by: http-purge, headers: { x-method: "{method}" }', apart],
    ['by: souin', apart],
    ['by: nginx-purge', [['home/default']]],
  ])('only where the purger names the method: %s', (edge, wanted) => {
    expect(messages({ targets, edge })).toEqual(wanted);
  });
});

describe('content codings', () => {
  const targets = `  - { id: home, url: "https://shop.example/", forms: [encodings], variants: [{ id: de, headers: { accept-language: de } }, { id: old, headers: { accept-encoding: gzip } }] }`;
  const sent = (edge: string) => planPurge(site({ targets, edge }), { node: 'edge-1' }).steps.map((s) => s.pages[0]);

  it('are each purged apart, but for a variant that names its own', () => {
    const pages = sent('by: http-purge');
    expect(pages.map((p) => [p.variant.id, p.headers['accept-encoding']])).toEqual([
      ['de', undefined],
      ['de', 'gzip, deflate, br, zstd'],
      ['de', 'gzip, deflate, br'],
      ['de', 'gzip, deflate'],
      ['de', 'gzip'],
      ['de', 'identity'],
      ['old', 'gzip'],
    ]);
    expect(pages.slice(0, -1).every((p) => p.headers['accept-language'] === 'de')).toBe(true);
  });

  it('need one message where a purge takes all variants of a URL', () => {
    expect(sent('by: varnish-ban')).toHaveLength(1);
  });
});

describe('a message', () => {
  it('by URL is for one variant, or for all of them where the purger takes them together', () => {
    expect(messages({ edge: 'by: nginx-purge' })).toEqual([
      ['home/desktop'],
      ['home/mobile'],
      ['post/default'],
      ['other/default'],
    ]);
    expect(messages({ edge: 'by: varnish-ban' })).toEqual([['home/desktop'], ['post/default'], ['other/default']]);
  });

  it('by tag is for every chosen page', () => {
    const edge = 'by: varnish-xkey, scope: tag, tags: [a, b]';
    expect(messages({ edge }, { target: 'home' })).toEqual([['home/desktop', 'home/mobile']]);
  });

  it('by host is for every page of that host, also for those that nobody chose', () => {
    const shop = ['home/desktop', 'home/mobile', 'post/default'];
    expect(messages({ edge: 'by: varnish-ban, scope: host' })).toEqual([shop, ['other/default']]);
    expect(messages({ edge: 'by: varnish-ban, scope: host' }, { target: 'post' })).toEqual([shop]);
  });

  it('by prefix is for the pages below it, one for each host', () => {
    const edge = 'by: varnish-ban, scope: prefix, prefix: /blog/';
    expect(messages({ edge })).toEqual([['post/default'], ['other/default']]);
    expect(messages({ edge: 'by: varnish-ban, scope: prefix, prefix: "/blog/1?b="' })).toEqual([['post/default']]);
  });

  it('for everything is for every page', () => {
    expect(messages({ edge: 'by: varnish-ban, scope: all' }, { target: 'home' })).toEqual([
      ['home/desktop', 'home/mobile', 'post/default', 'other/default'],
    ]);
  });

  it('is not made for a page that is not there', () => {
    for (const scope of ['url', 'host', 'all']) {
      expect(messages({ edge: `by: varnish-ban, scope: ${scope}` }, { target: 'nowhere' })).toEqual([]);
    }
  });

  it('for a whole layer is one, however many nodes it has, and names as many URLs as its vendor takes', () => {
    expect(messages({ edge: 'by: cloudflare, zone: z' })).toEqual([
      ['home/desktop', 'home/mobile', 'post/default', 'other/default'],
    ]);
    expect(messages({ edge: 'by: fastly' })).toEqual([['home/desktop'], ['post/default'], ['other/default']]);
  });
});

describe('a plan warns', () => {
  const warnings = (written: Written, choice: Choice = {}) =>
    planPurge(site({ shield: 'by: http-purge', inner: 'by: http-purge', ...written }), choice).warnings;

  it('of a layer that is purged below a prefix where no chosen page lies', () => {
    const edge = 'by: varnish-ban, scope: prefix, prefix: /shop/';
    expect(warnings({ edge })).toEqual([
      'Layer edge is purged below /shop/, where no chosen page lies: nothing is sent to it.',
    ]);
  });

  it('that a purger which cannot name a node purges them all', () => {
    expect(warnings({ edge: 'by: fastly' }, { node: 'edge-1' })).toEqual([
      'Layer edge is purged as a whole, not edge-1 alone: fastly cannot name a node.',
    ]);
    expect(warnings({ edge: 'by: http-purge' }, { node: 'edge-1' })).toEqual([]);
  });
});
