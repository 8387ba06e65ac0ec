import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordingIn } from '../../../shared/recorded/recording.ts';

const refusal = (text: string): string => {
  const recording = recordingIn(text);
  return 'refused' in recording ? recording.refused : `accepted: ${JSON.stringify(recording.responses)}`;
};

describe('what cannot be explained is refused in one clause:', () => {
  it.each<[string, string, RegExp]>([
    ['nothing', ' \n', /^is empty$/],
    ['a text', 'hello', /^holds no response/],
    ['a body without a head, as HTTP/0.9 has it', '<html><body>hi</body></html>', /HTTP\/0\.9/],
    ['HTTP/0.9 with a head', 'HTTP/0.9 200 OK\r\nAge: 1\r\n\r\n', /HTTP\/0\.9/],
    ['a status line that breaks off', 'HTTP/1.1 2', /breaks off/],
    ['a head that breaks off', 'HTTP/1.1 200 OK\r\nAge: 1\r\nCache-Con', /breaks off/],
    ['interim responses alone', 'HTTP/1.1 103 Early Hints\nLink: </a>\n\n', /interim/],
    ['lines that end with CR alone', 'HTTP/1.1 200 OK\rAge: 1\r\r', /carriage return/],
    ['lines that end with LF CR', 'HTTP/1.1 200 OK\n\rAge: 1\n\r\n\r', /carriage return/],
    ['a CR within a value', 'HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n', /carriage return/],
    ['a NUL in a head', 'HTTP/1.1 200 OK\nX: a\0b\n\n', /NUL in line 2/],
    ['bytes that are no UTF-8 in a head', 'HTTP/1.1 200 OK\nX: \ufffd\n\n', /UTF-8 in line 2/],
    ['10 MB of fields', `HTTP/1.1 200 OK\n${`X: ${'a'.repeat(1000)}\n`.repeat(10_000)}\n`, /longer than 256 kB/],
    ['10 MB of one field', `HTTP/1.1 200 OK\nX: ${'a'.repeat(10_000_000)}\n\n`, /longer than 256 kB/],
  ])('%s', (_, text, sentence) => expect(refusal(text)).toMatch(sentence));

  it('a HAR that is no UTF-8', () => {
    expect(recordingIn('{"log":{"entries":[]}}', false)).toEqual({ refused: expect.stringMatching(/UTF-8/) });
  });
});

describe('what a body holds does not matter:', () => {
  it.each([
    ['NUL and broken UTF-8', '\0\ufffd\ufffd\0'],
    ['CR alone', 'a\rb\rc'],
    ['half a field', 'Cache-Con'],
    ['10 MB', 'a'.repeat(10_000_000)],
  ])('%s', (_, body) => {
    expect(recordingIn(`HTTP/1.1 200 OK\r\nAge: 1\r\n\r\n${body}`)).toMatchObject({
      responses: [{ status: 200, fields: [['Age', '1']] }],
    });
  });
});

it('a byte order mark is passed over', () => {
  expect(recordingIn('\ufeffHTTP/1.1 200 OK\nAge: 1\n\n')).toHaveProperty('responses');
});

it('no text makes reading throw', () => {
  const piece = fc.constantFrom(
    'HTTP/1.1 200 OK',
    '\r',
    '\n',
    '\r\n',
    '< ',
    '> GET / HTTP/1.1',
    ':',
    ' ',
    '\0',
    '{',
    '"log"',
    'Age: 1',
    '  HTTP/1.1 301 x',
    'Response',
  );
  const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (t) => typeof recordingIn(t) === 'object'),
    { numRuns: 3000 },
  );
});
