import { describe, expect, it } from 'vitest';
import { chainOf } from '../../../shared/discover/chain.ts';
import type { Sighting } from '../../../shared/discover/seen.ts';
import { capturedOf } from '../dialects/captured.ts';
import { answers } from './answers.ts';

const dialectsOf = (sightings: readonly Sighting[]): string[] =>
  chainOf(sightings).layers.map(({ dialect }) => dialect);

const capturedAnswers = (name: string): Sighting[] =>
  capturedOf(name).map(({ status, fields, at }) => {
    return { ip: '192.0.2.1', responseTime: Date.parse(at) / 1000, status, fields };
  });

const CHAINS: [string, string[]][] = [
  ['varnish-over-nginx', ['varnish', 'nginx']],
  ['nginx-over-varnish', ['nginx', 'varnish']],
  ['haproxy-over-varnish', ['haproxy', 'varnish']],
  ['trafficserver-over-squid', ['trafficserver', 'squid']],
  ['varnish-over-squid', ['varnish', 'squid']],
];

describe('the layers of a real chain', () => {
  it.each(CHAINS)('are found in their order: %s', (name, truth) => {
    expect(dialectsOf(capturedAnswers(name))).toEqual(truth);
  });

  it.each(CHAINS)(
    'are never more than there are, nor in another order, whichever answers were seen: %s',
    (name, truth) => {
      const all = capturedAnswers(name);
      for (let seed = 0; seed < 300; seed++) {
        const some = all.filter((_, i) => ((seed * 2_654_435_761 + i * 40_503) >>> 7) % 5 < 2);
        const found = dialectsOf(some).filter((dialect) => dialect !== 'generic');
        expect(truth.filter((dialect) => found.includes(dialect))).toEqual(found);
        expect(dialectsOf(some).length).toBeLessThanOrEqual(truth.length);
      }
    },
  );
});

describe('layers', () => {
  it('are one chain where a hit hides what a miss shows', () => {
    const found = chainOf(
      answers('X-Varnish: 5 2', 'X-Cache-Status: MISS\nServer: nginx\nX-Varnish: 7', 'X-Varnish: 9 2'),
    );
    expect(found.layers.map(({ id }) => id)).toEqual(['varnish', 'nginx']);
    expect(found.parents.get('varnish')).toEqual(['nginx']);
  });

  it('of one dialect are as many as one answer shows, and a shorter answer is put where its name was seen', () => {
    const found = chainOf(
      answers('Cache-Status: shield; hit', 'Cache-Status: shield; hit, edge; fwd=miss', 'Cache-Status: edge; hit'),
    );
    expect(found.layers.map(({ id, voices }) => [id, voices.length])).toEqual([
      ['rfc9211', 2],
      ['rfc9211-2', 2],
    ]);
  });

  it('that never stood in one answer are not put in a row', () => {
    const found = chainOf(answers('X-Varnish: 5', 'CF-Cache-Status: MISS\nCF-RAY: 8f2a1b3c4d5e6f70-AMS'));
    expect([...found.parents.values()]).toEqual([[], []]);
  });

  it('seen in either order stand as in most answers, and the doubt is told', () => {
    const cloudflareLast = 'X-Varnish: 5\nCF-Cache-Status: MISS';
    const found = chainOf(answers(cloudflareLast, cloudflareLast, 'CF-Cache-Status: MISS\nX-Varnish: 5'));
    expect(found.layers.map(({ id }) => id)).toEqual(['cloudflare', 'varnish']);
    expect(found.contradictions).toEqual([['cloudflare', 'varnish']]);
  });

  it('are none where nothing tells: neither a Server line nor Via is a cache', () => {
    const found = chainOf(answers('Server: nginx/1.25.3\nContent-Type: text/html', 'Via: 1.1 gateway.example'));
    expect(found.layers).toEqual([]);
  });

  it('are one where only Age tells, and none of that where a product has spoken', () => {
    expect(dialectsOf(answers('Age: 3', 'Age: 4'))).toEqual(['generic']);
    expect(dialectsOf(answers('Age: 3', 'X-Varnish: 5'))).toEqual(['varnish']);
  });

  it('are not made of a word that another layer’s operator may have written: it always agreed', () => {
    const [hit, miss] = ['X-Cache-Result: HIT\nX-Varnish: 5 2', 'X-Cache-Result: MISS\nX-Varnish: 7'];
    expect(dialectsOf(answers(hit, miss, hit))).toEqual(['varnish']);
    expect(dialectsOf(answers(hit, miss, 'X-Cache-Result: MISS\nX-Varnish: 9 2'))).toEqual(['varnish', 'generic']);
  });

  it('are bounded, however many a response names', () => {
    const members = Array.from({ length: 5_000 }, (_, i) => `c${i}; hit`).join(', ');
    expect(chainOf(answers(`Cache-Status: ${members}`)).layers).toHaveLength(24);
  });
});
