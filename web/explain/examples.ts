// What can somebody try who has nothing to paste? Composed, by the rules that the products document.

export interface Example {
  readonly title: string;
  /** What it shows; one clause. */
  readonly shows: string;
  readonly text: string;
}

const lines = (...all: readonly string[]): string => `${all.join('\r\n')}\r\n\r\n`;

export const EXAMPLES: readonly Example[] = [
  {
    title: 'An edge over a shield',
    shows: 'A copy at the edge, and what the shield had said when it was stored.',
    text: lines(
      'HTTP/1.1 200 OK',
      'Content-Type: text/html; charset=utf-8',
      'Date: Sun, 22 Nov 2026 23:35:36 GMT',
      'Cache-Control: public, max-age=60, s-maxage=600, stale-while-revalidate=30',
      'ETag: "4f2c"',
      'Vary: Accept-Encoding',
      'X-Served-By: cache-iad-kcgs7200098-IAD',
      'X-Cache: HIT',
      'X-Cache-Hits: 12',
      'X-Timer: S1700000000.123456,VS0,VE1',
      'Via: 1.1 varnish',
      'Age: 482',
      'CF-Cache-Status: HIT',
      'Server: cloudflare',
      'CF-RAY: 8f1c2d3e4a5b6c7d-LHR',
    ),
  },
  {
    title: 'A redirect, then an old page',
    shows: 'Two responses as curl -sv prints them; the second is stale and still served.',
    text: lines(
      '* Connected to shop.example (192.0.2.7) port 80',
      '> GET / HTTP/1.1',
      '> Host: shop.example',
      '>',
      '< HTTP/1.1 301 Moved Permanently',
      '< Server: nginx/1.27.4',
      '< Date: Sun, 22 Nov 2026 09:00:00 GMT',
      '< Location: https://shop.example/',
      '< Cache-Control: max-age=3600',
      '< X-Cache-Status: HIT',
      '<',
      '* Connected to shop.example (192.0.2.7) port 443',
      '* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384',
      '> GET / HTTP/1.1',
      '> Host: shop.example',
      '>',
      '< HTTP/1.1 200 OK',
      '< Content-Type: text/html; charset=utf-8',
      '< Date: Sun, 22 Nov 2026 08:58:20 GMT',
      '< Last-Modified: Sat, 21 Nov 2026 17:00:00 GMT',
      '< Cache-Control: public, max-age=60, stale-while-revalidate=300',
      '< X-Varnish: 32770 65601',
      '< Age: 100',
      '< Via: 1.1 varnish (Varnish/7.1)',
      '<',
    ),
  },
  {
    title: 'A page that says two things',
    shows: 'A visitor’s cookie in what every cache may keep, and a lifetime that cannot be read.',
    text: lines(
      'HTTP/1.1 200 OK',
      'Content-Type: text/html; charset=utf-8',
      'Content-Encoding: gzip',
      'Date: Sun, 22 Nov 2026 23:35:36 GMT',
      'Cache-Control: public; max-age=10 minutes',
      'Cache-Control: no-cache',
      'Pragma: no-cache',
      'Expires: 0',
      'Set-Cookie: session=6bd1c7e2f0a94d5b; Path=/; HttpOnly; Secure',
      'Vary: User-Agent, Cookie',
      'Cache-Status: shield.example; fwd=miss; stored, edge.example; fwd=uri-miss; stored',
    ),
  },
];
