// RFC 9111 section 3, in its order, and where products differ
import { describe, expect, it } from 'vitest';
import { browser } from '../../../shared/dialects/browser.ts';
import { nginx } from '../../../shared/dialects/nginx.ts';
import { rfcBehaviour } from '../../../shared/dialects/rfc-behaviour.ts';
import { varnish } from '../../../shared/dialects/varnish.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';
import { initialAge } from '../../../shared/http/age.ts';
import { controlOf } from '../../../shared/http/control.ts';
import { mayStore, storableFields } from '../../../shared/http/storage.ts';
import type { NotStored } from '../../../shared/http/storage.ts';
import { termsOf } from '../../../shared/http/terms.ts';

const exchanged = { requestTime: 1000, responseTime: 1000 };
const cc = (value: string): FieldLines => [['Cache-Control', value]];

interface Case {
  readonly method?: string;
  readonly asked?: FieldLines;
  readonly status?: number;
  readonly fields: FieldLines;
}

const decided = ({ method = 'GET', asked = [], status = 200, fields }: Case, behaviour = rfcBehaviour) => {
  const control = controlOf(fields, behaviour);
  const terms = termsOf(status, fields, behaviour, {}, exchanged.responseTime);
  const request = { method, url: 'http://shop.example/a', fields: asked };
  const generatedAt = exchanged.responseTime - initialAge(fields, behaviour, exchanged);
  const clocks = { generatedAt, storedAt: exchanged.responseTime, lifetime: terms.lifetime };
  const storage = mayStore(request, { status, fields }, behaviour, { control, terms }, clocks);
  return storage.store ? 'stored' : storage.because;
};

const authorization: FieldLines = [['Authorization', 'Basic eDp5']];

describe('a standard cache', () => {
  it.each<[string, Case, 'stored' | NotStored]>([
    ['a plain fresh response', { fields: cc('max-age=60') }, 'stored'],
    ['a response to POST', { method: 'POST', fields: cc('max-age=60') }, 'method'],
    ['a response to HEAD', { method: 'HEAD', fields: cc('max-age=60') }, 'method'],
    ['an interim response', { status: 103, fields: cc('max-age=60') }, 'status'],
    ['a part that does not say which', { status: 206, fields: cc('max-age=60') }, 'status'],
    ['a part', { status: 206, fields: [...cc('max-age=60'), ['Content-Range', 'bytes 0-4/9']] }, 'stored'],
    ['a created thing with a validator only', { status: 201, fields: [['ETag', '"a"']] }, 'no-lifetime'],
    [
      'a page that answers POST',
      { method: 'POST', fields: [...cc('max-age=9'), ['Content-Location', '/a']] },
      'stored',
    ],
    [
      'another page that answers POST',
      { method: 'POST', fields: [...cc('max-age=9'), ['Content-Location', '/b']] },
      'method',
    ],
    [
      'no-store for caches of its kind',
      { fields: [...cc('max-age=9'), ['CDN-Cache-Control', 'no-store']] },
      'no-store',
    ],
    [
      'no-store for others than its kind',
      { fields: [...cc('no-store'), ['CDN-Cache-Control', 'max-age=9']] },
      'stored',
    ],
    [
      'a targeted field that cannot be read',
      { fields: [...cc('no-store'), ['CDN-Cache-Control', 'Max-Age=9']] },
      'no-store',
    ],
    ['a 304', { status: 304, fields: cc('max-age=60') }, 'status'],
    ['an unknown status with a lifetime', { status: 299, fields: cc('max-age=60') }, 'stored'],
    ['an unknown status to be understood', { status: 299, fields: cc('max-age=60, must-understand') }, 'status'],
    ['no-store', { fields: cc('max-age=60, no-store') }, 'no-store'],
    ['no-store beside must-understand', { fields: cc('max-age=60, no-store, must-understand') }, 'stored'],
    ['an answer to no-store', { asked: cc('no-store'), fields: cc('max-age=60') }, 'no-store'],
    ['private', { fields: cc('max-age=60, private') }, 'private'],
    ['private for some fields', { fields: cc('max-age=60, private="x-name"') }, 'stored'],
    ['an authorized answer', { asked: authorization, fields: cc('max-age=60') }, 'authorization'],
    ['an authorized public answer', { asked: authorization, fields: cc('max-age=60, public') }, 'stored'],
    ['an authorized s-maxage', { asked: authorization, fields: cc('s-maxage=60') }, 'stored'],
    ['an authorized must-revalidate', { asked: authorization, fields: cc('max-age=60, must-revalidate') }, 'stored'],
    ['Expires', { fields: [['Expires', 'Thu, 01 Jan 1970 01:00:00 GMT']] }, 'stored'],
    ['nothing said', { fields: [] }, 'no-lifetime'],
    ['nothing said, but a validator', { fields: [['ETag', '"a"']] }, 'stored'],
    ['a validator on an unknown status', { status: 299, fields: [['ETag', '"a"']] }, 'no-lifetime'],
    ['no-cache with a validator', { fields: [...cc('no-cache'), ['ETag', '"a"']] }, 'stored'],
    ['a lifetime of nothing', { fields: cc('max-age=0') }, 'stale-on-arrival'],
    ['one that came too old', { fields: [...cc('max-age=60'), ['Age', '60']] }, 'stale-on-arrival'],
    [
      'one that came too old for all but errors',
      { fields: [...cc('max-age=60, stale-if-error=9'), ['Age', '60']] },
      'stored',
    ],
    ['Vary: *', { fields: [...cc('max-age=60'), ['Vary', '*']] }, 'vary-star'],
    ['Set-Cookie', { fields: [...cc('max-age=60'), ['Set-Cookie', 'a=b']] }, 'stored'],
  ])('answers for %s', (_what, given, expected) => {
    expect(decided(given)).toBe(expected);
  });

  it('keeps no field of the connection and none that a directive withholds', () => {
    const fields: FieldLines = [
      ...cc('private="X-Name", no-cache="Set-Cookie"'),
      ['Connection', 'close, X-Hop'],
      ['X-Hop', '1'],
      ['Transfer-Encoding', 'chunked'],
      ['Set-Cookie', 'a=b'],
      ['X-Name', 'Ann'],
      ['X-Kept', '1'],
    ];
    expect(storableFields({ status: 200, fields }, controlOf(fields, rfcBehaviour)).map(([name]) => name)).toEqual([
      'Cache-Control',
      'X-Kept',
    ]);
  });
});

