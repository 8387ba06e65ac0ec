// What bytes could stand where a message should? Whole messages with lies in their framing, then changed byte by byte.
import fc from 'fast-check';

const CONTENT = 'complete content';

/** One of the texts of any row. */
const oneOf = (...rows: readonly string[][]): fc.Arbitrary<string> => fc.constantFrom(...rows.flat());

/** So that what is wrong later is reached. */
const mostly = (right: string, odd: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: odd });

const chunked = (content: string): string => `${content.length.toString(16)}\r\n${content}\r\n0\r\n\r\n`;

/** The framing of an answer, right and wrong, and its content. */
const framings: readonly (readonly [lines: readonly string[], content: string])[] = [
  [['Content-Length: 16'], CONTENT],
  [['Transfer-Encoding: chunked'], chunked(CONTENT)],
  [[], CONTENT],
  [['Content-Length: 17'], CONTENT],
  [['Content-Length: 9'], CONTENT],
  [['Content-Length: 0'], CONTENT],
  [['Content-Length: -1'], CONTENT],
  [['Content-Length: 16, 16'], CONTENT],
  [['Content-Length: 16', 'Content-Length: 17'], CONTENT],
  [['Content-Length: 99999999999999999999'], CONTENT],
  [['Content-Length: 16', 'Transfer-Encoding: chunked'], chunked(CONTENT)],
  [['Transfer-Encoding: chunked', 'Content-Length: 16'], CONTENT],
  [['Transfer-Encoding: chunked, chunked'], chunked(CONTENT)],
  [['Transfer-Encoding: gzip'], CONTENT],
  [['Transfer-Encoding : chunked'], chunked(CONTENT)],
  [['Transfer-Encoding: chunked'], '10\r\ncomplete content\r\n'],
  [['Transfer-Encoding: chunked'], '10\r\ncomplete con'],
  [['Transfer-Encoding: chunked'], 'ffffffffffffffffff\r\ncomplete content\r\n0\r\n\r\n'],
  [['Transfer-Encoding: chunked'], 'complete content'],
  [['Transfer-Encoding: chunked'], `10;${'x'.repeat(20_000)}\r\ncomplete content\r\n0\r\n\r\n`],
  [['Transfer-Encoding: chunked'], '10\r\ncomplete content\r\n0\r\nContent-Length: 3\r\nX: \0\r\n\r\n'],
];

const oddStatusLine = oneOf(
  ['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK', 'HTTP/1.1 200 OK', 'HTTP/1.1 200', 'HTTP/1.0 200 OK', 'HTTP/1.1 204 No'],
  ['HTTP/1.1 304 Not', 'HTTP/1.1 100 Continue', 'HTTP/1.1 103 Early', 'HTTP/1.1 101 Switching', 'HTTP/1.1 999 ?'],
  ['HTTP/1.1 099 ?', 'HTTP/1.1 0 ?', 'HTTP/9.9 200 OK', 'HTTP/1.1 2000 OK', 'ICY 200 OK', 'HTTP/1.1 200 \0', ''],
  ['HTTP/1.1 206 Partial', 'HTTP/1.1 503 Away', 'HTTP/1.1 200 OK\nX: y', '<html>', ' HTTP/1.1 200 OK'],
);

const statusLine = mostly('HTTP/1.1 200 OK', oddStatusLine);

const line = oneOf(
  ['ETag: "a"', 'Vary: *', 'Vary: X-Y, ,', 'Age: -1', 'Connection: close', 'Connection: keep-alive', 'X-Odd: \0'],
  [
    ' folded: line',
    'X: a\r\n b',
    'X : y',
    ': no name',
    'no colon',
    'X: \u00ff\u0080',
    `X: ${'y'.repeat(20_000)}`,
    'X:\ny',
  ],
  ['Content-Range: bytes 0-3/2', 'Upgrade: websocket', 'Trailer: Content-Length', 'X: a\rb', 'Date: never'],
  ['Cache-Status: "', 'Age: 99999999999999999999', 'Set-Cookie: \u0001', 'Keep-Alive: timeout=0', 'Expires: 0'],
);

