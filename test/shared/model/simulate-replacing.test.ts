// What does each trait change about what is looked at, asked, replaced and kept? One story for each, told with and without.
import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../../../shared/dialects/dialect.ts';
import { rfcBehaviour } from '../../../shared/dialects/rfc-behaviour.ts';
import { formatDate } from '../../../shared/http/date.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';
import { combined } from '../../../shared/http/fields.ts';
import { receiveFailure } from '../../../shared/model/receive.ts';
import { purge } from '../../../shared/model/simulate.ts';
import type { CacheRequest } from '../../../shared/model/verdict.ts';
import { aCache, cc, forwarded, get, url } from './a-cache.ts';
import { failed, fresh, head, ifNone, post, range, tag, told } from './a-product.ts';
import type { Step } from './a-product.ts';

const authorized = get([['Authorization', 'Basic YTpi']]);
const thing = (value: string, method = 'GET'): CacheRequest => ({ method, url, fields: [['X-Thing', value]] });
const dated = (at: number): FieldLine => ['Date', formatDate(at)];
const varied = { fields: [...cc('max-age=10'), ...tag, ['Vary', 'X-Thing']] as FieldLine[] };
const wholeSecond = { kind: 'whole-second', staleWhen: 'age > lifetime' } as const;

type Story = [what: string, trait: Partial<Behaviour>, steps: readonly Step[], { standard: string; product: string }];

const storing: Story[] = [
  [
    'may store some statuses with an explicit lifetime only',
    { explicitOnly: [200] },
    [
      [1000, get(), { fields: tag }],
      [1000, get()],
    ],
    { standard: 'stale conditional 200', product: 'uri-miss 200' },
  ],
  [
    'may guess a lifetime beside some directives',
    { guessesBeside: ['must-revalidate'], defaultTtl: 60 },
    [
      [1000, get(), { status: 302, fields: cc('must-revalidate') }],
      [1001, get()],
    ],
    { standard: 'uri-miss 200', product: 'hit 302' },
  ],
  [
    'may never guess less than some lifetime',
    { heuristicWithin: { least: 3600, most: 86_400 } },
    [
      [1000, get(), { fields: [dated(1000), ['Last-Modified', formatDate(990)]] }],
      [1100, get()],
    ],
    { standard: 'stale conditional 200', product: 'hit 200' },
  ],
  [
    'may store no answer to a range, unless that takes the place of a copy',
    { refusesRanges: true },
    [
      [1000, range('0-1'), fresh],
      [1001, get()],
    ],
    { standard: 'hit 200', product: 'uri-miss 200' },
  ],
  [
    'may store nothing that has a no-cache with fields',
    { refusesQualifiedNoCache: true },
    [
      [1000, get(), { fields: cc('max-age=10, no-cache="x-thing"') }],
      [1001, get()],
    ],
    { standard: 'hit 200', product: 'uri-miss 200' },
  ],
  [
    'may let no-cache allow what Authorization forbids',
    { noCacheAllowsAuthorization: true },
    [
      [1000, authorized, { fields: [...cc('max-age=10, no-cache'), ...tag] }],
      [1001, get()],
    ],
    { standard: 'uri-miss 200', product: 'stale conditional 200' },
  ],
  [
    'may store a redirect that is too old when it comes',
    { storesFreshOnly: [302], refusesStatus: [] },
    [
      [1010, get(), { status: 302, fields: [...cc('max-age=1'), dated(1000)] }],
      [1011, get()],
    ],
    { standard: 'uri-miss 200', product: 'stale 200' },
  ],
];

const asking: Story[] = [
  [
    'may compare only what it has stored in place of the copy',
    { comparesAll: true },
    [
      [1000, get(), fresh],
      [1010, ifNone('"a"'), { fields: [...cc('no-store'), ...tag] }],
    ],
    { standard: 'stale conditional 200', product: 'stale conditional 200' },
  ],
  [
    'may refuse what is stale by exactly what the client allows',
    { refusesAtMaxStale: true },
    [
      [1000, get(), fresh],
      [1015, get(cc('max-stale=5')), fresh],
    ],
    { standard: 'stale 200', product: 'stale conditional 200' },
  ],
  [
    'may find a lifetime too short for min-fresh that is just as long',
    { clock: wholeSecond },
    [
      [1000, get(), fresh],
      [1000, get(cc('min-fresh=10')), fresh],
    ],
    { standard: 'hit 200', product: 'request conditional 200' },
  ],
  [
    'may want more than min-fresh of what is stale as soon as it is as old as its lifetime',
    { clock: { kind: 'whole-second', staleWhen: 'age >= lifetime' } },
    [
      [1000, get(), fresh],
      [1005, get(cc('min-fresh=5')), fresh],
    ],
    { standard: 'hit 200', product: 'request conditional 200' },
  ],
  [
    'may leave it to the parent to compare what is no page',
    { comparesPagesOnly: true },
    [
      [1000, get(), { ...fresh, status: 404 }],
      [1001, ifNone('"a"'), fresh],
    ],
    { standard: 'hit 404', product: 'request 200' },
  ],
  [
    'may look at nothing for Authorization that does not say so',
    { reusesAuthorizedWith: ['public'] },
    [
      [1000, get(), fresh],
      [1001, authorized],
    ],
    { standard: 'hit 200', product: 'vary-miss 200' },
  ],
  [
    'may validate for Authorization what is fresh',
    { validatesAuthorizedWith: ['must-revalidate'] },
    [
      [1000, get(), { fields: [...cc('max-age=10, must-revalidate'), ...tag] }],
      [1001, authorized, fresh],
    ],
    { standard: 'hit 200', product: 'request conditional 200' },
  ],
  [
    'may take a request without a field for one that accepts every variant',
    { absentMatchesAny: ['x-thing'] },
    [
      [1000, thing('a'), varied],
      [1001, get()],
    ],
    { standard: 'vary-miss 200', product: 'hit 200' },
  ],
  [
    'may refuse only-if-cached to an unsafe method where nothing is stored',
    { onlyIfCachedForAll: 'on-miss' },
    [[1000, { ...post, fields: cc('only-if-cached') }]],
    { standard: 'method apart 200', product: '504 504' },
  ],
  [
    'may take If-Modified-Since for another copy where it is later than the Date',
    { asksWhenChanged: true, comparesUpToDate: true },
    [
      [1000, get(), { fields: [...cc('max-age=10'), dated(1000), ['Last-Modified', formatDate(900)]] }],
      [1002, get([['If-Modified-Since', formatDate(1002)]]), fresh],
    ],
    { standard: '304 304', product: 'request conditional 200' },
  ],
];

