// Which of a browser’s own stores answered, by the records that browsers write?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord } from '../../../shared/dialects/browser-record.ts';

const received = (response: object) => ({
  method: 'Network.responseReceived',
  params: { response: { status: 200, ...response } },
});

describe('an event of the DevTools protocol', () => {
  it('names the store that answered', () => {
    expect(decodeRecord(received({ fromDiskCache: true }))?.cacheStatus).toEqual({ cache: 'disk cache', hit: true });
    expect(decodeRecord(received({ fromPrefetchCache: true }))?.cacheStatus).toEqual({
      cache: 'prefetch cache',
      hit: true,
    });
    expect(decodeRecord({ method: 'Network.requestServedFromCache', params: { requestId: '1' } })?.cacheStatus).toEqual(
      {
        cache: 'memory cache',
        hit: true,
      },
    );
  });

  it('tells from where a service worker had it, or that it does not tell', () => {
    const worker = (source?: string) =>
      decodeRecord(received({ fromServiceWorker: true, serviceWorkerResponseSource: source }));
    expect(worker('cache-storage')?.cacheStatus).toEqual({
      cache: 'service worker',
      hit: true,
      detail: 'cache-storage',
    });
    expect(worker('http-cache')?.cacheStatus).toEqual({ cache: 'disk cache', hit: true });
    expect(worker('network')?.cacheStatus).toEqual({ cache: 'service worker', fwd: 'bypass', detail: 'network' });
    expect(worker()).toMatchObject({
      cacheStatus: { cache: 'service worker' },
      notSeparable: expect.any(String) as string,
    });
  });

  it('shows a 304 of the wire, which the page does not see', () => {
    const extra = { method: 'Network.responseReceivedExtraInfo', params: { statusCode: 304 } };
    expect(decodeRecord(received({}), extra)).toMatchObject({
      cacheStatus: { fwd: 'stale', fwdStatus: 304 },
      revalidated: true,
    });
  });

  it('says nothing where the network answered', () => {
    expect(decodeRecord(received({ fromDiskCache: false, fromServiceWorker: false }))).toBeUndefined();
    expect(decodeRecord(received({}), { params: { statusCode: 200 } })).toBeUndefined();
  });
});

describe('an entry of a HAR', () => {
  it('names the store, as Chrome writes it and as Safari does', () => {
    const entry = { request: {}, response: { status: 200 } };
    expect(decodeRecord({ ...entry, _fromCache: 'memory' })?.cacheStatus).toEqual({ cache: 'memory cache', hit: true });
    expect(decodeRecord({ ...entry, _fromCache: 'disk' })?.cacheStatus).toEqual({ cache: 'disk cache', hit: true });
    expect(decodeRecord({ ...entry, _fetchType: 'Disk Cache' })?.cacheStatus).toEqual({
      cache: 'disk cache',
      hit: true,
    });
    const worker = {
      ...entry,
      response: { _fetchedViaServiceWorker: true, _serviceWorkerResponseSource: 'cache-storage' },
    };
    expect(decodeRecord(worker)?.cacheStatus).toMatchObject({ cache: 'service worker', hit: true });
    expect(decodeRecord({ ...entry, response: { _fetchedViaServiceWorker: false } })).toBeUndefined();
  });

  it('may be anything at all', () => {
    fc.assert(fc.property(fc.anything(), fc.anything(), (record, extra) => void decodeRecord(record, extra)));
  });
});