interface Cut {
  readonly at: number;
  readonly with: string;
  readonly drop: number;
}

const cut: fc.Arbitrary<Cut> = fc.record({
  at: fc.nat(),
  with: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 3 }).map((codes) => String.fromCharCode(...codes)),
  drop: fc.nat(3),
});

const cutInto = (text: string, { at, with: other, drop }: Cut): string => {
  const where = text.length === 0 ? 0 : at % text.length;
  return text.slice(0, where) + other + text.slice(where + drop);
};

/** Bytes, each one character; sent in pieces that end at `pauses`. */
export interface Bytes {
  readonly text: string;
  readonly pauses: readonly number[];
}

const inPieces = (whole: fc.Arbitrary<string>): fc.Arbitrary<Bytes> =>
  fc
    .tuple(
      whole,
      fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(cut, { maxLength: 2 }) }),
      fc.array(fc.nat(400), { maxLength: 2 }),
    )
    .map(([text, cuts, pauses]) => ({ text: cuts.reduce(cutInto, text), pauses: pauses.toSorted((a, b) => a - b) }));

const lineEnd = mostly('\r\n', fc.constantFrom('\n', '\r'));

/** An answer that a cache would keep for a minute, were it whole. */
export const answers: fc.Arbitrary<Bytes> = inPieces(
  fc
    .tuple(statusLine, fc.array(line, { maxLength: 1 }), fc.constantFrom(...framings), lineEnd)
    .map(([status, lines, [framing, content], end]) => {
      const head = [status, 'Cache-Control: max-age=60', ...framing, ...lines, '', ''];
      return head.join(end) + content;
    }),
);

const oddRequestLine = oneOf(
  ['GET / HTTP/1.1', 'GET / HTTP/1.1', 'POST / HTTP/1.1', 'POST / HTTP/1.1', 'HEAD / HTTP/1.1', 'PURGE / HTTP/1.1'],
  [
    'OPTIONS * HTTP/1.1',
    'CONNECT a:1 HTTP/1.1',
    'GET  / HTTP/1.1',
    'GET /\u00ff\0 HTTP/1.1',
    'GET / HTTP/1.0',
    'GET /',
  ],
  [
    'GET http://[::1/ HTTP/1.1',
    'GET http:// HTTP/1.1',
    'GET //x/../%zz HTTP/1.1',
    'get / HTTP/1.1',
    'TRACE / HTTP/1.1',
  ],
  [
    'GET ?a#b HTTP/1.1',
    'GET https://other.example/x HTTP/1.1',
    `GET /${'a'.repeat(20_000)} HTTP/1.1`,
    'M-SEARCH * HTTP/1.1',
  ],
  ['GET /a|b"<>^`{} HTTP/1.1', 'GET /\u00e9 HTTP/1.1', 'GET HTTP://A:99999/ HTTP/1.1', 'GET ftp://a/ HTTP/1.1'],
);

const requestLine = fc.oneof(fc.constantFrom('GET / HTTP/1.1', 'POST / HTTP/1.1'), oddRequestLine);

const requestOnly = oneOf(
  ['Expect: 100-continue', 'Expect: x', 'Range: bytes=-', 'If-Range: "', 'If-None-Match: "a', 'Cache-Control: max-age'],
  ['Host: b', 'Host: ', 'Upgrade: h2c', 'TE: trailers', 'Via: \u00ff', 'If-Modified-Since: x', 'Connection: Host, Via'],
);

/** A request as it would come from a broken or hostile client. */
export const requests: fc.Arbitrary<Bytes> = inPieces(
  fc
    .tuple(requestLine, fc.array(fc.oneof(line, requestOnly), { maxLength: 2 }), fc.constantFrom(...framings), lineEnd)
    .map(([first, lines, [framing, content], end]) => {
      const withContent = first.startsWith('POST');
      return (
        [first, 'Host: a.test', ...(withContent ? framing : []), ...lines, '', ''].join(end) +
        (withContent ? content : '')
      );
    }),
);
