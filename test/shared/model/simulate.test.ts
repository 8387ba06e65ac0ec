// RFC 9111 sections 3, 4 and 5.2; RFC 5861; RFC 9211
import { describe, expect, it } from 'vitest';
import { rfcBehaviour } from '../../../shared/dialects/rfc-behaviour.ts';
import { formatDate } from '../../../shared/http/date.ts';
import { combined, valuesOf } from '../../../shared/http/fields.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';
import { abandon, commit, receive, receiveFailure } from '../../../shared/model/receive.ts';
import { createCache, decide, purge } from '../../../shared/model/simulate.ts';
import { aCache, cc, forwarded, get, outcome, url } from './a-cache.ts';

const fresh = { fields: cc('max-age=60') };

describe('a stored response', () => {
  it('answers GET and HEAD alike until it is stale', () => {
    const { exchange } = aCache();
    expect(outcome(exchange(get(), fresh, 1000).verdict)).toBe('uri-miss');
    expect(outcome(exchange(get(), fresh, 1059).verdict)).toBe('hit');
    expect(outcome(exchange({ ...get(), method: 'HEAD' }, fresh, 1059).verdict)).toBe('hit');
    expect(outcome(exchange(get(), fresh, 1060).verdict)).toBe('stale');
  });

  it('is sent with its Age, its Date, and without the fields of the old connection', () => {
    const { exchange } = aCache();
    const fields: FieldLines = [
      ...fresh.fields,
      ['Age', '5'],
      ['Connection', 'X-Hop'],
      ['X-Hop', '1'],
      ['X-Mine', '2'],
    ];
    exchange(get(), { fields }, 1000);
    const { verdict } = exchange(get(), fresh, 1010);
    if (verdict.kind !== 'serve') throw new Error('a hit was expected');
    expect(valuesOf(verdict.head.fields, 'age')).toEqual(['15']);
    expect(combined(verdict.head.fields, 'date')).toBe(formatDate(1000));
    expect(combined(verdict.head.fields, 'x-hop')).toBeUndefined();
    expect(combined(verdict.head.fields, 'x-mine')).toBe('2');
    expect(verdict.stored.body).toBe('body');
  });

  it('tells what RFC 9211 would tell', () => {
    const { exchange } = aCache();
    expect(exchange(get(), fresh, 1000).received?.spoken).toEqual({
      cacheStatus: { cache: 'edge', fwd: 'uri-miss', stored: true, ttl: 60 },
      stale: false,
      revalidated: false,
      exchange: 1,
      hits: 0,
      node: 'edge',
    });
    exchange(get(), fresh, 1001);
    const { verdict } = exchange(get(), fresh, 1002.5);
    expect(verdict.kind === 'serve' && verdict.spoken).toMatchObject({
      cacheStatus: { cache: 'edge', hit: true, ttl: 58 },
      exchange: 3,
      storedBy: 1,
      hits: 2,
    });
  });

  it('is there only once its body has arrived whole', () => {
    const { cache, decide: at } = aCache();
    const received = receive(
      cache,
      forwarded(at(get(), 1000)),
      { status: 200, ...fresh },
      { requestTime: 1000, responseTime: 1000 },
      1000,
    );
    expect(received.bodyFrom).toBe('response');
    expect(outcome(at(get(), 1001))).toBe('uri-miss');
    if (received.store !== undefined) commit(cache, received.store, 'whole');
    expect(outcome(at(get(), 1001))).toBe('hit');
  });

  it('counts its freshness from the head, however long the body took', () => {
    const { cache, decide: at } = aCache();
    const received = receive(
      cache,
      forwarded(at(get(), 1000)),
      { status: 200, ...fresh },
      { requestTime: 1000, responseTime: 1000 },
      1000,
    );
    if (received.store !== undefined) commit(cache, received.store, 'slow');
    expect(outcome(at(get(), 1061))).toBe('stale');
  });

  it('gives way to the least recently used where there is no room', () => {
    const cache = createCache<string>({
      name: 'e',
      behaviour: rfcBehaviour,
      policy: {},
      maxBytes: 10,
      sizeOf: (b) => b.length,
    });
    const put = (path: string, body: string): void => {
      const forward = forwarded(decide(cache, get([], url + path), 1000));
      const { store } = receive(
        cache,
        forward,
        { status: 200, ...fresh },
        { requestTime: 1000, responseTime: 1000 },
        1000,
      );
      if (store !== undefined) commit(cache, store, body);
    };
    put('a', '12345');
    put('b', '12345');
    decide(cache, get([], `${url}a`), 1001);
    put('c', '12345');
    const held = ['a', 'b', 'c'].filter((path) => decide(cache, get([], url + path), 1002).kind === 'serve');
    expect(held).toEqual(['a', 'c']);
    expect([cache.index.count, cache.index.bytes]).toEqual([2, 10]);
    put('d', 'far too long to be held');
    expect(decide(cache, get([], `${url}d`), 1002).kind).toBe('forward');
  });
});

