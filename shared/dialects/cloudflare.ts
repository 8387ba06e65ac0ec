// How does Cloudflare speak and behave? By one word in CF-Cache-Status.
// Source: developers.cloudflare.com/cache, concepts; nothing was measured.
import { last, type FieldLine, type FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastIndex, wholeNumber } from './read.ts';
import { statusWord } from './status-word.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

const ray = /^[0-9a-f]{16}-[A-Z]{3}$/;

const words: ReadonlyMap<string, Omit<Decoded, 'by'>> = new Map(
  Object.entries({
    HIT: { cacheStatus: { hit: true } },
    MISS: { cacheStatus: { fwd: 'uri-miss' } },
    EXPIRED: { cacheStatus: { fwd: 'stale' } },
    REVALIDATED: { cacheStatus: { fwd: 'stale', fwdStatus: 304 }, revalidated: true },
    // its parent cannot be reached
    STALE: { cacheStatus: { hit: true }, stale: true },
    // it refreshes behind this answer
    UPDATING: { cacheStatus: { hit: true }, stale: true },
    // the response forbids storing, or the URL is not eligible
    BYPASS: { cacheStatus: { fwd: 'bypass', stored: false } },
    DYNAMIC: { cacheStatus: { fwd: 'bypass', stored: false } },
  } satisfies Record<string, Omit<Decoded, 'by'>>),
);

function signature(fields: FieldLines): number | undefined {
  const found = Math.max(
    lastIndex(fields, 'cf-cache-status', () => true) ?? -1,
    lastIndex(fields, 'cf-ray', (value) => ray.test(value.trim())) ?? -1,
  );
  return found < 0 ? undefined : found;
}

/** An Age is its own only on what came from its store; elsewhere it is the parent's. */
function decode(fields: FieldLines): Decoded | undefined {
  const word = words.get(last(fields, 'cf-cache-status')?.trim() ?? '');
  if (word === undefined) return undefined;
  const isStored = word.cacheStatus.hit === true || word.revalidated === true;
  const age = isStored ? wholeNumber(last(fields, 'age')) : undefined;
  return { ...word, by: 'CF-Cache-Status', ...(age === undefined ? {} : { age }) };
}

const speak = (event: Spoken): FieldLine[] => [['CF-Cache-Status', statusWord(event)]];

export const cloudflare: Dialect = {
  id: 'cloudflare',
  title: 'Cloudflare',
  reference: 'https://developers.cloudflare.com/cache/concepts/cache-responses/',
  reads: ['cf-cache-status', 'cf-ray', 'age'],
  signature,
  decode,
  speak,
  behaviour: {
    ...rfcBehaviour,
    targetedFields: ['cloudflare-cdn-cache-control', 'cdn-cache-control'],
    // of those it keeps unasked, 302 and 303 stay 20 minutes and 404 and 410 three: these are left out here
    defaultTtl: 7200,
    heuristicStatus: [200, 206, 301],
    heuristicShare: 0,
    storesSetCookie: false,
    storesNoCache: false,
    head: 'as-get',
  },
  grounds: {
    usual: 'assumed',
    by: 'https://developers.cloudflare.com/cache/concepts/default-cache-behavior/',
    except: {
      documented: [
        'emitsAge',
        'targetedFields',
        'lifetimeFrom',
        'defaultTtl',
        'heuristicStatus',
        'heuristicShare',
        'grace',
        'obeysStaleWhileRevalidate',
        'obeysStaleIfError',
        'obeysMustRevalidate',
        'storesSetCookie',
        'storesNoCache',
        'ignoresAuthorization',
        'revalidates',
        'head',
      ],
    },
  },
};
