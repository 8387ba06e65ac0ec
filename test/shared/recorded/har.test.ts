import { describe, expect, it } from 'vitest';
import { recordedInHar, responsesInHar } from '../../../shared/recorded/har.ts';

it('credentials in a recorded URL are left out', () => {
  const entry = { request: { url: 'https://u:canary@h/p?q=a@b' }, response: { status: 200, headers: [] } };
  expect(responsesInHar({ log: { entries: [entry] } })?.[0]?.url).toBe('https://h/p?q=a@b');
});

describe('a HAR', () => {
  it('gives its responses, with joined lines taken apart and pseudo fields left out', () => {
    const headers = [
      { name: ':status', value: '200' },
      { name: 'set-cookie', value: 'a=1\nb=2' },
    ];
    const har = { log: { entries: [{ request: { url: 'https://h/' }, response: { status: 200, headers } }] } };
    expect(responsesInHar(har)).toEqual([
      {
        url: 'https://h/',
        status: 200,
        fields: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      },
    ]);
  });

  it('skips entries without a response, and is none without a log', () => {
    const entries = [{ request: { url: 'https://h/' }, response: { status: 0, headers: [] } }, null, 3, {}];
    expect(responsesInHar({ log: { entries } })).toEqual([]);
    expect(responsesInHar({})).toBeUndefined();
    expect(responsesInHar(null)).toBeUndefined();
  });
});

const entry = (more: object) => ({
  startedDateTime: '2025-10-09T08:53:20.000Z',
  request: { method: 'GET', url: 'https://h/', headers: [{ name: ':authority', value: 'h' }] },
  response: { status: 200, headers: [{ name: 'Age', value: '3' }] },
  ...more,
});
const one = (more: object) => responsesInHar({ log: { entries: [entry(more)] } })?.[0];

describe('a HAR of a browser', () => {
  it('tells when the head came: when it started, and all that passed before', () => {
    const timings = { blocked: 100, dns: -1, connect: 200, ssl: 150, send: 0, wait: 200, receive: 9000 };
    expect(one({ timings })?.receivedAt).toBe(1_760_000_000.5);
  });

  it('tells of Chrome’s own cache', () => {
    expect(one({ _fromCache: 'disk' })?.browser?.cacheStatus).toEqual({ cache: 'disk cache', hit: true });
  });

  it('tells of Safari’s own cache', () => {
    expect(one({ _fetchType: 'Memory Cache' })?.browser?.cacheStatus).toEqual({ cache: 'memory cache', hit: true });
    expect(one({ _fetchType: 'Network Load' })).not.toHaveProperty('browser');
  });

  it('of Firefox has its versions and sizes left aside', () => {
    const response = { status: 304, httpVersion: 'HTTP/2', headers: [{ name: 'age', value: '9' }], bodySize: 0 };
    expect(one({ response, cache: {}, _securityState: 'secure' })).toMatchObject({
      status: 304,
      fields: [['age', '9']],
    });
  });
});

it('a HAR of more responses than anybody reads is cut off, and that is said', () => {
  const entries = Array.from({ length: 1001 }, () => entry({}));
  const recording = recordedInHar(JSON.stringify({ log: { entries } }));
  expect(recording).toMatchObject({ cutOff: true, responses: { length: 1000 } });
});

describe('JSON that cannot be explained is refused in one clause:', () => {
  it.each([
    ['', /breaks off/],
    ['{"log":{"entries":[{"request":', /breaks off/],
    ['{"log": nonsense}', /broken/],
    ['{"log":{}}', /no HAR/],
    ['[1, 2]', /no HAR/],
    ['{"log":{"entries":[]}}', /without entries/],
    ['{"log":{"entries":[{},{}]}}', /none of its 2 entries/],
    [
      JSON.stringify({
        log: { entries: [entry({ response: { status: 200, headers: [{ name: 'x', value: 'a'.repeat(1e6) }] } })] },
      }),
      /longer than 256 kB/,
    ],
  ])('%.40s', (text, sentence) => {
    expect(recordedInHar(text)).toEqual({ refused: expect.stringMatching(sentence) });
  });

  it('depth is no trouble', () => {
    expect(recordedInHar(`{"log":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toHaveProperty('refused');
  });
});

it('what never crossed a network is no response of HTTP', () => {
  const entry = (url: string) => ({ request: { url }, response: { status: 200, headers: [] } });
  const entries = ['data:image/gif;base64,R0', 'blob:https://h/1', 'chrome-extension://a/b.js', 'https://h/'].map(
    entry,
  );
  expect(responsesInHar({ log: { entries } })?.map(({ url }) => url)).toEqual(['https://h/']);
});
