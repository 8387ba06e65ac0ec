import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainDocument as schema } from '../../shared/api.ts';
import { explain, explainDocument } from '../../shared/explain.ts';
import type { FieldLine } from '../../shared/http/fields.ts';

const NOW = 1_760_000_000;
const read = (...fields: FieldLine[]) => explain({ url: 'https://h/', status: 200, fields }, NOW);
const ids = (...fields: FieldLine[]) =>
  read(['Date', 'Thu, 09 Oct 2025 08:53:20 GMT'], ...fields).notes.map((n) => n.id);

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
    expect(read(['Age', '4']).caches).toEqual([{ dialect: 'generic', cacheStatus: { hit: true }, age: 4, by: 'Age' }]);
  });

  it('are none where nothing tells of one', () => {
    expect(read(['Content-Type', 'text/html']).caches).toEqual([]);
  });
});

describe('a note is made of', () => {
  it.each<[string, FieldLine[]]>([
    ['no-store', [['Cache-Control', 'no-store']]],
    ['private', [['Cache-Control', 'private, max-age=60']]],
    ['no-cache', [['Cache-Control', 'no-cache, max-age=60']]],
    [
      'set-cookie',
      [
        ['Set-Cookie', 'a=b'],
        ['Cache-Control', 'max-age=60'],
      ],
    ],
    ['no-lifetime', [['Content-Type', 'text/html']]],
    ['heuristic-lifetime', [['Last-Modified', 'Wed, 08 Oct 2025 08:53:20 GMT']]],
    ['lifetime', [['Cache-Control', 'max-age=60']]],
    ['lifetime-unreadable', [['Cache-Control', 'max-age=soon']]],
    [
      'fresh',
      [
        ['Cache-Control', 'max-age=60'],
        ['Age', '7'],
      ],
    ],
    [
      'stale',
      [
        ['Cache-Control', 'max-age=60'],
        ['Age', '70'],
      ],
    ],
    [
      'age-twice',
      [
        ['Cache-Control', 'max-age=60'],
        ['Age', '7'],
        ['Age', '9'],
      ],
    ],
    ['browser-lifetime', [['Cache-Control', 's-maxage=60, max-age=600']]],
    ['vary-star', [['Vary', '*']]],
    ['vary-wide', [['Vary', 'Accept-Encoding, User-Agent']]],
    ['cache-status-unreadable', [['Cache-Status', 'edge; hit=maybe']]],
  ])('%s', (id, fields) => expect(ids(...fields)).toContain(id));

  it('a redirect without a lifetime, which no standard cache keeps', () => {
    const { notes } = explain({ url: '', status: 302, fields: [['Location', '/']] }, 1_760_000_000);
    expect(notes.map((n) => n.id)).toEqual(['not-kept', 'no-date']);
  });

  it('a missing Date', () => expect(read(['Age', '1']).notes.map((n) => n.id)).toContain('no-date'));
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
  );
  const fields = fc.array(fc.tuple(name, fc.string({ maxLength: 40 })), { maxLength: 8 });
  fc.assert(
    fc.property(fields, fc.integer({ min: 200, max: 599 }), (lines, status) => {
      schema.parse(explainDocument([{ url: 'https://h/', status, fields: lines }], NOW));
    }),
  );
});
