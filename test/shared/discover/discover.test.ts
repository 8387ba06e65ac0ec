import { describe, expect, it } from 'vitest';
import { discoverDocument as schema } from '../../../shared/api-discover.ts';
import { dialects } from '../../../shared/dialects/index.ts';
import { discoverDocument } from '../../../shared/discover/discover.ts';
import { lineText } from '../../../shared/discover/claim.ts';
import type { Seen } from '../../../shared/discover/seen.ts';
import { discoverYaml } from '../../../shared/discover/yaml-text.ts';
import { parseTopology } from '../../../shared/topology-file.ts';
import type { Topology } from '../../../shared/topology.ts';
import { capturedNames, capturedOf } from '../dialects/captured.ts';
import { answer, answers, seenAs, START } from './answers.ts';

const of = (seen: Seen) => discoverDocument(seen, START);
const known = dialects.map(({ id }) => id);

/** What the file reads back as; it must load without a word. */
function loaded(seen: Seen): Topology {
  const read = parseTopology(discoverYaml(of(seen)), 'strata.yaml', { dialects: known });
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.topology;
}

const said = (seen: Seen, about: string) => of(seen).claims.filter((claim) => claim.about === about);

describe('a discovered topology', () => {
  it('loads as it stands, and so does the JSON document', () => {
    const seen = seenAs(answers('X-Varnish: 5 2\nAge: 3\nCache-Control: max-age=60', 'X-Varnish: 6 2\nAge: 4'));
    const topology = loaded(seen);
    expect(topology.layers.map(({ id, role, dialect }) => [id, role, dialect])).toEqual([
      ['varnish', 'cache', 'varnish'],
      ['origin', 'origin', undefined],
    ]);
    expect(topology.layers[0]?.nodes).toEqual([{ id: 'varnish-1', address: 'https://shop.example' }]);
    expect(schema.safeParse(JSON.parse(JSON.stringify(of(seen)))).error).toBeUndefined();
  });

  it('is an origin only where nothing tells, and says so', () => {
    const seen = seenAs(answers('Content-Type: text/html', 'Content-Type: text/html'));
    expect(loaded(seen).layers).toMatchObject([
      { id: 'origin', role: 'origin', nodes: [{ address: 'https://shop.example' }] },
    ]);
    expect(discoverYaml(of(seen))).toContain(
      '- id: origin # measured: no cache was seen; no field line of 2 answers names one',
    );
  });

  it('leads to no made-up place where an address is not known', () => {
    const [, origin] = loaded(seenAs(answers('X-Varnish: 5'))).layers;
    expect(new URL(origin!.nodes[0]!.address).hostname).toMatch(/\.invalid$/);
  });

  it('writes parents where layers stand side by side', () => {
    const side = answers('X-Varnish: 5', 'CF-Cache-Status: MISS\nCF-RAY: 8f2a1b3c4d5e6f70-AMS');
    expect(loaded(seenAs(side)).layers.map(({ parents }) => parents)).toEqual([['origin'], ['origin'], []]);
  });

  it('names for each node the line in which that node stands', () => {
    const seen = seenAs(answers('Cache-Status: shield; hit\nCache-Status: edge; fwd=miss'));
    expect(said(seen, 'layer').map(({ line }) => line)).toEqual([
      'Cache-Status: edge; fwd=miss',
      'Cache-Status: shield; hit',
    ]);
  });

  it('holds a second word of an operator for a guess, and the same word under two names for one cache', () => {
    const two = answers('Server: nginx\nX-Cache-Status: MISS\nX-Proxy-Cache: HIT');
    expect(said(seenAs(two), 'layer').map(({ layer, kind }) => [layer, kind])).toEqual([
      ['nginx', 'measured'],
      ['nginx-2', 'guessed'],
    ]);
    const one = answers('Server: nginx\nX-Cache-Status: HIT\nX-Proxy-Cache: HIT');
    expect(loaded(seenAs(one)).layers.map(({ id }) => id)).toEqual(['nginx', 'origin']);
  });

  it('gives Server to the layer that names itself so, and to the origin where no layer does', () => {
    const whose = (lines: string) =>
      of(seenAs(answers(lines)))
        .claims.filter(({ line }) => line?.startsWith('Server:') === true)
        .map(({ layer }) => layer);
    expect(whose('Server: nginx/1.22.1\nX-Cache-Status: MISS')).toEqual(['nginx']);
    expect(whose('Server: Vercel\nX-Vercel-Cache: MISS\nX-Vercel-Id: fra1::abcde-1700000000000-0123456789ab')).toEqual([
      'vercel',
    ]);
    expect(whose('Server: gunicorn\nX-Varnish: 5')).toEqual(['origin']);
    expect(whose('Server: nginx\nX-Varnish: 5')).toEqual(['origin']);
  });

  it('offers neither the method PURGE nor a lifetime of a second where a network knows neither', () => {
    const lines = 'Server: Vercel\nX-Vercel-Cache: HIT\nCache-Control: public, max-age=0, must-revalidate';
    const offered = of(seenAs(answers(lines)))
      .fillIn.map(({ write }) => write)
      .join(' ');
    expect(offered).not.toMatch(/http-purge|cap: 1s/);
    expect(of(seenAs(answers('X-Varnish: 5'))).fillIn.map(({ about }) => about)).toContain('purge');
  });

  it('has a claim for each thing, resting on a line of these answers, in every captured answer', () => {
    for (const name of capturedNames()) {
      const sightings = capturedOf(name).map(({ status, fields }, i) =>
        answer('', { status, fields, responseTime: START + i }),
      );
      const seen = seenAs(sightings);
      loaded(seen);
      const sent = new Set(sightings.flatMap(({ fields }) => fields.map(([n, v]) => lineText(n, v).toLowerCase())));
      const members = [...sent].filter((line) => line.startsWith('via: '));
      for (const { line, what } of of(seen).claims) {
        if (line === undefined) continue;
        const stands = sent.has(line.toLowerCase()) || members.some((m) => m.includes(line.slice(5).toLowerCase()));
        expect(stands, `${name}: ${what} rests on ${line}`).toBe(true);
      }
    }
  });
});