describe('variants', () => {
  const vary: FieldLines = [...fresh.fields, ['Vary', 'Accept-Language']];
  const language = (tag: string): FieldLines => [['Accept-Language', tag]];

  it('are kept beside each other and told apart', () => {
    const { exchange } = aCache();
    exchange(get(language('en')), { fields: vary, body: 'hello' }, 1000);
    expect(outcome(exchange(get(language('de')), { fields: vary, body: 'hallo' }, 1000).verdict)).toBe('vary-miss');
    const { verdict } = exchange(get(language('en')), fresh, 1001);
    expect(verdict.kind === 'serve' && verdict.stored.body).toBe('hello');
  });

  it('of the same request replace each other', () => {
    const { cache, exchange } = aCache();
    exchange(get(language('en')), { fields: vary, body: 'old' }, 1000);
    exchange(get([...language('en'), ...cc('no-cache')]), { fields: vary, body: 'new' }, 1001);
    expect(cache.index.count).toBe(1);
    const { verdict } = exchange(get(language('en')), fresh, 1002);
    expect(verdict.kind === 'serve' && verdict.stored.body).toBe('new');
  });

  it.each([
    ['all', 2],
    ['one', 1],
  ] as const)('are purged %s at a time', (variants, removed) => {
    const { cache, exchange } = aCache({ ...rfcBehaviour, purge: { variants, absentStatus: 404 } });
    exchange(get(language('en')), { fields: vary }, 1000);
    exchange(get(language('de')), { fields: vary }, 1000);
    expect(purge(cache, get(language('de')))).toBe(removed);
    expect(purge(cache, get(language('de')))).toBe(0);
    expect(cache.index.count).toBe(2 - removed);
  });

  it('survive a purge that names none of them, where a purge takes one', () => {
    const { cache, exchange } = aCache({ ...rfcBehaviour, purge: { variants: 'one', absentStatus: 404 } });
    exchange(get(language('en')), { fields: vary }, 1000);
    expect(purge(cache, get())).toBe(0);
    expect(cache.index.count).toBe(1);
  });
});

