// What does the explain view say, hide and find?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unaskable } from '../../../web/explain/ask.ts';
import type { Cache, Response } from '../../../web/explain/explained.ts';
import { givenBytes, givenText } from '../../../web/explain/given.ts';
import { maskedUrl, maskedValue } from '../../../web/explain/masked.ts';
import { firstChoice, found, rowOf } from '../../../web/explain/rows.ts';
import { referenceLabel, sentenceOf, troubleIn } from '../../../web/explain/summary.ts';
import { leftOf, outcomeOf, timeLeft, toneOf, verdictOf } from '../../../web/explain/verdict.ts';
import { pageIn, urlIn } from '../../../web/route.ts';

const cache = (more: Partial<Cache>): Cache => ({
  dialect: 'varnish',
  cacheStatus: {},
  says: 'does not say what it did',
  by: 'X-Varnish',
  ...more,
});
const response = (caches: readonly Cache[], more: Partial<Response> = {}): Response => ({
  url: 'https://shop.example/',
  status: 200,
  caches: [...caches],
  notes: [],
  ...more,
});
const note = (level: 'bad' | 'warning' | 'info'): Response['notes'][number] => ({
  id: 'x',
  level,
  summary: 'S.',
  why: 'W.',
  remedy: 'R.',
  reference: 'https://a.example/',
});

describe('the sentence', () => {
  it.each([
    [
      'a hit with age and time left',
      [cache({ cacheStatus: { hit: true }, says: 'answered from its store', age: 42, freshFor: 18 })],
      'Varnish answered from its store. The copy is 42 s old and stays fresh for another 18 s.',
    ],
    [
      'a stale hit',
      [cache({ cacheStatus: { hit: true }, says: 'answered', age: 42, freshFor: -2 })],
      'Varnish answered. The copy is 42 s old and has been stale for 2 s.',
    ],
    [
      'a miss before a hit',
      [
        cache({ cacheStatus: { fwd: 'miss' }, says: 'had nothing stored' }),
        cache({ dialect: 'nginx', cacheStatus: { hit: true }, says: 'answered from its store' }),
      ],
      'Varnish had nothing stored. Behind it, nginx answered from its store.',
    ],
    [
      'history behind a hit: it is passed over',
      [cache({ cacheStatus: { hit: true }, says: 'answered' }), cache({ replayed: true })],
      'Varnish answered.',
    ],
    [
      'a product that is not known',
      [cache({ dialect: 'generic', says: 'answered' })],
      'An unrecognised cache answered.',
    ],
    [
      'a name that begins with a small letter',
      [cache({ dialect: 'rfc9211', node: 'edge-1', says: 'answered' })],
      'edge-1 answered.',
    ],
    ['a product with a name of its own', [cache({ node: 'edge-1', says: 'answered' })], 'Varnish (edge-1) answered.'],
    ['nobody', [], 'No cache left a sign in this response.'],
  ])('of %s', (_, caches, sentence) => expect(sentenceOf(response(caches))).toBe(sentence));

  it('counts what is amiss, and is silent where nothing is', () => {
    expect(troubleIn(response([], { notes: [note('bad'), note('warning'), note('warning'), note('info')] }))).toBe(
      '1 thing is wrong, 2 may hurt.',
    );
    expect(troubleIn(response([], { notes: [note('warning')] }))).toBe('1 thing may hurt.');
    expect(troubleIn(response([], { notes: [note('info')] }))).toBe('');
  });
});

describe('a verdict', () => {
  it.each([
    [cache({ cacheStatus: { hit: true }, freshFor: 5 }), 'hit', 'fresh'],
    [cache({ cacheStatus: { hit: true }, stale: true }), 'stale hit', 'stale'],
    [cache({ cacheStatus: { hit: true }, freshFor: -5 }), 'hit', 'stale'],
    [cache({ cacheStatus: { fwd: 'stale', fwdStatus: 304 } }), 'revalidated', 'fresh'],
    [cache({ cacheStatus: { fwd: 'bypass' } }), 'pass', 'through'],
    [cache({ cacheStatus: { fwd: 'uri-miss' } }), 'miss', 'through'],
    [cache({ made: 'error' }), 'its own error', 'failed'],
    [cache({}), 'says nothing', 'unknown'],
  ])('%#: %s', (said, words, tone) => {
    expect([verdictOf(said), toneOf(said)]).toEqual([words, tone]);
    expect(outcomeOf(said)).toBeTypeOf('string');
  });

  it('fills the tank by what is left of the lifetime; not where nothing is known', () => {
    expect(leftOf(cache({ cacheStatus: { hit: true }, age: 30, freshFor: 10 }))).toBe(0.25);
    expect(leftOf(cache({ cacheStatus: { hit: true }, age: 30, freshFor: -1 }))).toBe(0);
    expect(leftOf(cache({ cacheStatus: { hit: true }, age: 30 }))).toBeUndefined();
    expect([timeLeft(18), timeLeft(0), timeLeft(-3), timeLeft(undefined)]).toEqual([
      'fresh for 18 s',
      'just stale',
      'stale for 3 s',
      undefined,
    ]);
  });
});