describe('nodes', () => {
  const edge = (name: string, ip = '192.0.2.1') => answer(`Cache-Status: ${name}; hit`, { ip });

  it('at two addresses with two names are two, each with its address', () => {
    const seen = seenAs([edge('edge-a'), edge('edge-b', '2001:db8::2')]);
    expect(loaded(seen).layers[0]?.nodes).toEqual([
      { id: 'edge-a', address: 'https://192.0.2.1' },
      { id: 'edge-b', address: 'https://[2001:db8::2]' },
    ]);
  });

  it('at two addresses with one name are one', () => {
    const seen = seenAs([edge('edge-a'), edge('edge-a', '2001:db8::2')]);
    expect(loaded(seen).layers[0]?.nodes).toEqual([{ id: 'edge-a', address: 'https://shop.example' }]);
  });

  it('at two addresses without a name are one, because nothing tells them apart', () => {
    const seen = seenAs([answer('X-Varnish: 5'), answer('X-Varnish: 90001', { ip: '192.0.2.2' })]);
    expect(loaded(seen).layers[0]?.nodes).toHaveLength(1);
    expect(said(seen, 'node').map(({ because }) => because)).toEqual([
      'the connections went there; nothing tells whether they are nodes of their own',
    ]);
  });

  it('that take turns at one address are an entrance, and each is named to be filled in', () => {
    const text = discoverYaml(of(seenAs([edge('edge-a'), edge('edge-b')])));
    expect(text).toContain('is an entrance to edge-a, edge-b');
    expect(text).toMatch(/# - \{ id: edge-b, address: .* # fill in: /);
  });

  it('that cannot be reached are told, and the file leads to the one that answered', () => {
    const seen = seenAs([answer('X-Varnish: 5')], {
      addresses: [{ ip: '192.0.2.9', problem: 'no connection' }, { ip: '192.0.2.1' }],
    });
    expect(loaded(seen).layers[0]?.nodes[0]?.address).toBe('https://192.0.2.1');
    expect(said(seen, 'way')[0]?.what).toBe('192.0.2.9 did not answer from here');
  });

  it('get a name that the file accepts, whatever they call themselves', () => {
    const seen = seenAs(answers('Cache-Status: "-- ü/€ <b>\\" x"; hit', 'Cache-Status: "%%%"; hit'));
    expect(loaded(seen).layers[0]?.nodes.length).toBeGreaterThan(0);
  });
});

describe('sharing', () => {
  it('is seen where Age goes on over new connections', () => {
    const claims = said(seenAs(answers('X-Varnish: 5 2\nAge: 3', 'X-Varnish: 6 2\nAge: 4')), 'node');
    expect(claims.map(({ because }) => because)).toContain(
      'Age went on from 3 to 4 over 2 new connections as time did',
    );
  });

  it('is not claimed where an older copy came after a younger one', () => {
    const claims = said(seenAs(answers('X-Varnish: 5 2\nAge: 3', 'X-Varnish: 9 1\nAge: 50')), 'node');
    expect(claims.map(({ what }) => what)).toContain('at least two stores answer here');
  });
});

describe('the marker', () => {
  const page = (text: string, lines = '', digest = 'sha256:a') => answer(lines, { text, digest });
  const markerOf = (...sightings: ReturnType<typeof page>[]) => loaded(seenAs(sightings)).targets[0]?.marker;

  it('is the page’s own word, before that of its generator', () => {
    const text = '<meta name="generator" content="MediaWiki 1.45.0"><meta content=4f2c name=build>';
    expect(markerOf(page(text), page(text))).toEqual({ css: 'meta[name=build]', attribute: 'content' });
  });

  it('is the page’s own word also while a change is on its way, and not one that is new each time', () => {
    const of = (...builds: readonly string[]) =>
      markerOf(...builds.map((build) => page(`<meta name=build content=${build}>`)));
    expect(of('4f2c', '8a01', '4f2c', '8a01')).toEqual({ css: 'meta[name=build]', attribute: 'content' });
    expect(of('a1', 'a2', 'a3', 'a4')).toEqual({ digest: true });
  });

  it('is the generator where that names a version', () => {
    const text = '<META CONTENT="MediaWiki 1.45.0-wmf.3" NAME="generator">';
    expect(markerOf(page(text))).toEqual({ css: 'meta[name=generator]', attribute: 'content' });
    expect(markerOf(page('<meta name=generator content=Hugo>'))).toEqual({ digest: true });
  });

  it('is the ETag where that is the same in all answers, and the digest where it is not', () => {
    expect(markerOf(page('', 'ETag: "a1"'), page('', 'ETag: "a1"'))).toEqual({ header: 'etag' });
    expect(markerOf(page('', 'ETag: "a1"'), page('', 'ETag: "a2"'))).toEqual({ digest: true });
  });

  it('is none where the page is never the same, and one sentence says what to do', () => {
    const seen = seenAs([page('x', '', 'sha256:a'), page('y', '', 'sha256:b')]);
    expect(said(seen, 'marker')).toMatchObject([{ what: 'nothing here tells versions apart', kind: 'measured' }]);
    expect(discoverYaml(of(seen))).toContain('# ignore: [ "[nonce]" ] # fill in: parts of the page that are new');
  });
});

describe('what servers send', () => {
  it('never breaks the file, nor leaves its comment', () => {
    const nasty = ['x\u2028layers: []', 'a # b: c', '"\\', '\u0000\u001b[31m', '${HOME}', "']}", '- - -', '&a *b !!c'];
    for (const text of nasty) {
      const lines = [
        ['Server', text],
        ['Cache-Status', `"${text}"; hit; detail="${text}"`],
        ['X-Served-By', text],
        ['Via', `1.1 ${text}`],
        ['ETag', `"${text}"`],
        ['X-Cache', `HIT from ${text}`],
        ['CF-Cache-Status', text],
        ['CF-RAY', '8f2a1b3c4d5e6f70-AMS'],
      ] as const;
      const meta = `<meta name=build content="1${text.replaceAll('"', '')}">`;
      loaded(seenAs([answer('', { fields: lines, text: meta, digest: 'sha256:a' })]));
    }
  });

  it('loads after two thousand stacks of mangled answers', () => {
    const pool = capturedNames().flatMap(capturedOf);
    const chance = randomFrom(7);
    const bits = ['"', '\\', '\n', '\u2028', ',', ';', 'ü', '\u0000', ': ', '#', '{', '- ', 'HIT', '🦊', '99999999999'];
    const mangled = (text: string): string => {
      const at = chance(text.length + 1);
      return chance(3) === 0 ? `${text.slice(0, at)}${bits[chance(bits.length)]}${text.slice(at + chance(3))}` : text;
    };
    for (let i = 0; i < 2000; i++) {
      const sightings = Array.from({ length: 1 + chance(5) }, (_, j) => {
        const { status, fields } = pool[chance(pool.length)]!;
        const above = pool[chance(pool.length)]!.fields;
        const lines = [...above, ...fields].filter(() => chance(5) > 0).map(([n, v]) => [n, mangled(v)] as const);
        return answer('', { ip: `192.0.2.${chance(3)}`, status, fields: lines, responseTime: START + j });
      });
      loaded(seenAs(sightings));
    }
  }, 60_000);
});

/** A linear congruential generator: the same numbers every time. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) % below;
}
