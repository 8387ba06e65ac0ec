import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../shared/config-problem.ts';
import { parseTopology } from '../../shared/topology-file.ts';
import { purgeKinds } from '../../shared/purge/index.ts';
import type { Topology } from '../../shared/topology.ts';

const SHOP = `
title: Shop, production
layers:
  - id: edge
    dialect: varnish
    nodes:
      - { id: edge-ams, address: "http://127.0.0.1:6081" }
      - { id: edge-nyc, address: "http://127.0.0.1:6082/" }
    parents: [shield]
    policy: { cap: 1d, grace: 20m, defaultTtl: 2m }
    purge: { by: http-purge }
    budget: 20/s
  - id: shield
    nodes: [ { id: shield-1, address: "http://127.0.0.1:8080" } ]
    purge: { by: http-purge, method: GET, path: "/purge{path}", headers: { x-purge-token: "\${PURGE_TOKEN}" } }
  - id: origin
    role: origin
    nodes: [ { id: app-1, address: "http://127.0.0.1:9000" }, { id: app-2, address: "http://127.0.0.1:9001" } ]
targets:
  - id: home
    url: https://shop.example/
    marker: { css: "meta[name=build]", attribute: content }
    ignore: [ "[nonce]", ".csrf-token" ]
    assets: true
    variants:
      - { id: desktop }
      - { id: mobile, headers: { user-agent: "Mobile" } }
      - { id: member, headers: { cookie: "session=abc", authorization: "Bearer \${MEMBER_TOKEN}" } }
  - id: news
    url: https://shop.example/news?page=2#latest
`;

/** A small file that is right, with `line` in the place of its edge layer's second line. */
const withLine = (line: string): string => `layers:
  - id: edge
    ${line}
    nodes: [{ id: edge-1, address: "http://127.0.0.1:6081" }]
  - id: origin
    role: origin
    nodes: [{ id: app, address: "http://127.0.0.1:9000" }]
targets: [{ id: home, url: "http://shop.example/" }]
`;

const withTarget = (target: string): string => `layers:
  - { id: origin, role: origin, nodes: [{ id: app, address: "http://127.0.0.1:9000" }] }
targets:
  - ${target}
`;