describe('a request', () => {
  it('goes forward without connection fields, its own conditions untouched where nothing is stored', () => {
    const { decide: at } = aCache();
    const fields: FieldLines = [
      ['Connection', 'close'],
      ['TE', 'trailers'],
      ['If-None-Match', '"a"'],
      ['X', '1'],
    ];
    expect(forwarded(at(get(fields), 1000)).fields).toEqual([
      ['If-None-Match', '"a"'],
      ['X', '1'],
    ]);
  });

  it('with only-if-cached never goes forward', () => {
    const { exchange } = aCache();
    const only = get(cc('only-if-cached'));
    expect(outcome(exchange(only, fresh, 1000).verdict)).toBe('504');
    exchange(get(), fresh, 1000);
    expect(outcome(exchange(only, fresh, 1001).verdict)).toBe('hit');
    expect(outcome(exchange(only, fresh, 1061).verdict)).toBe('504');
    expect(outcome(aCache({ ...rfcBehaviour, obeysRequestDirectives: [] }).exchange(only, fresh, 1).verdict)).toBe(
      'uri-miss',
    );
  });

  it.each<[FieldLines, string]>([
    [[['If-None-Match', '"a"']], '304'],
    [[['If-None-Match', 'W/"a"']], '304'],
    [[['If-None-Match', '"x", "a"']], '304'],
    [[['If-None-Match', '*']], '304'],
    [[['If-None-Match', '"x"']], 'hit'],
    [
      [
        ['If-None-Match', '"x"'],
        ['If-Modified-Since', formatDate(900)],
      ],
      'hit',
    ],
    [[['If-Modified-Since', formatDate(900)]], '304'],
    [[['If-Modified-Since', formatDate(901)]], '304'],
    [[['If-Modified-Since', formatDate(899)]], 'hit'],
    [[['If-Modified-Since', 'yesterday']], 'hit'],
    [[['If-Match', '"x"']], 'hit'],
  ])('with %j for the copy with ETag "a" of 900 is answered %s', (fields, expected) => {
    const { exchange } = aCache();
    exchange(get(), { fields: [...fresh.fields, ['ETag', '"a"'], ['Last-Modified', formatDate(900)]] }, 1000);
    expect(outcome(exchange(get(fields), fresh, 1001).verdict)).toBe(expected);
  });

  it('answered by 304 gets the validator and Age, and nothing about a body', () => {
    const { exchange } = aCache();
    exchange(
      get(),
      { fields: [...fresh.fields, ['ETag', '"a"'], ['Content-Type', 'text/html'], ['Content-Length', '4']] },
      1000,
    );
    const { verdict } = exchange(get([['If-None-Match', '"a"']]), fresh, 1003);
    const names = verdict.kind === 'answer' ? verdict.head.fields.map(([name]) => name) : [];
    expect(names).toEqual(['Cache-Control', 'ETag', 'Date', 'Age']);
  });

  it('may wait for another only where whole answers can be shared', () => {
    const { decide: at } = aCache();
    expect(forwarded(at(get(), 1)).collapse).toBe(url);
    expect(forwarded(at(get([['Range', 'bytes=0-1']]), 1)).collapse).toBeUndefined();
    expect(forwarded(at({ ...get(), method: 'POST' }, 1)).collapse).toBeUndefined();
    expect(forwarded(aCache({ ...rfcBehaviour, collapses: false }).decide(get(), 1)).collapse).toBeUndefined();
  });

  it('that is passed stores nothing and reads nothing', () => {
    const { cache, exchange } = aCache({ ...rfcBehaviour, passesRequestsWith: ['cookie'] });
    expect(outcome(exchange(get([['Cookie', 'a=b']]), fresh, 1000).verdict)).toBe('bypass');
    expect(cache.index.count).toBe(0);
  });
});

describe('an unsafe method', () => {
  const post = { ...get(), method: 'POST' };
  it.each<[string, number, FieldLines, number]>([
    ['invalidates what is stored for its target', 200, [], 2],
    ['invalidates on a redirect too', 303, [], 2],
    ['invalidates nothing when it fails', 404, [], 3],
    ['invalidates where Location points', 201, [['Location', '/other']], 1],
    ['invalidates where Content-Location points', 200, [['Content-Location', `${url}other`]], 1],
    ['invalidates nothing at another origin', 201, [['Location', 'http://else.example/']], 2],
  ])('%s', (_what, status, fields, left) => {
    const { cache, exchange } = aCache();
    for (const at of [url, `${url}other`, 'http://else.example/']) exchange(get([], at), fresh, 1000);
    expect(outcome(exchange(post, { status, fields }, 1001).verdict)).toBe('method');
    expect(cache.index.count).toBe(left);
  });

  it('changes nothing at a product that does not look', () => {
    const { cache, exchange } = aCache({ ...rfcBehaviour, invalidatesOnUnsafe: false });
    exchange(get(), fresh, 1000);
    exchange(post, { fields: [] }, 1001);
    expect(cache.index.count).toBe(1);
  });
});

