// What does each trait change, that some products have and the standard cache has not? One story for each, told with and without.
import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../../../shared/dialects/dialect.ts';
import { rfcBehaviour } from '../../../shared/dialects/rfc-behaviour.ts';
import { formatDate } from '../../../shared/http/date.ts';
import { purge } from '../../../shared/model/simulate.ts';
import { aCache, cc, forwarded, get } from './a-cache.ts';
import { failed, fresh, head, ifNone, length, post, range, tag, told } from './a-product.ts';
import type { Step } from './a-product.ts';

describe('a product', () => {
  it.each<[string, Partial<Behaviour>, readonly Step[], { standard: string; product: string }]>([
    [
      'may answer 304 from what it has just fetched',
      { comparesFetched: true },
      [[1000, ifNone('"a"'), fresh]],
      { standard: 'uri-miss 200', product: 'uri-miss 304' },
    ],
    [
      'may know one entity tag only',
      { comparesOneTag: true },
      [
        [1000, get(), fresh],
        [1001, ifNone('"b", "a"')],
      ],
      { standard: '304 304', product: 'hit 200' },
    ],
    [
      'may answer 304 from an error that it has stored',
      { notModifiedOfAny: true },
      [
        [1000, get(), { ...fresh, status: 404 }],
        [1001, ifNone('"a"')],
      ],
      { standard: 'hit 404', product: '304 304' },
    ],
    [
      'may refuse several ranges at once',
      { refusesSeveralRanges: true },
      [
        [1000, get(), fresh],
        [1001, range('0-0,2-2')],
      ],
      { standard: 'hit 206', product: '416 416' },
    ],
    [
      'may cut a range from what it does not store',
      { cutsFetched: 'unless-stored' },
      [[1000, range('0-1'), { fields: [...cc('no-store'), ...length] }]],
      { standard: 'uri-miss apart 200', product: 'uri-miss apart 206' },
    ],
    [
      'may remember in place of a copy that its refresh brought nothing to store',
      { fetchesApartFor: 120 },
      [
        [1000, get(), fresh],
        [1010, get(), failed],
        [1010, get(), fresh],
      ],
      { standard: 'stale conditional 200', product: 'uri-miss apart 200' },
    ],
    [
      'may refuse to a client what is exactly as old as it allows',
      { refusesAtMaxAge: true },
      [
        [1000, get(), fresh],
        [1001, get(cc('max-age=1'))],
      ],
      { standard: 'hit 200', product: 'request conditional 200' },
    ],
    [
      'may let only a success invalidate',
      { invalidatesOnSuccess: true },
      [
        [1000, get(), fresh],
        [1001, post, { status: 302, fields: [] }],
        [1002, get()],
      ],
      { standard: 'uri-miss 200', product: 'hit 200' },
    ],
    [
      'may cut a lifetime at its dot',
      { cutsFractions: true },
      [
        [1000, get(), { fields: cc('max-age=2.5') }],
        [1001, get()],
      ],
      { standard: 'uri-miss 200', product: 'hit 200' },
    ],
    [
      'may remember what it could not store, and let nobody wait for it',
      { fetchesApartFor: 120 },
      [
        [1000, get(), { fields: cc('private') }],
        [1119, get(), fresh],
      ],
      { standard: 'uri-miss 200', product: 'uri-miss apart 200' },
    ],
    [
      'may forget after a while what it could not store',
      { fetchesApartFor: 120 },
      [
        [1000, get(), { fields: cc('private') }],
        [1120, get(), fresh],
      ],
      { standard: 'uri-miss 200', product: 'uri-miss 200' },
    ],
    [
      'may serve on error what no-cache covers',
      { staleOnError: 60, onlyRevalidateForbidsStale: true },
      [
        [1000, get(), { fields: [...cc('no-cache, max-age=9'), ...tag] }],
        [1001, get(), failed],
      ],
      { standard: 'stale conditional 503', product: 'stale conditional 200' },
    ],
    [
      'may serve on error a client that wants it young',
      { staleOnError: 60, onlyRevalidateForbidsStale: true },
      [
        [1000, get(), fresh],
        [1001, get(cc('max-age=0')), failed],
      ],
      { standard: 'request conditional 503', product: 'request conditional 200' },
    ],
    [
      'never serves on error what must be validated',
      { staleOnError: 60, onlyRevalidateForbidsStale: true },
      [
        [1000, get(), { fields: [...cc('max-age=10, must-revalidate'), ...tag] }],
        [1010, get(), failed],
      ],
      { standard: 'stale conditional 503', product: 'stale conditional 503' },
    ],
    [
      'may pass by its store for a request with no-store',
      { passesNoStore: true },
      [
        [1000, get(), fresh],
        [1001, get(cc('no-store'))],
      ],
      { standard: 'hit 200', product: 'bypass apart 200' },
    ],
    [
      'may renew its copy by the client’s own precondition',
      { fetchesAnewFor: ['precondition'], renewsByAny304: true },
      [
        [1000, get(), fresh],
        [1010, ifNone('"a"'), { ...fresh, status: 304 }],
        [1011, get()],
      ],
      { standard: 'hit 200', product: 'hit 200' },
    ],
    [
      'may lose its copy to any answer to HEAD',
      { head: 'validates', headRemoves: true },
      [
        [1000, get(), fresh],
        [1010, head, { status: 404, fields: [] }],
        [1010, get()],
      ],
      { standard: 'stale conditional 200', product: 'uri-miss 200' },
    ],
    [
      'may keep what was invalidated, and fetch it anew',
      { keepsInvalidated: true },
      [
        [1000, get(), fresh],
        [1001, post],
        [1002, get()],
      ],
      { standard: 'uri-miss 200', product: 'stale 200' },
    ],
    [
      'may store no status of some kinds',
      { refusesStatus: [204] },
      [
        [1000, get(), { status: 204, fields: cc('max-age=10') }],
        [1001, get()],
      ],
      { standard: 'hit 204', product: 'uri-miss 200' },
    ],
    [
      'may store no more than it can be fresh by Expires',
      { refusesExpired: true },
      [
        [1000, get(), { fields: [['Expires', '0'], ...tag] }],
        [1001, get()],
      ],
      { standard: 'stale conditional 200', product: 'uri-miss 200' },
    ],
    [
      'may take an Expires that is no date for none',
      { ignoresUnreadableExpires: true, defaultTtl: 60 },
      [
        [1000, get(), { fields: [['Expires', '0'], ...tag] }],
        [1001, get()],
      ],
      { standard: 'stale conditional 200', product: 'hit 200' },
    ],
    [
      'may guess a lifetime wherever Cache-Control stands',
      { guessesBesideControl: true, defaultTtl: 60 },
      [
        [1000, get(), { status: 302, fields: cc('immutable') }],
        [1001, get()],
      ],
      { standard: 'uri-miss 200', product: 'hit 302' },
    ],
    [
      'may keep what it has when the answer is older',
      { keepsLatest: true },
      [
        [1000, get(), { fields: [...cc('max-age=10'), ['Date', formatDate(1000)], ...tag] }],
        [1010, get(), { fields: [['Date', formatDate(999)]] }],
        [1010, get(), { fields: [] }],
      ],
      { standard: 'uri-miss 200', product: 'stale conditional 200' },
    ],
    [
      'may keep what a 304 confirms, whatever that forbids',
      { keepsValidated: true },
      [
        [1000, get(), fresh],
        [1010, get(), { status: 304, fields: cc('no-store, max-age=10') }],
        [1011, get()],
      ],
      { standard: 'uri-miss 200', product: 'hit 200' },
    ],
    [
      'may send whole what a 304 has just confirmed',
      { comparesDateOnceValidated: true },
      [
        [1000, get(), fresh],
        [1010, ifNone('"a"'), { status: 304, fields: tag }],
      ],
      { standard: 'stale conditional 304', product: 'stale conditional 200' },
    ],
    [
      'may count no max-age without a Date',
      { needsDate: true },
      [
        [1000, get(), fresh],
        [1001, get()],
      ],
      { standard: 'hit 200', product: 'stale conditional 200' },
    ],
    [
      'may store of some statuses only what is fresh',
      { storesFreshOnly: [302] },
      [
        [1000, get(), { status: 302, fields: [...cc('max-age=0'), ...tag] }],
        [1001, get()],
      ],
      { standard: 'stale conditional 200', product: 'uri-miss 200' },
    ],
    [
      'may serve on error as long as the response says, and no longer',
      { staleOnError: 60, obeysStaleIfError: true, staleIfErrorDecides: true },
      [
        [1000, get(), { fields: [...cc('max-age=1, stale-if-error=1'), ...tag] }],
        [1010, get(), failed],
      ],
      { standard: 'stale conditional 503', product: 'stale conditional 503' },
    ],
    [
      'may serve no stored error when the parent fails',
      { staleOnError: 60, staleOnErrorStatus: [200] },
      [
        [1000, get(), { ...fresh, status: 500 }],
        [1010, get(), failed],
      ],
      { standard: 'stale conditional 503', product: 'stale conditional 503' },
    ],
    [
      'may know directives in lower case only',
      { lowerCaseOnly: true },
      [
        [1000, get(), { fields: cc('MAX-AGE=10') }],
        [1001, get()],
      ],
      { standard: 'hit 200', product: 'uri-miss 200' },
    ],
    [
      'may find a lifetime among other signs',
      { findsDigits: true },
      [
        [1000, get(), { fields: cc("max-age='10'") }],
        [1001, get()],
      ],
      { standard: 'uri-miss 200', product: 'hit 200' },
    ],
    [
      'may validate what is stale for a client that wants what is stored',
      { onlyIfCachedValidates: true },
      [
        [1000, get(), fresh],
        [1010, get(cc('only-if-cached')), fresh],
      ],
      { standard: '504 504', product: 'stale conditional 200' },
    ],
    [
      'may store nothing that has a validator alone',
      { needsLifetime: true },
      [
        [1000, get(), { fields: tag }],
        [1001, get()],
      ],
      { standard: 'stale conditional 200', product: 'uri-miss 200' },
    ],
    [
      'may compare what it has just fetched, and every status',
      { comparesAll: true },
      [
        [1000, get(), { ...fresh, status: 404 }],
        [1001, ifNone('"a"')],
      ],
      { standard: 'hit 404', product: '304 304' },
    ],
    [
      'may take a range that cannot be satisfied for none',
      { ignoresUnsatisfiable: true },
      [
        [1000, get(), fresh],
        [1001, range('30-')],
      ],
      { standard: '416 416', product: 'hit 200' },
    ],
    [
      'may keep its stale copy from a client that wants nothing stored',
      { keepsWhatNoStoreReplaces: true },
      [
        [1000, get(), fresh],
        [1010, get(cc('no-store')), fresh],
        [1010, get()],
      ],
      { standard: 'uri-miss 200', product: 'stale conditional 200' },
    ],
    [
      'may want a validator of its pages only',
      { defaultTtl: 60, defaultTtlNeedsValidator: 'of-200' },
      [
        [1000, get(), { status: 301, fields: [] }],
        [1001, get()],
      ],
      { standard: 'uri-miss 200', product: 'hit 301' },
    ],
  ])('%s', (_what, trait, steps, expected) => {
    expect({ standard: told({}, steps), product: told(trait, steps) }).toEqual(expected);
  });

  it('may leave the client’s entity tag where it is, and add none that is weak', () => {
    const cache = aCache({ ...rfcBehaviour, validatesBeside: true });
    cache.exchange(get(), { fields: [...cc('max-age=10'), ['ETag', 'W/"a"'], ['Date', formatDate(1000)]] }, 1000);
    const byDate = ['If-Modified-Since', formatDate(1000)];
    expect(forwarded(cache.decide(get(), 1010)).fields).toEqual([byDate]);
    expect(forwarded(cache.decide(ifNone('"b"'), 1010)).fields).toEqual([['If-None-Match', '"b"'], byDate]);
  });

  it('may purge all variants by a field that Vary names', () => {
    const removed = (trait: Partial<Behaviour>): number => {
      const told = aCache({ ...rfcBehaviour, ...trait, purge: { variants: 'one', absentStatus: 404 } });
      told.exchange(get(), { fields: [...cc('max-age=10'), ['Vary', 'X-Thing']] }, 1000);
      return purge(told.cache, get([['X-Thing', 'b']]));
    };
    expect([removed({}), removed({ purgesByField: true })]).toEqual([0, 1]);
  });

  it('may serve the whole on error, whatever part was asked for', () => {
    const steps: Step[] = [
      [1000, get(), fresh],
      [1010, range('0-1'), failed],
    ];
    expect(told({ staleOnError: 60 }, steps)).toBe('stale conditional apart 206');
    expect(told({ staleOnError: 60, wholeOnError: true }, steps)).toBe('stale conditional apart 200');
  });
});
