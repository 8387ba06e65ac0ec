// Which of its own caches did a browser answer from, by its record of a request?
// Source: chromedevtools.github.io/devtools-protocol (Network); the HAR exports of Chrome and Safari, in their own sources.
import { fieldOf, textOf } from '../raw-value.ts';
import type { Decoded } from './dialect.ts';

/** How the browser names its stores. */
export type BrowserCache = 'memory cache' | 'disk cache' | 'prefetch cache' | 'service worker';

/**
 * What a browser says of its own cache in one record; undefined where it says nothing, or is no such record. Reads an event
 * `Network.responseReceived` (whole, its params, or its response), `Network.requestServedFromCache`, and an entry of a HAR.
 * `extra`: the event `Network.responseReceivedExtraInfo` of the same request, whose status is that on the wire.
 */
export function decodeRecord(record: unknown, extra?: unknown): Decoded | undefined {
  if (fieldOf(record, 'method') === 'Network.requestServedFromCache')
    return hitIn('memory cache', 'requestServedFromCache');
  const params = fieldOf(record, 'params') ?? record;
  const response = fieldOf(params, 'response') ?? params;
  return workerIn(response) ?? flagged(response) ?? exported(record, response) ?? validated(response, extra);
}

const hitIn = (cache: BrowserCache, by: string): Decoded => ({ cacheStatus: { cache, hit: true }, by });

/** A service worker goes first, whatever it answers from. */
function workerIn(response: unknown): Decoded | undefined {
  const by = ['fromServiceWorker', '_fetchedViaServiceWorker'].find((name) => fieldOf(response, name) === true);
  if (by === undefined) return undefined;
  const cache: BrowserCache = 'service worker';
  const source = textOf(
    fieldOf(response, 'serviceWorkerResponseSource') ?? fieldOf(response, '_serviceWorkerResponseSource'),
  );
  switch (source) {
    case 'cache-storage':
      // its scripts' own store: nothing there grows stale by HTTP
      return { cacheStatus: { cache, hit: true, detail: 'cache-storage' }, by };
    case 'http-cache':
      return hitIn('disk cache', by);
    case 'network':
    case 'fallback-code':
      return { cacheStatus: { cache, fwd: 'bypass', detail: source }, by };
    default:
      return {
        cacheStatus: { cache },
        by,
        notSeparable: 'A service worker answered; from where it had that, it does not say.',
      };
  }
}

function flagged(response: unknown): Decoded | undefined {
  if (fieldOf(response, 'fromPrefetchCache') === true) return hitIn('prefetch cache', 'fromPrefetchCache');
  return fieldOf(response, 'fromDiskCache') === true ? hitIn('disk cache', 'fromDiskCache') : undefined;
}

/** Chrome writes `_fromCache` into an entry, Safari `_fetchType`. */
function exported(entry: unknown, response: unknown): Decoded | undefined {
  const chrome = textOf(fieldOf(entry, '_fromCache'));
  if (chrome === 'memory' || chrome === 'disk') return hitIn(`${chrome} cache`, '_fromCache');
  const safari = textOf(fieldOf(entry, '_fetchType') ?? fieldOf(response, '_fetchType'));
  if (safari === 'Memory Cache') return hitIn('memory cache', '_fetchType');
  if (safari === 'Disk Cache') return hitIn('disk cache', '_fetchType');
  if (safari !== 'Service Worker') return undefined;
  const notSeparable = 'A service worker answered; from where it had that, it does not say.';
  return { cacheStatus: { cache: 'service worker' }, by: '_fetchType', notSeparable };
}

/** The page sees its stored 200 where the wire had a 304. */
function validated(response: unknown, extra: unknown): Decoded | undefined {
  const onWire = fieldOf(fieldOf(extra, 'params') ?? extra, 'statusCode');
  if (onWire !== 304 || fieldOf(response, 'status') === 304) return undefined;
  return {
    cacheStatus: { cache: 'disk cache', fwd: 'stale', fwdStatus: 304, stored: true },
    revalidated: true,
    by: 'responseReceivedExtraInfo',
  };
}
