// What could a broken or hostile neighbour send? Ordinary messages, then changed line by line and byte by byte.
import fc from 'fast-check';
import { formatDate } from '../../../shared/http/date.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';

export const START = 1_700_000_000;

const RESPONSE: readonly FieldLine[] = [
  ['Date', formatDate(START)],
  ['Content-Type', 'text/html'],
  ['Content-Length', '4'],
  ['Cache-Control', 'max-age=60, stale-while-revalidate=30, stale-if-error=30'],
  ['Age', '3'],
  ['Expires', formatDate(START + 60)],
  ['Last-Modified', formatDate(START - 600)],
  ['ETag', '"one", W/"two"'],
  ['Vary', 'Accept-Encoding, Accept-Language'],
  ['Cache-Status', 'a; hit; ttl=30, "b"; fwd=stale; fwd-status=304'],
  ['CDN-Cache-Control', 'max-age=30'],
  ['Cache-Groups', '"one", "two"'],
  ['Content-Range', 'bytes 0-3/4'],
  ['Connection', 'keep-alive, X-Hop'],
  ['Location', '/elsewhere'],
  ['X-Varnish', '5 3'],
];

const REQUEST: readonly FieldLine[] = [
  ['Host', 'shop.example'],
  ['Accept-Encoding', 'gzip'],
  ['Accept-Language', 'en'],
  ['Cache-Control', 'max-stale=5, min-fresh=1'],
  ['If-None-Match', '"one"'],
  ['If-Modified-Since', formatDate(START)],
  ['If-Range', '"one"'],
  ['Range', 'bytes=0-1,-1'],
  ['Authorization', 'Basic eA=='],
];

const RESPONSE_NAMES = RESPONSE.map(([name]) => name);
const NAMES = [...RESPONSE_NAMES, ...REQUEST.map(([name]) => name), 'Pragma', 'Set-Cookie', 'X-Accel-Expires', 'Via'];

/** Bytes as they stand on the wire, each one character. */
const bytes = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes));

/** What stands where a number is expected. */
const number = fc.oneof(
  fc.integer({ min: -3, max: 200 }).map(String),
  fc.constantFrom(
    '-1',
    '2147483648',
    '99999999999999999999',
    '1e9',
    '0x10',
    '1.5',
    '+5',
    '00',
    ' 7 ',
    '"8"',
    '',
    'NaN',
  ),
  fc.integer({ min: 1, max: 400 }).map((digits) => '9'.repeat(digits)),
);

const date = fc.oneof(
  fc.integer({ min: -7e10, max: 2.5e11 }).map(formatDate),
  fc.constantFrom(
    '0',
    '-1',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'Sun, 30 Feb 2025 00:00:00 GMT',
  ),
  fc.constantFrom(
    'Mon, 01 Jan 0000 00:00:00 GMT',
    'Fri, 31 Dec 9999 23:59:60 GMT',
    'Sun Nov 31 24:00:00 1994',
    'Sunday, 00-Nov-00 ',
  ),
);

const PIECES = [
  ['"', '\\', ',', ';', '=', '*', ' ', '\t', '/', 'no-store', 'private="', 'no-cache="a,', 'max-age=', 's-maxage'],
  ['must-revalidate', 'W/', '"a"', '?1', ':AA==:', 'hit', 'fwd=', 'bytes', '\u00ff', '\u0080', 'only-if-cached', 'x'],
].flat();

const piece = fc.constantFrom(...PIECES);

const directives = fc
  .array(
    fc.oneof(
      fc
        .tuple(fc.constantFrom('max-age', 's-maxage', 'stale-if-error', 'max-stale', 'min-fresh', 'what'), number)
        .map(([name, value]) => `${name}=${value}`),
      piece,
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(', '));

/** Up to 64 kB in one line. */
const long = fc
  .tuple(fc.oneof(piece, bytes), fc.constantFrom(300, 3000, 65_536))
  .map(([text, length]) => text.repeat(Math.ceil(length / Math.max(1, text.length))).slice(0, length));

const manyNames = fc.integer({ min: 1, max: 400 }).map((n) => Array.from({ length: n }, (_, i) => `x-${i}`).join(','));

const value = fc.oneof(
  { weight: 6, arbitrary: directives },
  { weight: 6, arbitrary: number },
  { weight: 6, arbitrary: date },
  { weight: 6, arbitrary: fc.array(piece, { maxLength: 10 }).map((parts) => parts.join('')) },
  { weight: 4, arbitrary: bytes },
  { weight: 2, arbitrary: manyNames },
  { weight: 1, arbitrary: long },
);

const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: bytes });

type Change = (lines: FieldLine[]) => FieldLine[];

const at = fc.nat();
const on = (lines: readonly FieldLine[], where: number): number => (lines.length === 0 ? 0 : where % lines.length);

/** One thing that goes wrong with the lines of a message. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(name, value, at).map(
    ([n, v, where]): Change =>
      (l) =>
        l.toSpliced(on(l, where), 0, [n, v]),
  ),
  fc.tuple(value, at).map(
    ([v, where]): Change =>
      (l) =>
        l.map((line, i) => (i === on(l, where) ? [line[0], v] : line)),
  ),
  at.map(
    (where): Change =>
      (l) =>
        l.toSpliced(on(l, where), 1),
  ),
  at.map((where): Change => (l) => [...l, ...l.slice(on(l, where), on(l, where) + 1)]),
  fc.tuple(at, at, bytes).map(
    ([where, cut, text]): Change =>
      (l) =>
        l.map((line, i) => (i === on(l, where) ? cutIn(line, cut, text) : line)),
  ),
);

function cutIn([n, v]: FieldLine, cut: number, text: string): FieldLine {
  const middle = v.length === 0 ? 0 : cut % v.length;
  return cut % 8 === 0 ? [n + text, v] : [n, v.slice(0, middle) + text + v.slice(middle + 1)];
}

const mangled = (ordinary: readonly FieldLine[]) =>
  fc
    .tuple(fc.subarray([...ordinary]), fc.array(change, { maxLength: 6 }))
    .map(([lines, changes]) => changes.reduce<FieldLine[]>((changed, apply) => apply(changed), lines));

/** What an HTTP parser lets through: a token, then no control characters but the tab. */
export const isHeaderText = ([n, v]: FieldLine): boolean =>
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(n) && /^[\t\x20-\x7e\x80-\xff]*$/.test(v);

/** One exchange as it came: with `parsed`, only what an HTTP parser lets through. */
export const exchange = (parsed: boolean) => {
  const lines = (ordinary: readonly FieldLine[]) => mangled(ordinary).map((l) => (parsed ? l.filter(isHeaderText) : l));
  return fc.record({
    method: fc.constantFrom('GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'DELETE', 'get', '\u0000'),
    url: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.constantFrom('http://shop.example/', 'http://shop.example/a', 'HTTP://SHOP.example:80/#x'),
      },
      { weight: 1, arbitrary: bytes },
    ),
    request: lines(REQUEST),
    status: fc.oneof(fc.constantFrom(200, 200, 200, 304, 304, 500), fc.integer({ min: 100, max: 999 })),
    response: lines(RESPONSE),
    /** Seconds since the exchange before; clocks are set back, too. */
    later: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.double({ min: -1000, max: 4e9, noNaN: true })),
    delay: fc.constantFrom(0, 0.5, 10, -1),
    bodyBytes: fc.constantFrom(0, 10, 100, 5000),
    ends: fc.constantFrom('whole', 'whole', 'whole', 'failure', 'abandoned'),
  });
};

export type Mangled = typeof exchange extends (parsed: boolean) => fc.Arbitrary<infer T> ? T : never;
