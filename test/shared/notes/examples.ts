// For each note on one response: a response of which it is said. The first line of each is what makes it so.
import type { FieldLine } from '../../../shared/http/fields.ts';
import type { RecordedResponse } from '../../../shared/recorded-response.ts';

/** Thu, 09 Oct 2025 08:53:20 GMT */
export const NOW = 1_760_000_000;
const DATE = 'Thu, 09 Oct 2025 08:53:20 GMT';
const BEFORE = 'Thu, 09 Oct 2025 08:43:20 GMT';
const AFTER = 'Thu, 09 Oct 2025 08:55:00 GMT';

const withDate = (fields: readonly FieldLine[]): FieldLine[] =>
  fields.some(([name]) => name === 'Date') ? [...fields] : [['Date', DATE], ...fields];

type Rest = Partial<Omit<RecordedResponse, 'fields'>>;

/** @param lines `Name: value`, one a line */
function said(lines: string, rest: Rest = {}): RecordedResponse {
  const fields = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line): FieldLine => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
  return { url: 'https://shop.example/', status: 200, fields: withDate(fields), ...rest };
}

const cc = (value: string, more = '', rest: Rest = {}) => said(`Cache-Control: ${value}\n${more}`, rest);
const received = { receivedAt: NOW };
const VARNISH_HIT = 'X-Varnish: 32770 5\nVia: 1.1 varnish (Varnish/7.1)';