describe('what is hidden', () => {
  it.each([
    ['Set-Cookie', 'session=abc; Path=/; HttpOnly', 'session=••••••; Path=/; HttpOnly'],
    ['Cookie', 'a=1; b=2', 'a=••••••; b=••••••'],
    ['Authorization', 'Bearer abc.def', 'Bearer ••••••'],
    ['X-Api-Key', 'abc', '••••••'],
    ['Location', 'https://a/?next=1&token=abc#x', 'https://a/?next=1&token=••••••#x'],
    ['Cache-Control', 'max-age=60', 'max-age=60'],
    ['ETag', '"abc"', '"abc"'],
  ])('%s: %s', (name, value, shown) => expect(maskedValue(name, value)).toBe(shown));

  it('is no part of what is shown of a cookie, whatever its value', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{12,40}$/), (secret) => {
        expect(maskedValue('Set-Cookie', `sid=${secret}; Secure`)).not.toContain(secret);
        expect(maskedUrl(`https://a.example/?access_token=${secret}&x=1`)).not.toContain(secret);
      }),
    );
  });
});

describe('rows', () => {
  const rows = [
    rowOf(response([cache({ cacheStatus: { hit: true } })], { url: 'https://shop.example/a.js?token=abc' }), 0),
    rowOf(response([], { url: '', status: 404, notes: [note('bad')] }), 1),
  ];

  it('say host, path, verdict and whether something is wrong', () => {
    expect(rows[0]).toMatchObject({
      host: 'https://shop.example',
      path: '/a.js?token=••••••',
      verdict: 'hit',
      worst: undefined,
    });
    expect(rows[1]).toMatchObject({ host: '', path: '', verdict: 'no cache', worst: 'bad' });
  });

  it('are found by part of the URL, status, verdict and product, all words at once', () => {
    const indexes = (search: string): number[] => found(rows, search).map(({ index }) => index);
    expect([indexes('A.JS'), indexes('404'), indexes('varnish hit'), indexes('hit 404'), indexes(' ')]).toEqual([
      [0],
      [1],
      [0],
      [],
      [0, 1],
    ]);
  });

  it('begin where redirects led; a 304 is no redirect', () => {
    const choice = (...statuses: readonly number[]): number => firstChoice(statuses.map((status) => ({ status })));
    expect([choice(301, 302, 200), choice(304, 200), choice(301), choice(500)]).toEqual([2, 0, 0, 0]);
  });
});

describe('what is given', () => {
  const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

  it('is named in the sentence that refuses it', () => {
    expect(givenText('', 'site.har')).toEqual({ name: 'site.har', problem: 'site.har is empty.' });
  });

  it('is read as UTF-8, or as UTF-16 where it begins so', () => {
    const text = 'HTTP/1.1 200 OK\r\nAge: 1\r\n\r\n';
    const wide = new Uint8Array(Uint16Array.from(`\ufeff${text}`, (c) => c.charCodeAt(0)).buffer);
    expect(givenBytes(bytesOf(text), 'a')).toMatchObject({ responses: [{ status: 200 }] });
    expect(givenBytes(wide, 'a')).toMatchObject({ responses: [{ status: 200 }] });
  });

  it('is refused in one sentence where it is no text, and never throws', () => {
    expect(givenBytes(Uint8Array.from([0x7b, 0xff, 0xfe, 0x00]), 'a.har')).toHaveProperty('problem');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const given = givenBytes(bytes, 'a');
        if ('problem' in given) expect(given.problem).toMatch(/^a .*\.$/s);
      }),
    );
  });
});

describe('an address', () => {
  it.each([
    ['', 'live'],
    ['#/', 'live'],
    ['#/explain', 'explain'],
    ['#/explain?url=x', 'explain'],
    ['#/explained', 'live'],
  ])('%s is the page %s', (hash, page) => expect(pageIn(hash)).toBe(page));

  it('carries a URL for the field', () => {
    expect(urlIn('#/explain?url=https%3A%2F%2Fa%2F%3Fb%3D1')).toBe('https://a/?b=1');
    expect(urlIn('#/explain')).toBe('');
  });

  it.each([
    ['', /Give a URL/],
    ['ftp://a/', /http/],
    ['https://', /not a URL/],
    ['https://me:secret@a/', /credentials/],
  ])('%s is not asked for', (url, words) => expect(unaskable(url)).toMatch(words));
  it('that is a URL is', () => expect(unaskable('https://shop.example/')).toBeUndefined());
});

describe('a reference', () => {
  it.each([
    ['https://www.rfc-editor.org/rfc/rfc9111#section-4.2.4', '9111 §4.2.4'],
    ['https://www.rfc-editor.org/rfc/rfc9211', 'RFC 9211'],
    ['https://www.fastly.com/documentation/', 'fastly.com'],
  ])('%s is written %s', (href, label) => expect(referenceLabel(href)).toBe(label));
});
