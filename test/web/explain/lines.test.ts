// Does each field line stand with the caches, directives and notes that it belongs to?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../../web/explain/examples.ts';
import { explained, explainedElsewhere } from '../../../web/explain/explained.ts';
import type { Explained } from '../../../web/explain/explained.ts';
import { givenText } from '../../../web/explain/given.ts';
import { linesOf } from '../../../web/explain/note-lines.ts';

const NOW = Date.parse('2026-11-23T00:00:00Z') / 1000;

/** The last response in the text. */
function read(...lines: readonly string[]): Explained {
  const given = givenText(`${lines.join('\r\n')}\r\n\r\n`, 'The text');
  if ('problem' in given) throw new Error(given.problem);
  return explained(given.responses.at(-1)!, NOW);
}
const linesNamed = (one: Explained, name: string) => one.lines.filter((line) => line.name.toLowerCase() === name);

describe('a field line', () => {
  const stored = read(
    'HTTP/1.1 200 OK',
    'Cache-Control: public, max-age=60, s-maxage=600',
    'Via: 1.1 varnish',
    'X-Served-By: cache-iad-kcgs7200098-IAD',
    'X-Cache: HIT',
    'X-Cache-Hits: 12',
    'X-Timer: S1700000000.123456,VS0,VE1',
    'Age: 482',
    'CF-Cache-Status: HIT',
    'Server: cloudflare',
    'CF-RAY: 8f1c2d3e4a5b6c7d-LHR',
  );

  it('belongs to the cache that alone sends it', () => {
    expect(linesNamed(stored, 'cf-ray')[0]!.caches).toEqual([0]);
    expect(linesNamed(stored, 'x-served-by')[0]!.caches).toEqual([1]);
  });

  it('belongs to the cache that names itself in it', () => {
    expect(linesNamed(stored, 'server')[0]!.caches).toEqual([0]);
    expect(linesNamed(stored, 'via')[0]!.caches).toEqual([1]);
  });

  it('belongs to the nearest cache where it is the Age', () => {
    expect(linesNamed(stored, 'age')[0]!.caches).toEqual([0]);
  });

  it('belongs to no cache where it is the page’s own', () => {
    expect(linesNamed(stored, 'cache-control')[0]!.caches).toEqual([]);
  });

  it('is marked where it told what a cache did, or decides the lifetime', () => {
    expect(linesNamed(stored, 'cf-cache-status')[0]!.decides).toEqual([0]);
    expect(linesNamed(stored, 'x-cache')[0]!.decides).toEqual([1]);
    expect(stored.lines.filter((line) => line.givesLifetime).map((line) => line.name)).toEqual(['Cache-Control']);
  });

  it('of one name for each of two servers: each has its own, the lower line is the nearer’s', () => {
    const shielded = read(
      'HTTP/1.1 200 OK',
      'X-Served-By: cache-iad-kcgs7200098-IAD',
      'X-Served-By: cache-lhr-egll1980044-LHR',
      'X-Cache: HIT',
      'X-Cache: MISS',
      'Age: 17',
    );
    expect(shielded.response.caches).toHaveLength(2);
    expect(linesNamed(shielded, 'x-served-by').map((line) => line.caches)).toEqual([[1], [0]]);
  });

  it('of Cache-Status belongs to every cache that it lists', () => {
    const listed = read('HTTP/1.1 200 OK', 'Cache-Status: shield; fwd=miss; stored, edge; hit; ttl=5');
    expect(linesNamed(listed, 'cache-status')[0]!.caches).toEqual([0, 1]);
  });

  it('with several directives is explained directive by directive', () => {
    expect(linesNamed(stored, 'cache-control')[0]!.clauses.map(({ raw }) => raw)).toEqual([
      'public',
      'max-age=60',
      's-maxage=600',
    ]);
  });

  it('with a number that is none says so, and promises nothing', () => {
    const wrong = read('HTTP/1.1 200 OK', 'Cache-Control: max-age=soon, cache-forever');
    expect(linesNamed(wrong, 'cache-control')[0]!.clauses).toEqual([
      { raw: 'max-age=soon', means: 'has no number of seconds that can be read' },
      { raw: 'cache-forever' },
    ]);
  });

  it('never breaks the page, whatever it holds', () => {
    const name = fc.constantFrom(
      'Age',
      'Date',
      'Expires',
      'Last-Modified',
      'CF-RAY',
      'X-Vercel-Cache',
      'Via',
      'Vary',
      'Cache-Control',
      'X-Cache',
      'Content-Security-Policy',
      'X-Cache-Hits',
      'A+(b)?',
    );
    // what every object has of its own accord is no directive
    const value = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString=1', 'valueOf'));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), fc.integer({ min: 200, max: 599 }), (fields, status) => {
        expect(explained({ url: '', status, fields }, NOW).lines).toHaveLength(fields.length);
      }),
    );
  });

  it('has words in nine of ten lines of the saved examples of every product', () => {
    const saved = import.meta.glob<string>('../../fixtures/dialects/*.http', {
      query: '?raw',
      import: 'default',
      eager: true,
    });
    const lines = Object.values(saved).flatMap(
      (text) => read(...text.split('\n').filter((line) => !line.startsWith('#'))).lines,
    );
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.filter(({ words }) => words !== undefined).length / lines.length).toBeGreaterThan(0.9);
  });
});