describe('when the next hop fails', () => {
  const withWindow = { fields: cc('max-age=10, stale-if-error=20') };

  it('the old copy answers inside stale-if-error, and says what happened', () => {
    const { exchange } = aCache();
    exchange(get(), withWindow, 1000);
    const { received } = exchange(get(), { status: 503, fields: [] }, 1015);
    expect(received?.head.status).toBe(200);
    expect(combined(received?.head.fields ?? [], 'age')).toBe('15');
    expect(received?.spoken).toMatchObject({
      stale: true,
      storedBy: 1,
      cacheStatus: { fwd: 'stale', fwdStatus: 503, ttl: -5 },
    });
    expect(exchange(get(), { status: 503, fields: [] }, 1030).received?.head.status).toBe(503);
  });

  it.each([
    ['the copy inside its window', 'max-age=10, stale-if-error=20', 200],
    ['the copy, however old, where nobody forbids it', 'max-age=10', 200],
    ['504 where nothing stale may be served', 'max-age=10, must-revalidate', 504],
  ])('to answer at all, the client gets %s', (_what, directives, status) => {
    const { cache, exchange, decide: at } = aCache();
    exchange(get(), { fields: cc(directives) }, 1000);
    expect(receiveFailure(cache, forwarded(at(get(), 1015)), 1015).head.status).toBe(status);
  });

  it('to answer at all, a client that wants nothing stored gets 502', () => {
    const { cache, exchange, decide: at } = aCache();
    exchange(get(), { fields: cc('max-age=10') }, 1000);
    expect(receiveFailure(cache, forwarded(at(get(cc('no-cache')), 1015)), 1015).head.status).toBe(502);
  });
});

describe('within stale-while-revalidate', () => {
  const response = { fields: [...cc('max-age=10, stale-while-revalidate=20'), ['ETag', '"a"']] as FieldLines };
  const staleAt = (now: number) => {
    const told = aCache();
    told.exchange(get(), response, 1000);
    const verdict = told.decide(
      get([
        ['If-None-Match', '"z"'],
        ['X', '1'],
      ]),
      now,
    );
    if (verdict.kind !== 'serve' || verdict.background === undefined) throw new Error('a refresh was expected');
    return { ...told, background: verdict.background };
  };

  it('the old copy is served, and one conditional request refreshes it', () => {
    const { background, decide: at } = staleAt(1012);
    expect(background.fields).toEqual([
      ['X', '1'],
      ['If-None-Match', '"a"'],
    ]);
    const second = at(get(), 1013);
    expect(second.kind === 'serve' && second.stale && second.background === undefined).toBe(true);
  });

  it('the request after the refresh gets the new one', () => {
    const { answered, background, decide: at } = staleAt(1012);
    answered(background, { ...response, body: 'new' }, 1013);
    const next = at(get(), 1014);
    expect(next.kind === 'serve' && !next.stale && next.stored.body).toBe('new');
  });

  it('a refresh that came to nothing lets another begin', () => {
    const { background, decide: at } = staleAt(1012);
    abandon(background);
    const next = at(get(), 1013);
    expect(next.kind === 'serve' && next.background !== undefined).toBe(true);
  });

  it('a client that holds the copy gets 304, and the refresh begins all the same', () => {
    const told = aCache();
    told.exchange(get(), response, 1000);
    const verdict = told.decide(get([['If-None-Match', '"a"']]), 1012);
    expect(outcome(verdict)).toBe('304');
    expect(verdict.kind === 'answer' && verdict.background !== undefined).toBe(true);
  });
});
