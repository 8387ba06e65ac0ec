// How does Google Cloud CDN speak and behave? By Via and Age, and by one word where its operator has named a field for it.
// Source: docs.cloud.google.com, Cloud CDN caching and custom headers; nothing was measured.
import type { FieldLine, FieldLines } from '../http/fields.ts';
import { HIT, PASSED, STALE, wordsOf } from './cache-words.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastNamed, sentAge } from './members.ts';
import { lastIndex } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

/** The load balancer writes it, with or without its cache. */
const via = /(?:^|,)[ \t]*\d\.\d google[ \t]*(?:,|$)/;

/** Operators choose the name; these are the usual ones, the value is always one of the words below. */
const statusNames = [
  'X-Cache-Status',
  'X-Cache-Hit',
  'X-Cache',
  'X-CDN-Cache',
  'X-CDN-Cache-Status',
  'CDN-Cache-Status',
  'X-GCDN-Status',
  'X-Goog-Cache-Status',
  'Cache-Status',
];
const idNames = ['X-Cache-ID', 'Cache-ID', 'X-CDN-Cache-ID', 'CDN-Cache-ID', 'X-GCDN-Cache-ID', 'X-Goog-Cache-ID'];

/** What {cdn_cache_status} is replaced by. */
const words = wordsOf({
  hit: HIT,
  miss: { cacheStatus: { fwd: 'miss' } },
  revalidated: { cacheStatus: { fwd: 'stale', fwdStatus: 304, stored: true }, revalidated: true },
  stale: STALE,
  uncacheable: PASSED,
  disabled: PASSED,
});

/** What {cdn_cache_id} is replaced by: a location, and an instance there. */
const cacheId = /^([A-Z]{3})-[0-9A-Za-z]{1,32}$/;

/** Signs of caches behind the load balancer, whose Age this may be. */
const othersSigns = ['x-varnish', 'x-cache-lookup', 'x-served-by', 'x-cache', 'x-cache-status', 'cache-status'];

const signature = (fields: FieldLines): number | undefined => lastIndex(fields, 'via', (value) => via.test(value));

function decode(fields: FieldLines): Decoded | undefined {
  if (signature(fields) === undefined) return undefined;
  const id = idNames.map((name) => lastNamed(fields, name.toLowerCase())).find((value) => cacheId.test(value ?? ''));
  const place = cacheId.exec(id ?? '')?.[1];
  const said = worded(fields) ?? unworded(fields);
  return {
    ...said,
    cacheStatus: { ...(id !== undefined && { cache: id }), ...said.cacheStatus },
    ...(place !== undefined && { place }),
  };
}

function worded(fields: FieldLines): Decoded | undefined {
  const by = statusNames.find((name) => words.has(lastNamed(fields, name.toLowerCase()) ?? ''));
  const said = by === undefined ? undefined : words.get(lastNamed(fields, by.toLowerCase()) ?? '');
  if (said === undefined || by === undefined) return undefined;
  const isStored = said.cacheStatus.hit === true || said.revalidated === true;
  return { ...said, by, ...(isStored && sentAge(fields)) };
}

/** Age is on what came from its store alone; but a cache behind it writes that field too. */
function unworded(fields: FieldLines): Decoded {
  const { age } = sentAge(fields);
  if (age === undefined) return { cacheStatus: {}, by: 'Via', notSeparable: WITHOUT_AGE };
  if (age === 0 || othersSigns.some((name) => lastIndex(fields, name) !== undefined))
    return { cacheStatus: {}, by: 'Via', notSeparable: WITH_OTHERS };
  return { cacheStatus: { hit: true }, by: 'Age', age, notSeparable: WITH_AGE };
}

const WITHOUT_AGE = 'A miss, a page that is not stored, and a load balancer without Cloud CDN look the same.';
const WITH_OTHERS = 'This Age may be Cloud CDN’s or that of a cache behind it.';
const WITH_AGE = 'Age tells of a stored copy: Cloud CDN’s, or that of a cache behind it that says nothing else.';

function speak(event: Spoken): FieldLine[] {
  const { hit, fwd } = event.cacheStatus;
  const word = event.stale ? 'stale' : hit === true ? 'hit' : event.revalidated ? 'revalidated' : undefined;
  return [
    ['Via', '1.1 google'],
    ['X-Cache-Status', word ?? (fwd === 'bypass' ? 'uncacheable' : 'miss')],
  ];
}

export const google: Dialect = {
  id: 'google',
  title: 'Google Cloud CDN',
  reference: 'https://docs.cloud.google.com/cdn/docs/caching',
  reads: ['via', 'age', ...[...statusNames, ...idNames, ...othersSigns].map((name) => name.toLowerCase())],
  signature,
  decode,
  speak,
  behaviour: {
    ...rfcBehaviour,
    targetedFields: [],
    // in the default cache mode, for static content
    defaultTtl: 3600,
    heuristicShare: 0,
    grace: 86_400,
    obeysStaleIfError: false,
    storesSetCookie: false,
  },
  grounds: {
    usual: 'assumed',
    by: 'https://docs.cloud.google.com/cdn/docs/caching',
    except: {
      documented: [
        'emitsAge',
        'lifetimeFrom',
        'defaultTtl',
        'heuristicShare',
        'grace',
        'obeysStaleWhileRevalidate',
        'obeysStaleIfError',
        'storesSetCookie',
        'revalidates',
      ],
    },
  },
};