describe('a cache', () => {
  const captured = import.meta.glob<string>('../../fixtures/captured/*.jsonl', {
    query: '?raw',
    import: 'default',
    eager: true,
  });

  it('of every captured response has a line of its own', () => {
    const without = Object.values(captured)
      .flatMap((file) => file.split('\n').filter((line) => line !== ''))
      .flatMap((line) => {
        const { status, fields }: { status: number; fields: [string, string][] } = JSON.parse(line);
        const { response, lines } = explained({ url: '', status, fields }, NOW);
        return response.caches.filter((_, i) => !lines.some(({ caches }) => caches.includes(i)));
      });
    expect(without).toEqual([]);
  });
});

describe('a head of ten thousand lines', () => {
  const long = explained(
    { url: '', status: 200, fields: Array.from({ length: 10_000 }, () => ['X-A', '1'] as const) },
    NOW,
  );

  it('is cut, and says by how much', () => {
    expect([long.lines.length, long.linesMore]).toEqual([1000, 9000]);
  });
});

describe('a note', () => {
  const fields = [
    ['Date', 'Sun, 22 Nov 2026 23:35:36 GMT'],
    ['Cache-Control', 'no-cache'],
    ['ETag', '"a"'],
  ] as const;

  it('is linked to the fields that it names', () => {
    expect(linesOf({ id: 'x', summary: 'Date and ETag do not agree.' }, fields)).toEqual([0, 2]);
  });

  it('is linked to Cache-Control where it names a directive', () => {
    expect(
      linesOf({ id: 'x', summary: 'no-cache: a stored copy is never used without asking first.' }, fields),
    ).toEqual([1]);
  });

  it('is not linked where a word only sounds like a field', () => {
    expect(linesOf({ id: 'x', summary: 'It is up to date.' }, fields)).toEqual([]);
  });
});

describe('what the service explained', () => {
  it('is shown without lines where it sent none', () => {
    const one = explainedElsewhere({ url: 'https://a/', status: 200, caches: [], notes: [] }, NOW);
    expect(one.lines).toEqual([]);
  });
});

describe('an example', () => {
  it.each(EXAMPLES.map((example) => [example.title, example] as const))(
    '%s: has caches and lines that decide',
    (_, { text }) => {
      const one = read(...text.trimEnd().split('\r\n'));
      expect(one.response.caches.length).toBeGreaterThan(0);
      expect(one.lines.some((line) => line.decides.length > 0)).toBe(true);
    },
  );
});