export const examples: Readonly<Record<string, RecordedResponse>> = {
  // chains
  'cache-status-unreadable': said('Cache-Status: edge; hit=maybe'),
  'cache-status-key-unreadable': said('Cache-Status: edge; hit; key=7'),
  'cache-status-hit-and-fwd': said('Cache-Status: edge; hit; fwd=stale'),
  'age-frozen': cc('max-age=60', 'Server: nginx\nAge: 30\nX-Cache-Status: HIT'),
  'age-lost': cc('max-age=60', 'Cache-Status: edge; hit'),
  'lifetimes-add': cc('max-age=60', `${VARNISH_HIT}\nAge: 4\nServer: nginx\nX-Cache-Status: MISS`),
  'lifetime-capped': cc('max-age=3600', 'Age: 10\nCache-Status: edge; hit; ttl=50'),
  'lifetime-stretched': cc('max-age=60', 'Age: 10\nCache-Status: edge; hit; ttl=3600'),
  'stored-against-its-word': cc('private', 'Age: 10\nCache-Status: edge; hit'),
  bypassed: cc('max-age=60', 'Cache-Status: edge; fwd=bypass'),
  history: cc('max-age=60', 'Cache-Status: shield; fwd=miss, edge; hit'),
  'query-ignored': said('Cache-Status: edge; hit; key="https://shop.example/list"', {
    url: 'https://shop.example/list?utm=1',
  }),
  'query-reordered': said('Cache-Status: edge; hit; key="https://shop.example/list?a=1&b=2"', {
    url: 'https://shop.example/list?b=2&a=1',
  }),
  'from-browser-cache': cc('max-age=60', '', {
    browser: { cacheStatus: { cache: 'disk cache', hit: true }, by: '_fromCache' },
  }),

  // freshness
  'no-store': cc('no-store'),
  private: cc('private, max-age=60'),
  'no-cache': cc('no-cache'),
  'must-revalidate': cc('max-age=60, must-revalidate'),
  'must-revalidate-unheard': cc('max-age=60, must-revalidate', VARNISH_HIT),
  'line-for-browsers': cc('public, max-age=0, must-revalidate', 'Age: 553000\nX-Vercel-Cache: HIT'),
  lifetime: cc('max-age=60'),
  'lifetime-zero': cc('max-age=0'),
  'expires-past': said('Expires: 0'),
  'lifetime-unreadable': cc('max-age=soon'),
  'heuristic-lifetime': said('Last-Modified: Wed, 08 Oct 2025 08:53:20 GMT'),
  'no-lifetime': said('Content-Type: text/html'),
  'not-kept': said('Location: /', { status: 302 }),
  'browser-lifetime': cc('s-maxage=600, max-age=60'),
  'browser-lifetime-longer': cc('s-maxage=60, max-age=600'),
  'html-long-lifetime': cc('max-age=86400', 'Content-Type: text/html'),
  fresh: cc('max-age=60', 'Age: 7'),
  stale: cc('max-age=60', 'Age: 70'),
  'stale-forbidden': cc('max-age=60, must-revalidate', 'Age: 70'),

  // status
  'partial-content': said('Content-Range: bytes 0-9/100', { status: 206 }),
  'partial-content-unplaced': said('Content-Type: text/plain', { status: 206 }),
  'not-modified': cc('max-age=60', '', { status: 304 }),
  'not-modified-lean': said('Server: x', { status: 304 }),
  'redirect-kept-for-ever': said('Location: /new', { status: 301 }),
  'redirect-kept': cc('max-age=60', 'Location: /new', { status: 302 }),
  'error-kept': cc('max-age=60', '', { status: 404 }),
  'error-kept-by-guess': said('', { status: 404 }),
  'failure-kept': cc('max-age=60', '', { status: 503 }),
  'failure-not-kept': said('', { status: 500 }),
  'status-unknown': said('', { status: 299 }),
  'method-not-kept': cc('max-age=60', '', { method: 'POST' }),

  // stale windows
  'stale-while-revalidate': cc('max-age=60, stale-while-revalidate=30'),
  'stale-if-error': cc('max-age=60, stale-if-error=30'),
  'stale-window-no-lifetime': cc('stale-while-revalidate=30'),
  'stale-window-long': cc('max-age=60, stale-while-revalidate=864000'),
  'stale-served': cc('max-age=60', 'Server: nginx\nX-Cache-Status: STALE'),
  'stale-warning': said('Warning: 110 squid/5.7 "Response is stale"'),

  // age and date
  'no-date': { url: '', status: 200, fields: [['Server', 'x']] },
  'date-unreadable': said('Date: 2025-10-09T08:53:20Z'),
  'date-future': said(`Date: ${AFTER}`, received),
  'date-rewritten': said('Age: 300', received),
  'age-missing': said(`Date: ${BEFORE}`, received),
  'age-reset': said(`Age: 10\nDate: ${BEFORE}`, received),
  'age-unreadable': said('Age: -1'),
  'age-huge': said('Age: 99999999'),
  'age-twice': said('Age: 7\nAge: 9'),
  'sent-twice': said(`Expires: ${DATE}\nExpires: ${AFTER}`),

  // Cache-Control
  'cc-malformed': cc('max-age = 60, pub lic'),
  'cc-semicolon': cc('public; max-age=60'),
  'cc-misspelled': cc('no-cahce'),
  'cc-unknown': cc('hold-it-dear'),
  'cc-duplicate': cc('max-age=60, max-age=60'),
  'cc-contradictory': cc('max-age=60, max-age=0'),
  'cc-number-unreadable': cc('max-age=60, stale-if-error=1.5'),
  'cc-number-quoted': cc('max-age="60"'),
  'cc-number-huge': cc('max-age=99999999999'),
  'cc-argument-needless': cc('must-revalidate=1'),
  'cc-names-unquoted': cc('no-cache=set-cookie'),
  'cc-request-only': cc('max-age=60, max-stale=5'),
  'cc-case-unheard': cc('Max-Age=60', 'X-Cache: MISS from s\nX-Cache-Lookup: MISS from s:3128\nVia: 1.1 s (squid/5.7)'),
  'cc-check': cc('pre-check=10, post-check=5'),
  'cc-check-wrong': cc('post-check=10'),
  pragma: cc('no-cache', 'Pragma: no-cache'),
  'pragma-alone': said('Pragma: no-cache'),

  // conflicts
  'public-private': cc('public, private'),
  'no-store-beside-lifetime': cc('no-store, max-age=60'),
  'no-store-crowd': cc('no-store, no-cache, must-revalidate'),
  'private-s-maxage': cc('private, s-maxage=60'),
  'no-cache-lifetime': cc('no-cache, max-age=60'),
  'must-understand-alone': cc('must-understand, max-age=60'),
  'revalidate-needless': cc('max-age=60, must-revalidate, proxy-revalidate'),
  'must-revalidate-stale-window': cc('max-age=60, must-revalidate, stale-while-revalidate=30'),
  's-maxage-stale-window': cc('s-maxage=60, stale-while-revalidate=30'),
  'immutable-no-lifetime': cc('immutable'),
  'immutable-no-fingerprint': cc('max-age=31536000, immutable', '', { url: 'https://shop.example/css/site.css' }),
  'public-needless': cc('public, max-age=60'),
  'expires-overridden': cc('max-age=3600', `Expires: ${AFTER}`),

  // targeted fields
  'cdn-cache-control': said('CDN-Cache-Control: max-age=600'),
  'targeted-unreadable': said('CDN-Cache-Control: max-age="600'),
  'targeted-unheard': said(`CDN-Cache-Control: max-age=600\n${VARNISH_HIT}`),
  'targeted-foreign': said('Cloudflare-CDN-Cache-Control: max-age=600'),
  'surrogate-control-unheard': said('Surrogate-Control: max-age=600'),
  'x-accel-expires-unheard': said('X-Accel-Expires: 600'),
  'edge-control-unheard': said('Edge-Control: cache-maxage=60m'),

  // cookies
  'set-cookie': cc('max-age=60', 'Set-Cookie: session=1'),
  'set-cookie-shared': cc('public, max-age=60', 'Set-Cookie: session=1'),
  'set-cookie-from-store': cc('max-age=60', 'Set-Cookie: session=1\nCache-Status: edge; hit\nAge: 3'),
  'cookie-of-the-edge': cc('max-age=60', 'Set-Cookie: __cf_bm=abc; path=/'),
  'authorization-shared': cc('public, max-age=60', '', { requestFields: [['Authorization', 'Basic …']] }),
  'authorization-from-store': cc('max-age=60', 'Server: nginx\nX-Cache-Status: HIT', {
    requestFields: [['Authorization', 'Basic …']],
  }),
  'authorization-private': cc('max-age=60', '', { requestFields: [['Authorization', 'Basic …']] }),

  // Vary
  'vary-star': said('Vary: *'),
  'vary-unreadable': said('Vary: Accept Encoding'),
  'vary-user-agent': said('Vary: Accept-Encoding, User-Agent'),
  'vary-cookie': said('Vary: Cookie'),
  'vary-wide': said('Vary: X-Forwarded-For'),
  'vary-language': said('Vary: Accept-Language'),
  'vary-host': said('Vary: Host'),
  'vary-many': said('Vary: A, B, C, D, E'),
  'vary-duplicate': said('Vary: Origin\nVary: origin'),
  'vary-unheard': said('Vary: Accept-Language\nCF-Cache-Status: HIT\nServer: cloudflare\nCF-RAY: 8f1c2d3e4a5b6c7d-LHR'),
  'vary-encoding-missing': said('Content-Encoding: gzip'),
  'vary-origin-missing': said('Access-Control-Allow-Origin: https://shop.example'),

  // encodings
  'encoding-identity': said('Content-Encoding: identity'),
  'encoding-unknown': said('Content-Encoding: utf-8'),
  'encoding-twice': said('Content-Encoding: gzip, gzip'),
  'no-transform': cc('no-transform, max-age=60'),

  // validators
  'no-validator': cc('max-age=60'),
  'no-cache-no-validator': cc('no-cache'),
  'etag-malformed': said('ETag: abc'),
  'etag-empty': said('ETag: ""'),
  'etag-weak': said('ETag: W/"abc"'),
  'etag-per-server': said('ETag: "10c24bc-4ab-457e1c1f"\nServer: Apache'),
  'etag-gzip-suffix': said('ETag: "4ab-457e1c1f-gzip"'),
  'last-modified-unreadable': said('Last-Modified: yesterday'),
  'last-modified-future': said(`Last-Modified: ${AFTER}`),
  'last-modified-now': said(`Last-Modified: ${DATE}`),

  // vendor
  'purge-keys-exposed': said('Surrogate-Key: home product-7'),
  'purge-keys-long': said(`Cache-Tag: ${'tag-12345,'.repeat(2000)}`),
  'debug-exposed': said('X-Cache-Key: /'),
  'line-unreadable': cc('max-age=60', '', { unreadable: ['Cache Control max-age'] }),
  'status-assumed': cc('max-age=60', '', { statusAssumed: true }),
};