const replacing: Story[] = [
  [
    'may remove what a failure was to replace',
    { failureRemoves: true },
    [
      [1000, get(), fresh],
      [1010, get(), failed],
      [1010, get()],
    ],
    { standard: 'stale conditional 200', product: 'uri-miss 200' },
  ],
  [
    'may store nothing where some statuses end a copy',
    { removedBy: [204] },
    [
      [1000, get(), fresh],
      [1010, get(), { status: 204, fields: cc('max-age=10') }],
      [1011, get()],
    ],
    { standard: 'hit 204', product: 'uri-miss 200' },
  ],
  [
    'may keep its copy where some statuses come that it does not store',
    { keptBy: [204], refusesStatus: [204] },
    [
      [1000, get(), fresh],
      [1010, get(), { status: 204, fields: cc('max-age=10') }],
      [1011, get()],
    ],
    { standard: 'hit 204', product: 'stale conditional 200' },
  ],
  [
    'may keep its copy where what comes has an earlier Date',
    { storesLaterOnly: true },
    [
      [1000, get(), { fields: [...cc('max-age=10'), ...tag, dated(1000)] }],
      [1010, get(), { fields: [...cc('max-age=99'), dated(999)] }],
      [1011, get()],
    ],
    { standard: 'hit 200', product: 'stale conditional 200' },
  ],
  [
    'may keep its copy where no-cache brought what it does not store',
    { keepsWhatNoCacheReplaces: true },
    [
      [1000, get(), fresh],
      [1001, get(cc('no-cache')), { fields: cc('no-store') }],
      [1002, get()],
    ],
    { standard: 'uri-miss 200', product: 'hit 200' },
  ],
  [
    'may believe a 304 that names a validator which it has not stored',
    { believesNotModified: true },
    [
      [1000, get(), { fields: [...cc('max-age=10'), ['Last-Modified', formatDate(900)]] }],
      [1010, get(), { status: 304, fields: [...cc('max-age=10'), ...tag] }],
      [1011, get()],
    ],
    { standard: 'uri-miss 200', product: 'hit 200' },
  ],
  [
    'may go on validating what said so first, whatever a 304 says',
    { keepsValidationTerms: true },
    [
      [1000, get(), { fields: [...cc('no-cache'), ...tag] }],
      [1001, get(), { status: 304, fields: [...cc('max-age=10'), ...tag] }],
      [1002, get()],
    ],
    { standard: 'hit 200', product: 'stale conditional 200' },
  ],
  [
    'may renew nothing by a 304 with no-store',
    { keepsValidated: 'as-it-was' },
    [
      [1000, get(), fresh],
      [1010, get(), { status: 304, fields: cc('no-store, max-age=10') }],
      [1011, get()],
    ],
    { standard: 'uri-miss 200', product: 'stale conditional 200' },
  ],
  [
    'may invalidate only the variant that an unsafe method selects',
    { invalidatesOne: true },
    [
      [1000, thing('a'), varied],
      [1001, thing('b', 'POST')],
      [1002, thing('a')],
    ],
    { standard: 'uri-miss 200', product: 'hit 200' },
  ],
];

const onError: Story[] = [
  [
    'may serve on error what the client refused',
    { servesRefusedOnError: true, staleOnError: 60 },
    [
      [1000, get(), fresh],
      [1009, get(cc('min-fresh=5')), failed],
    ],
    { standard: 'request conditional 503', product: 'request conditional 200' },
  ],
  [
    'may find what it served on error fresh by a new Expires',
    { staleOnError: 60, renewsOnError: 1800 },
    [
      [1000, get(), { fields: [['Expires', formatDate(1005)], dated(1000), ...tag] }],
      [1010, get(), failed],
      [1011, get()],
    ],
    { standard: 'stale conditional 200', product: 'hit 200' },
  ],
];

