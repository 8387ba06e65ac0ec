// RFC 9111 sections 3.2, 4.3.3, 4.3.4 and 4.3.5
import { describe, expect, it } from 'vitest';
import { rfcBehaviour } from '../../../shared/dialects/rfc-behaviour.ts';
import { formatDate } from '../../../shared/http/date.ts';
import { combined } from '../../../shared/http/fields.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';
import { purge } from '../../../shared/model/simulate.ts';
import { aCache, cc, forwarded, get, outcome } from './a-cache.ts';

const tagged: FieldLines = [
  ...cc('max-age=10'),
  ['ETag', '"a"'],
  ['Last-Modified', formatDate(900)],
  ['X-Kept', '1'],
  ['Content-Length', '4'],
];

function staleCopy() {
  const told = aCache();
  told.exchange(get(), { fields: tagged, body: 'old' }, 1000);
  return told;
}

describe('a stale copy with validators', () => {
  it('is asked about by its own validators, in place of the client’s', () => {
    const forward = forwarded(
      staleCopy().decide(
        get([
          ['If-None-Match', '"x"'],
          ['Range', 'bytes=0-1'],
        ]),
        1010,
      ),
    );
    expect(forward.fields).toEqual([
      ['If-None-Match', '"a"'],
      ['If-Modified-Since', formatDate(900)],
    ]);
    expect(forward.fwd).toBe('stale');
  });

  it('lives on after 304: old bytes, new clocks, new fields', () => {
    const { exchange } = staleCopy();
    const { received } = exchange(
      get(),
      { status: 304, fields: [...cc('max-age=20'), ['X-New', '2'], ['Content-Length', '0']] },
      1010,
    );
    expect(received?.head.status).toBe(200);
    expect(typeof received?.bodyFrom === 'object' && received.bodyFrom.body).toBe('old');
    expect(received?.spoken).toMatchObject({
      revalidated: true,
      storedBy: 2,
      cacheStatus: { fwd: 'stale', fwdStatus: 304, stored: true, ttl: 20 },
    });
    const { verdict } = exchange(get(), { fields: [] }, 1029);
    expect(outcome(verdict)).toBe('hit');
    const fields = verdict.kind === 'serve' ? verdict.head.fields : [];
    expect(['age', 'x-kept', 'x-new', 'content-length', 'cache-control'].map((name) => combined(fields, name))).toEqual(
      ['19', '1', '2', '4', 'max-age=20'],
    );
  });

  it('takes the Age of the 304 for its own', () => {
    const { exchange } = staleCopy();
    exchange(get(), { status: 304, fields: [...cc('max-age=20'), ['Age', '15']] }, 1010);
    expect(outcome(exchange(get(), { fields: [] }, 1014).verdict)).toBe('hit');
    expect(outcome(exchange(get(), { fields: [] }, 1015).verdict)).toBe('stale');
  });

  it('answers the client’s own condition once it is confirmed', () => {
    const { received } = staleCopy().exchange(get([['If-None-Match', '"a"']]), { status: 304, fields: [] }, 1010);
    expect([received?.head.status, received?.bodyFrom]).toEqual([304, 'none']);
  });

  it('is replaced by a whole answer', () => {
    const { exchange, cache } = staleCopy();
    exchange(get(), { fields: tagged, body: 'new' }, 1010);
    const { verdict } = exchange(get(), { fields: [] }, 1011);
    expect(verdict.kind === 'serve' && verdict.stored.body).toBe('new');
    expect(cache.index.count).toBe(1);
  });

  it('is dropped by a whole answer that may not be stored, and kept by a failure', () => {
    const { exchange, cache } = staleCopy();
    exchange(get(), { status: 500, fields: [] }, 1010);
    expect(cache.index.count).toBe(1);
    exchange(get(), { fields: cc('no-store') }, 1011);
    expect(cache.index.count).toBe(0);
  });

  it('is served once more, and not kept, when the 304 forbids storing or speaks of another', () => {
    for (const fields of [cc('no-store'), [['ETag', '"b"']] as FieldLines]) {
      const { exchange, cache } = staleCopy();
      expect(exchange(get(), { status: 304, fields }, 1010).received?.head.status).toBe(200);
      expect(cache.index.count).toBe(0);
    }
  });

  it('does not come back when it was purged while it was being validated', () => {
    const { decide, answered, cache } = staleCopy();
    const forward = forwarded(decide(get(), 1010));
    purge(cache, get());
    expect(answered(forward, { status: 304, fields: cc('max-age=20') }, 1011).head.status).toBe(200);
    expect(cache.index.count).toBe(0);
  });

  it('is fetched afresh by a product that does not validate', () => {
    const told = aCache({ ...rfcBehaviour, revalidates: false });
    told.exchange(get(), { fields: tagged }, 1000);
    expect(forwarded(told.decide(get(), 1010))).toMatchObject({ fields: [], conditional: false, fwd: 'stale' });
  });

  it('is forgotten when the time it is kept for validation is over', () => {
    const told = aCache(rfcBehaviour, { keep: 5 });
    told.exchange(get(), { fields: tagged }, 1000);
    expect(outcome(told.decide(get(), 1014))).toBe('stale');
    expect(outcome(told.decide(get(), 1015))).toBe('uri-miss');
  });
});

describe('a response to HEAD', () => {
  const head = { ...get(), method: 'HEAD' };
  it('renews the stored response to GET', () => {
    const { exchange } = staleCopy();
    exchange(head, { fields: tagged }, 1010);
    const { verdict } = exchange(get(), { fields: [] }, 1019);
    expect(verdict.kind === 'serve' && verdict.stored.body).toBe('old');
  });

  it.each<[string, FieldLines]>([
    ['another validator', [['ETag', '"b"']]],
    [
      'another length',
      [
        ['ETag', '"a"'],
        ['Content-Length', '5'],
      ],
    ],
  ])('with %s drops it', (_what, fields) => {
    const { exchange, cache } = staleCopy();
    exchange(head, { fields }, 1010);
    expect(cache.index.count).toBe(0);
  });
});