function read(text: string): Topology {
  const parsed = parseTopology(text, 'strata.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.topology;
}

function refused(text: string, dialects?: readonly string[]): string[] {
  const parsed = parseTopology(text, 'strata.yaml', dialects === undefined ? {} : { dialects });
  return 'problems' in parsed ? parsed.problems.map(formatProblem) : [];
}

describe('a topology file', () => {
  const shop = read(SHOP);

  it('reads durations as seconds and budgets as requests a second', () => {
    expect(shop.layers[0]?.policy).toEqual({ cap: 86_400, grace: 1200, defaultTtl: 120 });
    expect(shop.layers[0]?.budget).toBe(20);
  });

  it('fills in what it leaves out', () => {
    expect(shop.layers[1]).toMatchObject({
      role: 'cache',
      parents: ['origin'],
      placement: 'any',
      policy: {},
      budget: 10,
    });
    expect(shop.layers[0]?.purge).toEqual({
      by: 'http-purge',
      scope: 'url',
      soft: false,
      tags: [],
      settings: { method: 'PURGE', path: '{path}', headers: {} },
    });
    expect(shop.layers[2]).toMatchObject({ role: 'origin', parents: [] });
    expect(shop.targets[1]).toMatchObject({
      marker: { digest: true },
      ignore: [],
      assets: false,
      variants: [{ id: 'default', headers: {} }],
    });
  });

  it('takes the fragment from a URL and the slash from an address, because neither is sent', () => {
    expect(shop.targets[1]?.url).toBe('https://shop.example/news?page=2');
    expect(shop.layers[0]?.nodes[1]?.address).toBe('http://127.0.0.1:6082');
  });

  it('leaves ${NAME} as it stands: it is resolved where it is sent', () => {
    expect(shop.targets[0]?.variants[2]?.headers).toMatchObject({ authorization: 'Bearer ${MEMBER_TOKEN}' });
  });

  it('says the same as JSON', () => {
    const json = JSON.stringify({
      layers: [{ id: 'o', role: 'origin', nodes: [{ id: 'n', address: 'http://[::1]:9000' }] }],
      targets: [{ id: 't', url: 'http://shop.example' }],
    });
    expect(read(json).layers[0]?.nodes[0]?.address).toBe('http://[::1]:9000');
    expect(read(json).targets[0]?.url).toBe('http://shop.example/');
  });

  it('may lead several layers to one parent', () => {
    const text = `layers:
  - { id: eu, nodes: [{ id: eu-1, address: "http://127.0.0.1:1" }], parents: [shield] }
  - { id: us, nodes: [{ id: us-1, address: "http://127.0.0.1:2" }], parents: [shield] }
  - { id: shield, nodes: [{ id: s-1, address: "http://127.0.0.1:3" }] }
  - { id: origin, role: origin, nodes: [{ id: app, address: "http://127.0.0.1:4" }] }
targets: [{ id: home, url: "http://shop.example/" }]`;
    expect(read(text).layers.map((l) => l.parents)).toEqual([['shield'], ['shield'], ['origin'], []]);
  });
});

describe('a topology file is refused, with line, column, key and remedy, for', () => {
  it.each([
    ['an unknown key', 'budjet: 20/s', '3:5 layers[0].budjet: unknown key; did you mean "budget"?'],
    [
      'a bad duration',
      'policy: { cap: 5 minutes }',
      '3:20 layers[0].policy.cap: "5 minutes" is not a duration; write seconds (90) or a number with ms, s, m, h, d or w ("90s", "5m", "1d")',
    ],
    [
      'a budget without a time',
      'budget: "20"',
      '3:13 layers[0].budget: "20" is not a budget; write requests in a time, above zero, such as "20/s"',
    ],
    [
      'a budget of nothing',
      'budget: 0/s',
      '3:13 layers[0].budget: "0/s" is not a budget; write requests in a time, above zero, such as "20/s"',
    ],
    [
      'an unknown parent',
      'parents: [sheild, orgin]',
      '3:23 layers[0].parents[1]: "orgin" is not a layer; did you mean "origin"?',
    ],
    [
      'a layer that asks itself',
      'parents: [edge]',
      '3:14 layers[0].parents: runs in a circle: edge → edge; parents must lead to an origin',
    ],
    [
      'a cache that asks nobody',
      'parents: []',
      '3:14 layers[0].parents: is empty; name the layer it asks, or give it "role: origin"',
    ],
    [
      'an unknown purger',
      'purge: { by: http-prune }',
      `3:18 layers[0].purge.by: must be one of ${purgeKinds.map((k) => k.id).join(', ')}; did you mean "http-purge"?`,
    ],
    [
      'an unknown placeholder',
      'purge: { by: http-purge, path: "/x{uri}" }',
      '3:36 layers[0].purge.path: {uri} is not known; write {path}, {host}, {url}, {scheme}, {method}, {tags}, {prefix}',
    ],
    [
      'a wrong type',
      'policy: { honoursAge: maybe }',
      '3:27 layers[0].policy.honoursAge: must be true or false, not text',
    ],
    ['a key that stands twice', 'id: again', '3:5 layers[0].id: stands here twice; keep one of them'],
  ])('%s', (_, line, problem) => expect(refused(withLine(line))).toContain(`strata.yaml:${problem}`));

  it.each([
    [
      'a URL that is neither http nor https',
      '{ id: home, url: "ftp://shop.example/" }',
      '4:22 targets[0].url: must be http:// or https://, not ftp://',
    ],
    [
      'a URL without a scheme',
      '{ id: home, url: shop.example }',
      '4:22 targets[0].url: has no scheme; write "http://shop.example" or https://',
    ],
    [
      'a marker of no kind',
      '{ id: home, url: "http://h/", marker: {} }',
      '4:43 targets[0].marker: names none; write exactly one of css, header, regex, json, digest',
    ],
    [
      'a marker of two kinds',
      '{ id: home, url: "http://h/", marker: { css: a, header: b } }',
      '4:43 targets[0].marker: names css and header; write exactly one of css, header, regex, json, digest',
    ],
    [
      'a broken regular expression',
      '{ id: home, url: "http://h/", marker: { regex: "(" } }',
      '4:52 targets[0].marker.regex: is not a regular expression',
    ],
    [
      'two variants of one id',
      '{ id: home, url: "http://h/", variants: [{ id: a }, { id: a }] }',
      '4:63 targets[0].variants[1].id: another variant is already called "a"; give this one a name of its own',
    ],
    [
      'a Host of its own',
      '{ id: home, url: "http://h/", variants: [{ id: a, headers: { Host: b } }] }',
      '4:72 targets[0].variants[0].headers.Host: belongs to the connection and stays the target’s; leave it out',
    ],
    [
      'a missing key',
      '{ id: home }',
      '4:5 targets[0].url: is missing: what a visitor types, such as "https://shop.example/"',
    ],
  ])('%s', (_, target, problem) => expect(refused(withTarget(target))).toEqual([`strata.yaml:${problem}`]));

  it('an unknown dialect, when the known ones are given', () => {
    expect(refused(withLine('dialect: vanish'), ['varnish', 'nginx'])).toEqual([
      'strata.yaml:3:14 layers[0].dialect: "vanish" is not a known dialect; did you mean "varnish"?',
    ]);
  });

  it.each([
    ['127.0.0.1:6081', 'has no scheme; write "http://127.0.0.1:6081" or https://'],
    ['localhost:6081', 'has no scheme; write "http://localhost:6081" or https://'],
    ['unix:///run/x', 'is not a URL; write scheme, host and port such as "http://127.0.0.1:6081"'],
    ['http://127.0.0.1:70000', 'is not a URL; write scheme, host and port such as "http://127.0.0.1:6081"'],
    ['http://127.0.0.1/x', 'is where to connect: scheme, host and port only; the path comes from the target'],
  ])('the address %s', (address, message) => {
    const text = withLine('').replace('http://127.0.0.1:6081', address);
    expect(refused(text)).toEqual([`strata.yaml:4:36 layers[0].nodes[0].address: ${message}`]);
  });

  it('two layers, nodes or targets of one id, also across layers', () => {
    const text = withLine('').replace('id: origin', 'id: edge').replace('id: app', 'id: edge-1');
    expect(refused(text)).toEqual([
      'strata.yaml:5:9 layers[1].id: another layer is already called "edge"; give this one a name of its own',
      'strata.yaml:7:19 layers[1].nodes[0].id: another node is already called "edge-1"; give this one a name of its own',
    ]);
  });

  it('a circle of parents, which it names', () => {
    const text = `layers:
  - { id: a, nodes: [{ id: n1, address: "http://h" }], parents: [b] }
  - { id: b, nodes: [{ id: n2, address: "http://h" }], parents: [c] }
  - { id: c, nodes: [{ id: n3, address: "http://h" }], parents: [b, o] }
  - { id: o, role: origin, nodes: [{ id: n4, address: "http://h" }] }
targets: [{ id: home, url: "http://h/" }]`;
    expect(refused(text)).toEqual([
      'strata.yaml:3:65 layers[1].parents: runs in a circle: b → c → b; parents must lead to an origin',
    ]);
  });

  it('having no origin', () => {
    expect(refused(withLine('').replace('role: origin', 'role: cache'))).toEqual([
      'strata.yaml:1:1 layers: has no origin; give the last layer "role: origin"',
    ]);
  });

  it('several faults at once, in the order of the file', () => {
    const text = withLine('budjet: 1')
      .replace('http://127.0.0.1:9000', '127.0.0.1:9000')
      .replace('http://shop', 'ftp://shop');
    expect(refused(text).map((p) => p.split(' ')[1])).toEqual([
      'layers[0].budjet:',
      'layers[1].nodes[0].address:',
      'targets[0].url:',
    ]);
  });

  it('a misspelt key once, not also as a missing one', () => {
    expect(
      refused(withLine('').replace('address: "http://127.0.0.1:6081"', 'adress: "http://127.0.0.1:6081"')),
    ).toEqual(['strata.yaml:4:27 layers[0].nodes[0].adress: unknown key; did you mean "address"?']);
  });
});

describe('credentials in a topology file are refused without being repeated:', () => {
  const secret = 'hunter2';
  it.each([
    withLine('').replace('http://127.0.0.1:6081', `http://admin:${secret}@127.0.0.1:6081`),
    withLine('').replace('http://127.0.0.1:6081', `admin:${secret}@127.0.0.1:6081`),
    withTarget(`{ id: home, url: "https://admin:${secret}@shop.example/" }`),
    withTarget(`{ id: home, url: "http://h/", variants: [{ id: a, headers: { Authorization: "Basic ${secret}" } }] }`),
    withTarget(`{ id: home, url: "http://h/", variants: [{ id: a, headers: { x-api-key: "${secret}" } }] }`),
    withTarget(`{ id: home, url: "http://h/", variants: [{ id: a, headers: { x-auth-token: "${secret}" } }] }`),
    withLine(`purge: { by: http-purge, headers: { fastly-key: "${secret}" } }`),
  ])('%#', (text) => {
    const problems = refused(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('${ENV_NAME}');
    expect(problems[0]).not.toContain(secret);
  });

  it('a literal cookie and a surrogate key are none', () => {
    expect(
      refused(withTarget('{ id: home, url: "http://h/", variants: [{ id: a, headers: { cookie: "a=b" } }] }')),
    ).toEqual([]);
    expect(refused(withLine('purge: { by: http-purge, headers: { surrogate-key: home } }'))).toEqual([]);
  });
});

describe('hostile text', () => {
  const row = (name: string, of: string): string => `${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]`;
  const bomb = ['a: &a [x, x]', row('b', 'a'), row('c', 'b'), row('d', 'c'), row('e', 'd'), row('f', 'e')].join('\n');

  it.each([
    ['an alias bomb', bomb, '1:1 repeats itself through aliases (*name) too often; write the repeated parts out'],
    ['an alias to nothing', 'layers: *nope', '1:1 refers to *nope, but nothing above is marked &nope'],
    [
      'a file larger than 4 MiB',
      '#'.repeat(4 * 1024 * 1024 + 1),
      '1:1 is larger than 4 MiB; split it, or list fewer nodes',
    ],
    ['brackets that never end', '['.repeat(100_000), '1:34 is nested more than 32 levels deep'],
    ['lists in lists in lists', '- '.repeat(50_000), '1:67 is nested more than 32 levels deep'],
    ['a tag that would run code', 'layers: !!js/function "x"', '1:9 Unresolved tag: tag:yaml.org,2002:js/function'],
    [
      'a second document',
      'a: 1\n---\nb: 2\n',
      '2:1 holds more than one document; keep what stands before the second ---',
    ],
    ['nothing', '', '1:1 is empty; it needs "layers" and "targets"'],
    ['a list', '- 1', '1:1 must be a group of keys, not a list'],
  ])('%s is refused in one sentence', (_, text, problem) => expect(refused(text)).toContain(`strata.yaml:${problem}`));

  it('__proto__ is an unknown key like any other and changes nothing', () => {
    expect(refused(withLine('__proto__: { polluted: yes }'))[0]).toContain(
      'strata.yaml:3:5 layers[0].__proto__: unknown key',
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('a map of twenty thousand keys is read in one pass', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n');
    expect(refused(keys).length).toBeGreaterThan(20_000);
  });
});