describe('a product', () => {
  it.each([...storing, ...asking, ...replacing, ...onError])('%s', (_what, trait, steps, expected) => {
    expect({ standard: told({}, steps), product: told(trait, steps) }).toEqual(expected);
  });

  it('may store what has Vary * to purge it, and match it never', () => {
    const { cache, exchange } = aCache({ ...rfcBehaviour, storesVaryStar: 'unmatched' });
    exchange(get(), { fields: [...cc('max-age=10'), ['Vary', '*']] }, 1000);
    expect(exchange(get(), fresh, 1001).verdict).toMatchObject({ kind: 'forward' });
    expect(purge(cache, get())).toBeGreaterThan(0);
  });

  it('may drop the client’s precondition, and leave its range', () => {
    const asked = get([
      ['If-None-Match', '"a"'],
      ['Range', 'bytes=0-1'],
    ]);
    const sent = (trait: Partial<Behaviour>) => forwarded(aCache({ ...rfcBehaviour, ...trait }).decide(asked, 1000));
    expect(sent({}).fields).toEqual(asked.fields);
    expect(sent({ dropsPreconditions: true }).fields).toEqual([['Range', 'bytes=0-1']]);
  });

  it('may ask by a weak tag as if it were strong', () => {
    const told = aCache({ ...rfcBehaviour, asksByStrongTag: true });
    told.exchange(get(), { fields: [...cc('max-age=10'), ['ETag', 'W/"a"']] }, 1000);
    expect(forwarded(told.decide(get(), 1010)).fields).toEqual([['If-None-Match', '"a"']]);
  });

  it('may count Age from the Date of the 304 on', () => {
    const age = (trait: Partial<Behaviour>): string | undefined => {
      const { exchange } = aCache({ ...rfcBehaviour, emitsAge: 'always', ...trait });
      exchange(get(), fresh, 1000);
      const { received } = exchange(get(), { status: 304, fields: [dated(1007), ['Age', '2']] }, 1010);
      return combined(received!.head.fields, 'age');
    };
    expect([age({}), age({ addsAgeToDate: true })]).toEqual(['3', '5']);
  });

  it('may leave the stored Date where a 304 has none', () => {
    const age = (trait: Partial<Behaviour>): string | undefined => {
      const { exchange } = aCache({ ...rfcBehaviour, emitsAge: 'always', ...trait });
      exchange(get(), { fields: [...fresh.fields, dated(1000)] }, 1000);
      return combined(exchange(get(), { status: 304, fields: tag }, 1010).received!.head.fields, 'age');
    };
    expect([age({}), age({ leavesUndated: true })]).toEqual(['0', '10']);
  });

  it('may serve no copy with some directives when nobody answers', () => {
    const status = (trait: Partial<Behaviour>): number => {
      const behaviour = { ...rfcBehaviour, staleOnError: 60, onlyRevalidateForbidsStale: true, ...trait } as const;
      const { cache, exchange, decide } = aCache(behaviour);
      exchange(get(), { fields: [...cc('s-maxage=10'), ...tag] }, 1000);
      return receiveFailure(cache, forwarded(decide(get(), 1020)), 1020).head.status;
    };
    expect([status({}), status({ disconnectedForbiddenBy: ['s-maxage'] })]).toEqual([200, 502]);
  });

  it('may heed a range in what it stores for HEAD', () => {
    const steps: Step[] = [
      [1000, get(), fresh],
      [1001, { ...head, fields: [['Range', 'bytes=0-1']] }],
    ];
    expect([told({}, steps), told({ rangesOf: ['HEAD'] }, steps)]).toEqual(['hit 200', 'hit 206']);
  });

  it('may serve the whole for a 5xx, whatever range was asked for, and part of it for a precondition', () => {
    const ranged: Step[] = [
      [1000, get(), fresh],
      [1010, range('0-1'), failed],
    ];
    const compared: Step[] = [
      [1000, get(), fresh],
      [1010, ifNone('"a"'), failed],
    ];
    const both = (wholeOnError: 'of-5xx' | 'of-precondition') =>
      [ranged, compared].map((steps) => told({ staleOnError: 60, wholeOnError }, steps).slice(-3));
    expect(both('of-5xx')).toEqual(['200', '304']);
    expect(both('of-precondition')).toEqual(['206', '200']);
  });

  it('may cut the range that it was asked for out of what takes the place of a copy', () => {
    const second = (bytes: string): Step[] => [
      [1000, get(), fresh],
      [1010, range(bytes), fresh],
    ];
    const statuses = ['0-1', '30-'].map((bytes) => told({ cutsFetched: 'replacing' }, second(bytes)).slice(-3));
    expect(statuses).toEqual(['206', '200']);
    expect(told({ cutsFetched: 'replacing' }, [[1000, range('0-1'), fresh]]).slice(-3)).toBe('200');
  });
});
