import { describe, expect, it } from 'vitest';
import { explain } from '../../../shared/explain.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';
import { NOW } from './examples.ts';

const read = (fields: readonly FieldLine[], url = 'https://h/') => explain({ url, status: 200, fields }, NOW);
const hurting = (fields: readonly FieldLine[]) =>
  read(fields)
    .notes.filter(({ level }) => level === 'warning' || level === 'bad')
    .map(({ id }) => id);

const cloudflare: FieldLine[] = [
  ['Server', 'cloudflare'],
  ['CF-RAY', '8f1c2d3e4a5b6c7d-FRA'],
  ['CF-Cache-Status', 'HIT'],
];
const browsers: FieldLine = ['Cache-Control', 'public, max-age=0, must-revalidate'];
const dated: FieldLine[] = [
  ['Date', 'Thu, 09 Oct 2025 08:53:20 GMT'],
  ['ETag', '"4f2c"'],
];

describe('where a targeted field decides (RFC 9213 section 2.2)', () => {
  const targeted: FieldLine = ['CDN-Cache-Control', 'max-age=3600'];

  it('the copy is as fresh as that field says, in the table and in the notes', () => {
    const fields = [...dated, browsers, targeted, ...cloudflare, ['Age', '90'] as const];
    expect(hurting(fields)).toEqual([]);
    const { caches, notes } = read(fields);
    expect(caches[0]?.freshFor).toBe(3510);
    expect(notes.find(({ id }) => id === 'fresh')?.summary).toContain('by cdn-cache-control');
  });

  it('it can also be what makes the copy stale', () => {
    const fields: FieldLine[] = [
      ...dated,
      ['Cache-Control', 'max-age=3600'],
      ['CDN-Cache-Control', 'max-age=60'],
      ...cloudflare,
      ['Age', '90'],
    ];
    expect(hurting(fields)).toContain('stale');
  });

  it('no-store in Cache-Control is not held against the cache that obeys it', () => {
    const fields = [...dated, ['Cache-Control', 'private, no-store'] as const, targeted, ...cloudflare];
    expect(hurting([...fields, ['Age', '20']])).toEqual([]);
    expect(read(fields).notes.find(({ id }) => id === 'no-store')?.summary).toContain('unless it reads');
  });

  it('no-store there is held against the cache that reads it', () => {
    const fields = [...dated, ['CDN-Cache-Control', 'no-store'] as const, ...cloudflare, ['Age', '20'] as const];
    expect(hurting(fields)).toContain('stored-against-its-word');
  });
});

describe('an edge that writes Cache-Control for browsers', () => {
  it.each<[string, FieldLine[]]>([
    ['Vercel', [['X-Vercel-Cache', 'HIT']]],
    ['Netlify', [['Cache-Status', '"Netlify Edge"; hit']]],
    ['Wikimedia', [['X-Cache', 'cp3072 miss, cp3072 hit/12']]],
  ])('%s is not told to be stale by it, nor how long it keeps its copy', (_, own) => {
    const fields: FieldLine[] = [...dated, browsers, ...own, ['Age', '553000']];
    expect(hurting(fields)).toEqual([]);
    expect(read(fields).notes.map(({ id }) => id)).toContain('line-for-browsers');
    expect(read(fields).caches[0]?.freshFor).toBeUndefined();
  });

  it('is not said to be fresh for longer than it may keep anything', () => {
    const fields: FieldLine[] = [
      ['Cache-Control', 's-maxage=2592000'],
      ['X-Cache', 'cp3060 hit/2'],
      ['Age', '500'],
    ];
    expect(read(fields).caches[0]?.freshFor).toBeUndefined();
    expect(read(fields).notes.map(({ id }) => id)).not.toContain('fresh');
  });
});

describe('Fastly, which takes off the field that it obeys', () => {
  const fastly: FieldLine[] = [
    ['X-Served-By', 'cache-fra-eddf8230099-FRA'],
    ['X-Cache', 'HIT'],
    ['X-Cache-Hits', '9'],
  ];

  it('is fresh for what is left, while something is', () => {
    expect(read([['Cache-Control', 'max-age=600'], ...fastly, ['Age', '90']]).caches[0]?.freshFor).toBe(510);
  });

  it('goes by something else where the line is over', () => {
    const fields: FieldLine[] = [...dated, browsers, ...fastly, ['Age', '5000']];
    expect(hurting(fields)).toEqual([]);
    expect(read(fields).caches[0]?.freshFor).toBeUndefined();
  });
});

it('an expired copy of a CDN is a warning, of a cache of one’s own an error', () => {
  const fields: FieldLine[] = [
    ['Cache-Control', 'max-age=60, must-revalidate'],
    ['Age', '90'],
  ];
  expect(hurting([...fields, ...cloudflare])).toContain('stale');
  expect(hurting([...fields, ...cloudflare])).not.toContain('stale-forbidden');
  expect(hurting([...fields, ['Cache-Status', 'edge; hit']])).toContain('stale-forbidden');
});

describe('what was not stored', () => {
  it('has no lifetime: Varnish keeps no page that sets a cookie', () => {
    const fields: FieldLine[] = [
      ['Cache-Control', 's-maxage=60'],
      ['X-Varnish', '5'],
      ['Age', '0'],
    ];
    expect(read(fields).caches[0]?.freshFor).toBe(60);
    expect(read([...fields, ['Set-Cookie', 'sid=1']]).caches[0]?.freshFor).toBeUndefined();
  });

  it('is not said to be served stale: a cache that passed it on did not keep it', () => {
    const strict: FieldLine = ['Cache-Control', 'max-age=60, must-revalidate'];
    const ids = (word: string) => hurting([strict, ['Server', 'nginx'], ['X-Cache-Status', word]]);
    expect(ids('BYPASS')).not.toContain('must-revalidate-unheard');
    expect(hurting([strict, ['X-Varnish', '32770 5']])).toContain('must-revalidate-unheard');
  });
});

it('lifetimes do not add up for what never changes under its URL', () => {
  const fields = (lifetime: string): FieldLine[] => [
    ['Cache-Control', lifetime],
    ['Server', 'nginx'],
    ['X-Cache-Status', 'MISS'],
    ['X-Varnish', '32770 5'],
    ['Age', '4'],
  ];
  const ids = (lifetime: string, url: string) => read(fields(lifetime), url).notes.map(({ id }) => id);
  expect(ids('max-age=31536000', 'https://h/site.css')).toContain('lifetimes-add');
  expect(ids('max-age=31536000, immutable', 'https://h/site.css')).not.toContain('lifetimes-add');
  expect(ids('max-age=31536000', 'https://h/site.4f2c9a.css')).not.toContain('lifetimes-add');
});

describe('a cache’s name', () => {
  it('keeps its own case where a sentence begins with it', () => {
    const { notes } = read([
      ['Cache-Control', 'max-age=60'],
      ['Cache-Status', 'a node; hit'],
      ['Cache-Status', 'a; hit'],
    ]);
    expect(notes.find(({ id }) => id === 'age-lost')?.summary).toMatch(/^a answered/);
  });
});

it('behind a browser’s own copy the cache that answered then still had it in its store', () => {
  const browser = { cacheStatus: { cache: 'disk cache', hit: true }, by: '_fromCache' };
  const fields: FieldLine[] = [['Cache-Control', 'max-age=60'], ...cloudflare];
  const requestFields: FieldLine[] = [['Authorization', 'Basic …']];
  const { notes } = explain({ url: '', status: 200, fields, browser, requestFields }, NOW);
  expect(notes.map(({ id }) => id)).toContain('authorization-from-store');
});
