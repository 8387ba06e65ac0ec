import { describe, expect, it } from 'vitest';
import { cloudflare } from '../../../shared/dialects/cloudflare.ts';
import { generic } from '../../../shared/dialects/generic.ts';
import { nginx } from '../../../shared/dialects/nginx.ts';
import { varnish } from '../../../shared/dialects/varnish.ts';
import { footing, traitsBehind } from '../../../shared/model/footing.ts';
import { forecastAll } from '../../../shared/model/forecast-all.ts';
import { advance, changeIn, emptyReading, statesOf } from '../../../shared/model/reading.ts';
import type { Reason } from '../../../shared/model/reason.ts';
import { simulatedStack } from './simulated-stack.ts';

const maxAge = { seconds: 5, from: 'max-age' } as const;

describe('a claim', () => {
  it('rests on the clock, on what Age does, on the source of the lifetime and on the window', () => {
    expect(traitsBehind(varnish, maxAge, 0, {})).toEqual(['clock', 'honoursAge', 'lifetimeFrom']);
    expect(traitsBehind(varnish, { seconds: 5, from: 'heuristic' }, 0, {})).toContain('heuristicShare');
    expect(traitsBehind(varnish, { seconds: 120, from: 'default' }, 10, {})).toEqual([
      'clock',
      'honoursAge',
      'defaultTtl',
      'grace',
    ]);
    expect(traitsBehind(varnish, maxAge, 7, {})).toContain('obeysStaleWhileRevalidate');
  });

  it('does not rest on a trait that the operator decides', () => {
    const policy = { honoursAge: false, grace: 3, defaultTtl: 5 };
    expect(traitsBehind(varnish, { seconds: 5, from: 'policy' }, 3, policy)).toEqual(['clock']);
  });

  it('of measured traits says nothing; of others, which', () => {
    const traits = ['clock', 'honoursAge', 'lifetimeFrom'] as const;
    expect(footing(nginx, traits)).toEqual([]);
    expect(footing(varnish, [...traits, 'grace'])).toEqual([
      { code: 'documented-behaviour', product: 'Varnish', traits: ['grace'] },
    ]);
    expect(footing(cloudflare, traits)).toEqual([
      { code: 'documented-behaviour', product: 'Cloudflare', traits: ['lifetimeFrom'] },
      { code: 'assumed-trait', product: 'Cloudflare', trait: 'clock' },
      { code: 'assumed-trait', product: 'Cloudflare', trait: 'honoursAge' },
    ]);
    expect(footing(generic, traits)).toEqual([{ code: 'guessed-behaviour' }]);
  });
});

describe('a forecast', () => {
  const START = 1_800_000_000;

  /** The codes of its terms for the node `e` whose old copy has yet to expire, by the node that each speaks of. */
  function codes(dialect: string, parent: string): string[] {
    const stack = simulatedStack(
      [
        { dialect, nodes: ['e'] },
        { dialect: parent, nodes: ['s'] },
      ],
      'max-age=9',
    );
    let reading = emptyReading(stack.topology);
    const see = (node: string, at: number) => {
      reading = advance(reading, { type: 'observation', data: stack.observe(node, START + at) });
    };
    for (const node of ['app-1', 'e', 's']) see(node, 0);
    stack.deploy('v2');
    for (const node of ['app-1', 'e', 's']) see(node, 1);
    const states = statesOf(reading, 'home', 'default');
    const change = changeIn(reading, 'home', 'default');
    const made = forecastAll(reading.topology, states, change, { samples: 5 }, START + 2);
    const footings: readonly Reason['code'][] = ['guessed-behaviour', 'documented-behaviour', 'assumed-trait'];
    const terms = made.find((f) => f.node === 'e' && f.audience === 'new-visitor')!.terms;
    return terms.filter((t) => footings.includes(t.because.code)).map((t) => `${t.node ?? ''} ${t.because.code}`);
  }

  it('names in its terms what is not measured of the node and of those behind it', () => {
    expect(codes('nginx', 'nginx')).toEqual([]);
    expect(codes('fastly', 'nginx')).toEqual(['e documented-behaviour', 'e assumed-trait']);
    expect(codes('nginx', 'rfc9211')).toEqual(['s documented-behaviour']);
    expect(codes('generic', 'akamai')).toEqual([
      's assumed-trait',
      's assumed-trait',
      's assumed-trait',
      'e guessed-behaviour',
    ]);
  });
});
