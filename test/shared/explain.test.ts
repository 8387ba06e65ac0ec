import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainDocument as schema } from '../../shared/api.ts';
import { explain, explainDocument } from '../../shared/explain.ts';
import type { FieldLine } from '../../shared/http/fields.ts';
import { responsesInHar } from '../../shared/recorded/har.ts';
import { responsesInText } from '../../shared/recorded/text.ts';

const NOW = 1_760_000_000;
const read = (...fields: FieldLine[]) => explain({ url: 'https://h/', status: 200, fields }, NOW);

describe('the caches that a response crossed', () => {
  it('stand outermost first, as Cache-Status lists them from the origin on (RFC 9211 section 2)', () => {
    const { caches } = read(
      ['Cache-Status', 'shield; hit; ttl=30'],
      ['Cache-Status', 'edge; fwd=miss; stored'],
      ['Age', '4'],
    );
    expect(caches.map((c) => [c.node, c.cacheStatus.hit, c.cacheStatus.fwd])).toEqual([
      ['edge', undefined, 'miss'],
      ['shield', true, undefined],
    ]);
  });

  it('of several products: the one whose sign stands lowest is the outermost, and Age is its own', () => {
    const { caches } = read(
      ['X-Cache-Status', 'HIT'],
      ['X-Varnish', '32770 5'],
      ['Age', '4'],
      ['Via', '1.1 varnish (Varnish/7.1)'],
    );
    expect(caches.map((c) => [c.dialect, c.age])).toEqual([
      ['varnish', 4],
      ['nginx', undefined],
    ]);
  });

  it('show themselves by Age alone where no product is recognised', () => {
    expect(read(['Age', '4']).caches).toMatchObject([{ dialect: 'generic', age: 4, by: 'Age' }]);
  });

  it('are none where nothing tells of one', () => {
    expect(read(['Content-Type', 'text/html']).caches).toEqual([]);
  });
});

describe('a response', () => {
  it('says how long it is fresh, how old it is, and what that leaves', () => {
    expect(read(['Cache-Control', 's-maxage=300, max-age=60'], ['Age', '12'])).toMatchObject({
      age: 12,
      lifetime: { seconds: 300, from: 's-maxage' },
      freshFor: 288,
    });
  });

  it('has caches that say in words what they did', () => {
    const { caches } = read(
      ['Cache-Status', 'shield; fwd=stale; fwd-status=304; stored, edge; hit; ttl=30'],
      ['Age', '4'],
    );
    expect(caches.map(({ node, says, freshFor, replayed }) => [node, says, freshFor, replayed])).toEqual([
      ['edge', 'answered from its store', 30, undefined],
      [
        'shield',
        'had an expired copy and asked its parent, which confirmed it (304), and stored the answer',
        undefined,
        true,
      ],
    ]);
  });

  it('out of a browser’s own cache has that in front, and all else is history', () => {
    const fields: FieldLine[] = [
      ['Cache-Status', 'edge; hit'],
      ['Age', '4'],
    ];
    const browser = { cacheStatus: { cache: 'disk cache', hit: true }, by: '_fromCache' };
    const { caches } = explain({ url: '', status: 200, fields, browser }, NOW);
    expect(caches.map((c) => [c.node, c.replayed, c.age])).toEqual([
      ['disk cache', undefined, undefined],
      ['edge', true, undefined],
    ]);
  });
});

describe('a recording of a page and what it names', () => {
  const at = (url: string, status: number, ...fields: FieldLine[]) => ({ url, status, fields });
  const html: FieldLine = ['Content-Type', 'text/html'];
  const notesOfPage = (...assets: ReturnType<typeof at>[]) =>
    explainDocument([at('https://h/', 200, html), ...assets], NOW).responses[0]!.notes.map((n) => n.id);

  it('says of the page that a file is gone', () => {
    expect(notesOfPage(at('https://h/app.4f2c9a.js', 404, html))).toContain('asset-missing');
  });

  it('says one thing once, however many files it is true of', () => {
    const many = Array.from({ length: 30 }, (_, i) =>
      at(`https://h/${i}.css`, 200, ['Cache-Control', 'max-age=864000']),
    );
    expect(notesOfPage(...many).filter((id) => id === 'asset-outlives-build')).toHaveLength(1);
  });

  it('leaves other sites’ files and later pages’ files aside', () => {
    const gone = at('https://other/app.js', 404);
    expect(notesOfPage(gone, at('https://h/2', 200, html), at('https://h/two.js', 404))).not.toContain('asset-missing');
  });
});

it('whatever was sent, the document is one of the contract', () => {
  const name = fc.constantFrom(
    'Age',
    'Cache-Status',
    'Cache-Control',
    'X-Varnish',
    'X-Cache-Status',
    'Vary',
    'Date',
    'Expires',
    'ETag',
    'Last-Modified',
    'Set-Cookie',
    'Warning',
    'CDN-Cache-Control',
    'Content-Encoding',
    'X-Cache-Key',
    'Pragma',
    'X-Cache',
    'Via',
  );
  const fields = fc.array(fc.tuple(name, fc.string({ maxLength: 40 })), { maxLength: 8 });
  fc.assert(
    fc.property(fields, fc.integer({ min: 200, max: 599 }), (lines, status) => {
      schema.parse(explainDocument([{ url: 'https://h/', status, fields: lines }], NOW));
    }),
  );
});

describe('a page that tells of a cache behind it', () => {
  const page = [
    'HTTP/1.1 200 OK',
    'Content-Type: text/html; charset=UTF-8',
    'X-Cache: cp1 miss, cp2 hit/3',
    'Backend-Timing: D=100 t=1763633470000000',
    '',
    '<html><body>…</body>',
    '<!-- Saved in parser cache with key enwiki:pcache:1:|#|:idhash:canonical and timestamp 20251120101050 and revision id 7. -->',
    '</html>',
  ];

  it.each([
    ['what curl -si printed', () => responsesInText(page.join('\n'))],
    [
      'a HAR',
      () =>
        responsesInHar({
          log: {
            entries: [
              {
                request: { method: 'GET', url: 'https://h/' },
                response: {
                  status: 200,
                  headers: [{ name: 'Backend-Timing', value: 'D=100 t=1763633470000000' }],
                  content: { mimeType: 'text/html', text: page.slice(5).join('\n') },
                },
              },
            ],
          },
        })!,
    ],
  ])('is heard in %s: the parser cache stands behind all others', (_, responses) => {
    const { caches } = explain(responses()[0]!, NOW);
    expect(caches.at(-1)).toMatchObject({ dialect: 'mediawiki', node: 'parser cache', cacheStatus: { hit: true } });
  });
});
