import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { decidingField, wordsFor } from '../../../web/words/field-words.ts';
import type { FieldContext } from '../../../web/words/field-words.ts';
import { readTrace } from '../../../shared/model/reading.ts';
import { Site, recorded, shop } from '../../fixtures/site.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';

const START = 1_763_850_000;
const site = new Site(shop(START));
const trace = recorded(site, site.advanceTo(START + 10));
const state = readTrace(trace).tracks.get('edge/edge-ams/home/default')!.state;
const fields: readonly FieldLine[] = [['Cache-Control', 'public, max-age=30']];
const context: FieldContext = {
  fields,
  at: state.observedAt.latest,
  generatedAt: state.generatedAt!,
  content: state.content!,
  expect: '4f2c',
};
const say = (name: string, value: string): string | undefined => wordsFor([name, value], context)?.sentence;

describe('a field line', () => {
  it.each([
    [
      'Cache-Control',
      's-maxage=30, stale-while-revalidate=5',
      'Fresh for 30 s in shared caches, whatever max-age says; may be served stale for 5 s more while a new copy is fetched.',
    ],
    ['X-Varnish', '32770 65601', 'Two ids: a hit. Request 65601 stored the copy.'],
    ['x-varnish', '32770', 'One id: it went to its backend for request 32770.'],
    ['X-Cache-Status', 'UPDATING', 'nginx answered with an old copy while it fetches a new one.'],
    ['Expires', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Ignored, because Cache-Control has a max-age.'],
    ['ETag', '"9a01"', 'Names exactly these bytes: those of the old build 9a01.'],
    ['Vary', '*', 'No stored copy ever fits another request.'],
    ['Via', '1.1 a, 1.1 b', '2 proxies on the way name themselves, the nearest last.'],
  ])('%s: %s is explained', (name, value, sentence) => expect(say(name, value)).toBe(sentence));

  it('is left alone where there are no words for it', () => {
    expect(say('X-Powered-By', 'hope')).toBeUndefined();
  });

  it('never breaks the page, whatever it holds', () => {
    const names = fc.constantFrom(
      'age',
      'date',
      'cache-control',
      'expires',
      'etag',
      'last-modified',
      'vary',
      'via',
      'x-varnish',
      'cache-status',
      'set-cookie',
      'content-length',
    );
    fc.assert(
      fc.property(names, fc.string(), (name, value) => {
        expect(say(name, value)).toBeTypeOf('string');
      }),
    );
  });

  it('is not taken for a number when it is none', () => {
    expect(say('Content-Length', 'many')).toBe('Not a number of bytes.');
  });

  it('is marked where it decided how long the copy lives', () => {
    expect(decidingField(state)).toBe('cache-control');
  });

  it('always comes with its reference', () => {
    expect(wordsFor(['Age', '3'], context)).toMatchObject({
      reference: '9111 §5.1',
      href: 'https://www.rfc-editor.org/rfc/rfc9111#section-5.1',
    });
  });
});
