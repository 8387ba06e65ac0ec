import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { responsesInHar, responsesInText } from '../../shared/recorded-response.ts';

describe('what curl -si printed', () => {
  it('is read head by head along a redirect chain, and its body is passed over', () => {
    const text = [
      'HTTP/1.1 301 Moved Permanently',
      'Location: /new',
      '',
      'HTTP/2 200 ',
      'age: 12',
      'cache-status: edge; hit',
      '',
      'age: 99',
      '<html>',
    ].join('\r\n');
    expect(responsesInText(text)).toEqual([
      { url: '', status: 301, fields: [['Location', '/new']] },
      {
        url: '',
        status: 200,
        fields: [
          ['age', '12'],
          ['cache-status', 'edge; hit'],
        ],
      },
    ]);
  });

  it('keeps duplicates, order and case, and joins folded lines', () => {
    const text = 'HTTP/1.1 200 OK\nAge: 1\nAGE: 2\nX-Note: a\n  b\n\n';
    expect(responsesInText(text)[0]?.fields).toEqual([
      ['Age', '1'],
      ['AGE', '2'],
      ['X-Note', 'a b'],
    ]);
  });

  it('leaves interim responses out', () => {
    const text = 'HTTP/1.1 103 Early Hints\nLink: </a>\n\nHTTP/1.1 200 OK\nAge: 1\n\n';
    expect(responsesInText(text).map((r) => r.status)).toEqual([200]);
  });
});

it('what curl -sv printed tells the URL too', () => {
  const text =
    '* Connected\n> GET /a?b=1 HTTP/1.1\n> Host: shop.example\n>\n< HTTP/1.1 200 OK\n< Age: 3\n<\nHTTP/1.1 500 in the body\n';
  expect(responsesInText(text)).toEqual([{ url: 'http://shop.example/a?b=1', status: 200, fields: [['Age', '3']] }]);
});

it('what curl -sv printed of TLS is of https, of each connection anew', () => {
  const text = [
    '* Connected to a.example (192.0.2.1) port 80 (#0)',
    '> GET / HTTP/1.1\n> Host: a.example\n>\n< HTTP/1.1 301 Moved\n<',
    '* Connected to b.example (192.0.2.2) port 443 (#1)',
    '* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384',
    '> GET / HTTP/2\n> Host: b.example\n>\n< HTTP/2 200 \n<',
  ].join('\n');
  expect(responsesInText(text).map((r) => r.url)).toEqual(['http://a.example/', 'https://b.example/']);
});

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

it('no text and no value makes reading throw', () => {
  fc.assert(fc.property(fc.string(), (text) => Array.isArray(responsesInText(`HTTP/1.1 200 OK\n${text}`))));
  fc.assert(fc.property(fc.jsonValue(), (value) => Array.isArray(responsesInHar({ log: { entries: [value] } }))));
});
