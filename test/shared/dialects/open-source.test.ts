// Are the versions and chains of open-source caches told that nobody captured? Composed after their documentation and sources.
import { describe, expect, it } from 'vitest';
import { dialects } from '../../../shared/dialects/index.ts';
import { DETAIL_CODES, RESULT_CODES, viaWords } from '../../../shared/dialects/trafficserver-via.ts';
import { ageValue } from '../../../shared/http/age.ts';
import { hopsIn } from '../../../shared/hops.ts';
import { hidden, told, toldOf } from './told.ts';

describe('Squid from version 6 on', () => {
  it('is told by the member of Cache-Status that bears its name in Via', () => {
    expect(told('squid-6-hit')).toEqual(['squid edge1.example.net: hit, age 41']);
    expect(told('squid-6-stale')).toEqual(['squid edge1.example.net: stale']);
  });

  it('is read also where its host begins with a digit, which no token may', () => {
    expect(told('squid-6-miss-digit')).toEqual(['squid 7edge.example.net: miss']);
  });

  it('leaves the other members to the caches that wrote them', () => {
    expect(told('squid-6-over-rfc9211')).toEqual([
      'squid edge1.example.net: request',
      'rfc9211 shield: hit, ttl 560, age 40',
    ]);
  });

  it('says hit of what a 304 has just confirmed too', () => {
    expect(told('squid-6-hit-age-0')).toEqual(['squid edge1.example.net: cannot tell, age 0']);
    expect(hidden('squid-6-hit-age-0')).toContain('304');
  });

  it('and before it: two of them are told apart by their names', () => {
    expect(told('squid-over-squid')).toEqual(['squid edge: hit, age 12', 'squid shield: miss, then']);
  });
});

describe('Souin', () => {
  it('is read though it quotes neither its key nor its detail', () => {
    expect(told('souin-hit')).toEqual(['souin Souin: hit, ttl 113, age 7']);
    expect(told('souin-hit-comma')).toEqual(['souin Souin: hit, ttl 113, age 7']);
    expect(told('souin-miss')).toEqual(['souin Souin: uri-miss, stored']);
  });

  it('means a stale copy where it says hit and fwd=stale at once', () => {
    expect(told('souin-stale')).toEqual(['souin Souin: stale hit, ttl -4, age 124']);
  });

  it('is known by its keys under any name', () => {
    expect(told('souin-renamed-not-stored')).toEqual(['souin edge: uri-miss']);
  });
});

describe('a cache that passes on the Age of its parent', () => {
  it('leaves it to the parent', () => {
    expect(
      toldOf([
        ['Cache-Control', 'max-age=60'],
        ['X-Varnish', '11 9'],
        ['Age', '3'],
        ['X-Cache', 'MISS from squid-edge'],
        ['X-Cache-Lookup', 'MISS from squid-edge:3128'],
        ['Via', '1.1 varnish (Varnish/7.1), 1.1 squid-edge (squid/5.7)'],
      ]),
    ).toEqual(['squid squid-edge: miss', 'varnish: hit, age 3, copy 9']);
  });
});

describe('Varnish', () => {
  it('is told under its new name too', () => {
    expect(told('varnish-vinyl-hit')).toEqual(['varnish cache7.example.net: hit, age 12, copy 6']);
  });

  const aged = (age: string, control = 'max-age=60'): [string, string][] => [
    ['Cache-Control', control],
    ['X-Varnish', '5 3'],
    ['Age', age],
  ];

  it('has the age that the first Age tells, where it was sent twice', () => {
    const twice: [string, string][] = [
      ['Age', '10'],
      ['Age', '20'],
      ['X-Varnish', '4 2'],
      ['Cache-Control', 'max-age=15'],
    ];
    expect(toldOf(twice)).toEqual(['varnish: hit, age 10, copy 2']);
    expect(ageValue(twice)).toBe(10);
    expect(toldOf([['Age', '10, 20'], ...twice.slice(2)])).toEqual(['varnish: hit, age 10, copy 2']);
  });

  it('serves a stale copy within its grace, or the window that the response gives', () => {
    expect(toldOf(aged('59'))).toEqual(['varnish: hit, age 59, copy 3']);
    expect(toldOf(aged('65'))).toEqual(['varnish: stale hit, age 65, copy 3']);
    expect(toldOf(aged('300', 'max-age=60, stale-while-revalidate=600'))[0]).toContain('stale hit');
  });

  it('is not said to have called stale what is older yet: its operator may have set the lifetime', () => {
    expect(toldOf(aged('5000'))).toEqual(['varnish: hit, age 5000, copy 3']);
    expect(hopsIn(aged('5000'), 200)[0]?.notSeparable).toContain('VCL');
  });

  it('writes a line for each node, and only the nearest has the Age', () => {
    expect(told('varnish-over-varnish')).toEqual(['varnish edge: miss, age 12', 'varnish: hit, copy 12']);
  });
});