describe('a product', () => {
  it.each<[string, Case, 'stored' | NotStored]>([
    ['Set-Cookie', { fields: [...cc('max-age=60'), ['Set-Cookie', 'a=b']] }, 'set-cookie'],
    ['no-cache', { fields: [...cc('no-cache'), ['ETag', '"a"']] }, 'no-cache'],
    ['no-store in the request', { asked: cc('no-store'), fields: cc('max-age=60') }, 'stored'],
    ['a lifetime of nothing, with a validator', { fields: [...cc('max-age=0'), ['ETag', '"a"']] }, 'stale-on-arrival'],
    ['X-Accel-Expires: 0', { fields: [...cc('max-age=9'), ['X-Accel-Expires', '0']] }, 'stale-on-arrival'],
    ['one that came too old, whose Age it ignores', { fields: [...cc('max-age=60'), ['Age', '90']] }, 'stored'],
    ['nothing said', { fields: [] }, 'no-lifetime'],
  ])('like nginx answers for %s', (_what, given, expected) => {
    expect(decided(given, nginx.behaviour)).toBe(expected);
  });

  it.each<[string, Case, 'stored' | NotStored]>([
    ['a request with Cookie', { asked: [['Cookie', 'a=b']], fields: cc('max-age=60') }, 'request-passes'],
    ['nothing said', { fields: [] }, 'stored'],
    ['nothing said on a 302', { status: 302, fields: [] }, 'no-lifetime'],
    ['one that came too old', { fields: [...cc('max-age=60'), ['Age', '90']] }, 'stale-on-arrival'],
  ])('like Varnish answers for %s', (_what, given, expected) => {
    expect(decided(given, varnish.behaviour)).toBe(expected);
  });

  it('may keep one status only, or answers to requests with Authorization', () => {
    const fields = cc('max-age=60');
    expect(decided({ status: 404, fields }, { ...rfcBehaviour, storesOnlyStatus: [200] })).toBe('status');
    expect(decided({ asked: authorization, fields }, { ...rfcBehaviour, ignoresAuthorization: true })).toBe('stored');
  });
});

describe('a private cache', () => {
  it.each<[string, Case]>([
    ['private', { fields: cc('private, max-age=60') }],
    ['the answer to a request with Authorization', { asked: authorization, fields: cc('max-age=60') }],
  ])('stores %s, which a shared one does not', (_, scene) => {
    expect(decided(scene)).not.toBe('stored');
    expect(decided(scene, browser.behaviour)).toBe('stored');
  });

  it('stores no-store no more than a shared one does', () => {
    expect(decided({ fields: cc('private, no-store, max-age=60') }, browser.behaviour)).toBe('no-store');
  });
});
