// What do products make of what their operators set, and of what could not be stored? One story for each trait, told with and without.
import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../../../shared/dialects/dialect.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';
import type { Policy } from '../../../shared/topology.ts';
import { cc, get } from './a-cache.ts';
import { failed, fresh, head, ifNone, tag, told } from './a-product.ts';
import type { Step } from './a-product.ts';

const modified: FieldLines = [['Last-Modified', 'Mon, 01 Jan 2024 00:00:01 GMT']];
const since = (date: string) => get([['If-Modified-Since', date]]);
const aged: FieldLines = [['Age', '20']];
const noStore = { fields: cc('no-store') };

interface Told {
  readonly standard: string;
  readonly product: string;
}

describe('a product', () => {
  it.each<[string, Partial<Behaviour>, Policy, readonly Step[], Told]>([
    [
      'may serve on error whatever is old, once it was told that it may serve what is old for a second',
      { servesStaleWithoutEnd: true },
      { staleOnError: 1 },
      [
        [1000, get(), fresh],
        [9000, get(), failed],
      ],
      { standard: 'stale conditional 503', product: 'stale conditional 200' },
    ],
    [
      'may serve whatever is old while it refreshes',
      { servesStaleWithoutEnd: true },
      { grace: 1 },
      [
        [1000, get(), fresh],
        [9000, get()],
      ],
      { standard: 'stale conditional 200', product: 'stale 200' },
    ],
    [
      'may count Age against a cap',
      { cutsLifetime: true },
      { cap: 25 },
      [
        [1000, get(), { fields: [...cc('max-age=60'), ...aged] }],
        [1010, get()],
      ],
      { standard: 'hit 200', product: 'stale 200' },
    ],
    [
      'may keep its stale copy where what comes may not be stored',
      { keepsWhatIsNotReplaced: true },
      {},
      [
        [1000, get(), fresh],
        [1020, get(), noStore],
        [1021, get()],
      ],
      { standard: 'uri-miss 200', product: 'stale conditional 200' },
    ],
    [
      'may learn nothing from a HEAD',
      { ignoresHead: true },
      {},
      [
        [1000, get(), fresh],
        [1020, head, fresh],
        [1021, get()],
      ],
      { standard: 'hit 200', product: 'stale conditional 200' },
    ],
    [
      'may read in a 304 alone how long that renews',
      { renewsBy304Alone: true },
      { defaultTtl: 100 },
      [
        [1000, get(), fresh],
        [1020, get(), { status: 304, fields: tag }],
        [1060, get()],
      ],
      { standard: 'stale conditional 200', product: 'hit 200' },
    ],
    [
      'may renew by its own lifetime what a 304 forbids to store',
      { mergesNotModified: false, honoursAge: false },
      {},
      [
        [1000, get(), fresh],
        [1020, get(), { status: 304, fields: [...tag, ...cc('no-store')] }],
        [1021, get()],
      ],
      { standard: 'uri-miss 200', product: 'hit 200' },
    ],
    [
      'may want the very Last-Modified in If-Modified-Since',
      { comparesDateExactly: true },
      {},
      [
        [1000, get(), { fields: [...cc('max-age=10'), ...modified] }],
        [1001, since('Mon, 01 Jan 2024 00:00:02 GMT')],
      ],
      { standard: '304 304', product: 'hit 200' },
    ],
    [
      'may ask its parent for any client that limits the age, however young its copy is',
      { refusesWhatever: ['max-age'] },
      {},
      [
        [1000, get(), fresh],
        [1001, get(cc('max-age=5'))],
      ],
      { standard: 'hit 200', product: 'request conditional 200' },
    ],
    [
      'may compare a precondition with what it could have stored',
      { comparesFetched: 'storable', needsLifetime: true },
      {},
      [[1000, ifNone('"a"'), { fields: tag }]],
      { standard: 'uri-miss 200', product: 'uri-miss 304' },
    ],
    [
      'and not with what it may not store',
      { comparesFetched: 'storable' },
      {},
      [[1000, ifNone('"a"'), { fields: [...tag, ...cc('no-store')] }]],
      { standard: 'uri-miss 200', product: 'uri-miss 200' },
    ],
    [
      'may remember by variant what could not be stored',
      { fetchesApartFor: 120 },
      {},
      [
        [1000, get([['X-Thing', 'a']]), { fields: [...cc('no-store'), ['Vary', 'X-Thing']] }],
        [1001, get([['X-Thing', 'b']])],
      ],
      { standard: 'uri-miss 200', product: 'uri-miss 200' },
    ],
    [
      'and forgets it where the next answer is stored, which is then served stale as any other',
      { fetchesApartFor: 120 },
      { grace: 60 },
      [
        [1000, get(), noStore],
        [1001, get(), fresh],
        [1020, get()],
      ],
      { standard: 'stale 200', product: 'stale 200' },
    ],
  ])('%s', (_what, trait, policy, steps, expected) => {
    expect({ standard: told({}, steps, policy), product: told(trait, steps, policy) }).toEqual(expected);
  });
});