describe('Traffic Server', () => {
  it('is told by four letters too', () => {
    expect(told('trafficserver-level-2')).toEqual(['trafficserver l10.ycs.example.com: uri-miss, stored, age 0']);
  });

  it('has a member in Via for each node', () => {
    expect(told('trafficserver-over-trafficserver')).toEqual([
      'trafficserver edge: hit, age 30',
      'trafficserver shield: hit, then',
    ]);
  });

  it('is put into words letter by letter, of each of which somebody has written what it means', () => {
    const words = viaWords('[uScSsNfUpSeN:t cCSp sS]');
    expect(words.map(({ half, key, code }) => `${half} ${key}${code}`).join('|')).toBe(
      'result uS|result cS|result sN|result fU|result pS|result eN|detail t |detail cCS|detail p |detail sS',
    );
    expect(words.find(({ half, key }) => half === 'result' && key === 's')?.meaning).toContain('304');
    expect(words.find(({ half, key }) => half === 'detail' && key === 'c')?.meaning).toBe(
      'in its own store: a copy that has expired',
    );
    expect(words.filter(({ meaning }) => meaning === 'not documented')).toEqual([]);
    expect(viaWords('cZ').map(({ meaning }) => meaning)).toEqual(['not documented']);
  });

  it('has no key letter twice in one half', () => {
    for (const table of [RESULT_CODES, DETAIL_CODES]) {
      const keys = table.map(({ key }) => key);
      expect(keys).toEqual([...new Set(keys)]);
    }
  });
});

describe('Cache-Status of producers that do not follow its syntax', () => {
  const members = (...values: string[]) => toldOf(values.map((value): [string, string] => ['Cache-Status', value]));

  it('is read as it is meant', () => {
    expect(members('edge; hit, shield; fwd=stale; stored=true')).toEqual([
      'rfc9211 shield: stale, stored',
      'rfc9211 edge: hit',
    ]);
    expect(members('edge; hit, fwd=stale')).toEqual(['rfc9211 edge: stale hit']);
    expect(members('7edge.example; fwd=uri-miss; key=/a?b=1; detail=some words')).toEqual([
      'rfc9211 7edge.example: uri-miss',
    ]);
    expect(members('"a, b"; hit; ttl=4')).toEqual(['rfc9211 a, b: hit, ttl 4']);
    expect(members('edge; hit', 'nearer; fwd=miss')).toEqual(['rfc9211 nearer: miss', 'rfc9211 edge: hit']);
  });

  it('claims nothing of a member that says nothing', () => {
    expect(members('edge')).toEqual(['rfc9211 edge: cannot tell']);
    expect(members('')).toEqual([]);
  });
});

describe('plain words of nobody', () => {
  it('are told as an unrecognised cache’s, below what others sign', () => {
    expect(told('haproxy-over-nginx')).toEqual(['generic: hit, age 3', 'nginx: uri-miss, then']);
    expect(toldOf([['X-Cache', 'HIT from cdn-7.example']])).toEqual(['generic cdn-7.example: hit']);
    expect(toldOf([['X-Cache', 'something else']])).toEqual([]);
    expect(toldOf([['x-cache-status', 'MISS']])).toEqual(['generic: miss']);
  });

  it('nginx passes on the lower case of another’s name, and its own has capitals', () => {
    const lines: [string, string][] = [
      ['Server', 'nginx/1.22.1'],
      ['x-cache-status', 'MISS'],
      ['X-Cache-Status', 'HIT'],
    ];
    expect(toldOf(lines)).toEqual(['nginx: hit', 'generic: miss, then']);
  });

  it('are read in a field that is named after a product that is not known here', () => {
    expect(toldOf([['x-litespeed-cache', 'hit']])).toEqual(['generic: hit']);
    expect(
      toldOf([
        ['x-77-cache', 'HIT'],
        ['x-77-age', '300'],
      ]),
    ).toEqual(['generic: hit']);
    expect(toldOf([['X-Drupal-Cache', 'MISS']])).toEqual(['generic: miss']);
    // a setting, and a sentence
    expect(toldOf([['X-LiteSpeed-Cache-Control', 'hit']])).toEqual([]);
    expect(toldOf([['X-Some-Cache', 'hit, or so']])).toEqual([]);
  });

  it('the same word under two names is one cache, or two that cannot be told apart', () => {
    const nginx: [string, string][] = [
      ['Server', 'nginx'],
      ['X-Cache-Status', 'HIT'],
      ['X-Proxy-Cache', 'HIT'],
    ];
    expect(toldOf(nginx)).toEqual(['nginx: hit']);
    expect(hopsIn(nginx, 200)[0]?.notSeparable).toContain('or two caches');
    expect(toldOf([...nginx, ['x-cache', 'HIT']])).toEqual(['nginx: hit']);
    expect(
      toldOf([
        ['x-cache-status', 'HIT'],
        ['x-haproxy-cache', 'HIT'],
      ]),
    ).toEqual(['generic: hit']);
  });

  it('other words under two names, or one name twice, are two caches', () => {
    const server: [string, string] = ['Server', 'nginx'];
    const status: [string, string] = ['X-Cache-Status', 'MISS'];
    expect(toldOf([server, status, ['X-Proxy-Cache', 'HIT']])).toEqual(['nginx: hit', 'nginx: uri-miss, then']);
    expect(toldOf([server, ['X-Proxy-Cache', 'MISS'], status, status])).toEqual(['nginx: uri-miss', 'nginx: uri-miss']);
  });

  it('and Age alone claims no hit', () => {
    expect(toldOf([['Age', '30']])).toEqual(['generic: cannot tell, age 30']);
    expect(toldOf([['Date', 'Sun, 22 Nov 2026 21:00:00 GMT']])).toEqual([]);
  });
});

it('every question names its page, and asks for something', () => {
  const questions = dialects.flatMap(({ id, questions: asked = [] }) => asked.map((question) => ({ id, ...question })));
  for (const { id, fields, tells, reference } of questions) {
    expect([id, fields.length > 0, tells.length > 10]).toEqual([id, true, true]);
    expect(reference).toMatch(/^https:\/\//);
  }
  expect(
    questions.filter(({ fields }) => fields.some(([, value]) => value === 'only-if-cached')).map(({ id }) => id),
  ).toEqual(expect.arrayContaining(['squid', 'trafficserver', 'httpd', 'undici']));
});
