import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { responsesInHar } from '../../../shared/recorded/har.ts';
import { responsesInText } from '../../../shared/recorded/text.ts';

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
  expect(responsesInText(text)).toEqual([
    {
      url: 'http://shop.example/a?b=1',
      method: 'GET',
      requestFields: [['Host', 'shop.example']],
      status: 200,
      fields: [['Age', '3']],
    },
  ]);
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

const head = (text: string) => responsesInText(text)[0];

describe('what else is printed or copied is read too:', () => {
  it('http -v of HTTPie, with the request above it', () => {
    const text = [
      'GET /list?page=2 HTTP/1.1',
      'Accept: */*',
      'Authorization: Basic abc',
      'Host: shop.example',
      '',
      '',
      'HTTP/1.1 200 OK',
      'Age: 12',
      'Cache-Control: max-age=60',
      '',
      '{"age": 3}',
    ].join('\n');
    expect(head(text)).toMatchObject({
      url: '//shop.example/list?page=2',
      method: 'GET',
      status: 200,
      fields: [
        ['Age', '12'],
        ['Cache-Control', 'max-age=60'],
      ],
    });
  });

  it('a POST with content, whose lines are none of the head', () => {
    const text =
      'POST /a HTTP/1.1\nHost: h\nContent-Type: application/json\n\n{"a": 1}\n\nHTTP/1.1 201 Created\nAge: 0\n\n';
    expect(head(text)).toMatchObject({ method: 'POST', status: 201, fields: [['Age', '0']] });
  });

  it('wget -S, each redirect with its URL', () => {
    const text = [
      '--2026-11-23 06:00:00--  http://shop.example/old',
      'Resolving shop.example (shop.example)... 192.0.2.7',
      'HTTP request sent, awaiting response... ',
      '  HTTP/1.1 301 Moved Permanently',
      '  Location: https://shop.example/new',
      'Location: https://shop.example/new [following]',
      '--2026-11-23 06:00:01--  https://shop.example/new',
      'HTTP request sent, awaiting response... ',
      '  HTTP/1.1 200 OK',
      '  Age: 520',
      '  Content-Type: text/html',
      'Length: 1256 (1.2K) [text/html]',
      'Saving to: index.html',
    ].join('\n');
    expect(responsesInText(text).map(({ url, status, fields }) => [url, status, fields.length])).toEqual([
      ['http://shop.example/old', 301, 1],
      ['https://shop.example/new', 200, 2],
    ]);
  });

  it('curl -si through a proxy, without what that said to CONNECT', () => {
    const text = [
      '> CONNECT shop.example:443 HTTP/1.1\n> Host: shop.example:443\n>\n< HTTP/1.1 200 Connection established\n<',
      '* SSL connection using TLSv1.3\n> GET / HTTP/2\n> Host: shop.example\n>\n< HTTP/2 200 \n< age: 3\n<',
    ].join('\n');
    expect(responsesInText(text)).toMatchObject([
      { url: 'https://shop.example/', status: 200, fields: [['age', '3']] },
    ]);
  });

  it('a redirect whose body ends without a line break', () => {
    const text = 'HTTP/1.1 301 Moved\nLocation: /\n\n<p>moved</p>HTTP/1.1 200 OK\nAge: 1\n\n';
    expect(responsesInText(text).map((r) => [r.status, r.fields.length])).toEqual([
      [301, 1],
      [200, 1],
    ]);
  });

  it('Firefox’s and Chrome’s raw heads of HTTP/2 and HTTP/3', () => {
    expect(head('HTTP/2 200 \ndate: Thu, 09 Oct 2025 08:53:20 GMT\nage: 3')).toMatchObject({ status: 200 });
    expect(head('HTTP/2.0 404 Not Found\r\nage: 3\r\nX-Firefox-Spdy: h2\r\n')).toMatchObject({ status: 404 });
    expect(head('HTTP/3 304\nage: 3')).toMatchObject({ status: 304, fields: [['age', '3']] });
  });

  it('Chrome’s names and values on lines of their own, without a status line', () => {
    expect(head('cache-control:\nmax-age=600\ndate:\nThu, 09 Oct 2025 08:53:20 GMT\nage:\n12')).toEqual({
      url: '',
      status: 200,
      statusAssumed: true,
      fields: [
        ['cache-control', 'max-age=600'],
        ['date', 'Thu, 09 Oct 2025 08:53:20 GMT'],
        ['age', '12'],
      ],
    });
  });

  it('fields alone, with a status where a pseudo field or a bare status line tells it', () => {
    expect(head('age: 3\nserver: x')).toMatchObject({ status: 200, statusAssumed: true });
    expect(head(':status: 404\nage: 3')).toMatchObject({ status: 404, fields: [['age', '3']] });
    expect(head(' 203 Non-Authoritative\nAge: 3')).toMatchObject({ status: 203, fields: [['Age', '3']] });
  });

  it('Safari’s summary, request and response', () => {
    const text = [
      'Summary',
      'URL: https://shop.example/',
      'Status: 304',
      'Source: Network',
      '',
      'Request',
      ':method: GET',
      ':scheme: https',
      'Accept: text/html',
      '',
      'Response',
      ':status: 304',
      'Age: 12',
      'Cache-Control: max-age=60',
    ].join('\n');
    expect(head(text)).toEqual({
      url: 'https://shop.example/',
      status: 304,
      fields: [
        ['Age', '12'],
        ['Cache-Control', 'max-age=60'],
      ],
    });
  });

  it('Chrome’s General block above its fields, with the URL and the status in it', () => {
    const fields = ['age: 15', 'cf-cache-status: HIT', 'server: cloudflare'];
    const onOneLine = ['Request URL: https://h/a', 'Request Method: GET', 'Status Code: 404 Not Found'];
    const onTwo = [
      'General',
      'Request URL',
      'https://h/a',
      'Status Code',
      '404 Not Found',
      'Remote Address',
      '192.0.2.1:443',
    ];
    for (const general of [onOneLine, onTwo]) {
      const [response] = responsesInText([...general, ...fields].join('\n'));
      expect(response).toMatchObject({ url: 'https://h/a', status: 404, fields: [['age', '15'], {}, {}] });
    }
  });

  it('Chrome’s names above their values, without a colon', () => {
    const [response] = responsesInText('age\n15\ncache-control\nmax-age=3600\nserver\nnginx\n');
    expect(response?.fields).toEqual([
      ['age', '15'],
      ['cache-control', 'max-age=3600'],
      ['server', 'nginx'],
    ]);
  });

  it('what a proxy said of its tunnel is no answer of the page', () => {
    const text = 'HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 404 Not Found\r\nAge: 1\r\n\r\n';
    expect(responsesInText(text).map(({ status }) => status)).toEqual([404]);
  });

  it('but no other text with colons in it', () => {
    for (const text of [
      'hello: world\n',
      'layers:\n  - id: edge\n',
      'Dear all,\nnote: this\n',
      'age: 3\nis what it says',
    ]) {
      expect(responsesInText(text)).toEqual([]);
    }
  });

  it('and keeps what is no field line for a note', () => {
    expect(head('HTTP/1.1 200 OK\nAge 3\nServer: x\n\n')).toMatchObject({ unreadable: ['Age 3'] });
  });
});

it('no text and no value makes reading throw', () => {
  fc.assert(fc.property(fc.string(), (text) => Array.isArray(responsesInText(`HTTP/1.1 200 OK\n${text}`))));
  fc.assert(fc.property(fc.jsonValue(), (value) => Array.isArray(responsesInHar({ log: { entries: [value] } }))));
});
