import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastAll } from '../../../shared/model/forecast-all.ts';
import type { Forecast } from '../../../shared/model/forecast.ts';
import { advance, changeIn, emptyReading, statesOf, type Reading } from '../../../shared/model/reading.ts';
import { simulatedStack, type SimulatedStack } from './simulated-stack.ts';

const START = 1_800_000_000;

/** Looks at every node each `every` seconds from `from` to `to`, as a watch does. */
function watched(stack: SimulatedStack, reading: Reading, from: number, to: number, every: number): Reading {
  const nodes = stack.topology.layers.flatMap((l) => l.nodes.map((n) => n.id));
  let next = reading;
  for (let at = from; at < to; at += every) {
    nodes.forEach((node, i) => {
      next = advance(next, { type: 'observation', data: stack.observe(node, at + i * 0.003) });
    });
  }
  return next;
}

function forecasts(stack: SimulatedStack, reading: Reading, now: number): Map<string, Forecast> {
  const states = statesOf(reading, 'home', 'default');
  const change = changeIn(reading, 'home', 'default');
  const made = forecastAll(stack.topology, states, change, { samples: 60 }, now);
  return new Map(made.filter((f) => f.audience !== 'browser-copy').map((f) => [f.node, f]));
}

/** The first instant at which a visitor who asks every 20 ms gets `build`. */
function flipOf(stack: SimulatedStack, nodes: readonly string[], build: string, from: number): Map<string, number> {
  const flips = new Map<string, number>();
  for (let at = from; flips.size < nodes.length && at < from + 200; at += 0.02) {
    for (const node of nodes) if (!flips.has(node) && stack.visit(node, at) === build) flips.set(node, at);
  }
  return flips;
}

interface Played {
  readonly forecast: Forecast;
  readonly flip: number;
}

function play(layers: Parameters<typeof simulatedStack>[0], lifetime: number, phase: number, every: number): Played[] {
  const stack = simulatedStack(layers, `max-age=${lifetime}`);
  const edges = layers[0]!.nodes;
  let reading = emptyReading(stack.topology);
  const start = START + phase * 7.3;
  edges.forEach((edge, i) => stack.visit(edge, start + i * phase * lifetime * 0.3));
  const deployAt = start + lifetime * (1 + phase);
  reading = watched(stack, reading, start + lifetime * 0.4, deployAt, every);
  stack.deploy('v2');
  const asked = deployAt + 0.3;
  reading = watched(stack, reading, deployAt, asked, 0.2);
  const made = forecasts(stack, reading, asked);
  const flips = flipOf(stack, edges, 'v2', asked);
  return edges.map((edge) => ({ forecast: made.get(edge)!, flip: flips.get(edge)! }));
}

const stacks: Record<string, Parameters<typeof simulatedStack>[0]> = {
  'varnish before nginx': [
    { dialect: 'varnish', nodes: ['e1', 'e2', 'e3'] },
    { dialect: 'nginx', nodes: ['s1'] },
  ],
  'varnish without grace before varnish without grace': [
    { dialect: 'varnish', nodes: ['e1', 'e2'], grace: 0 },
    { dialect: 'varnish', nodes: ['s1'], grace: 0 },
  ],
  'varnish before varnish, both with grace': [
    { dialect: 'varnish', nodes: ['e1', 'e2'] },
    { dialect: 'varnish', nodes: ['s1'] },
  ],
  'standard caches all the way': [
    { dialect: 'rfc9211', nodes: ['e1', 'e2'] },
    { dialect: 'rfc9211', nodes: ['s1'] },
  ],
  'nginx before varnish': [
    { dialect: 'nginx', nodes: ['e1', 'e2'] },
    { dialect: 'varnish', nodes: ['s1'] },
  ],
  'three layers: varnish, nginx, varnish': [
    { dialect: 'varnish', nodes: ['e1', 'e2'] },
    { dialect: 'nginx', nodes: ['s1'] },
    { dialect: 'varnish', nodes: ['t1'] },
  ],
  'an unrecognised edge before nginx': [
    { dialect: 'generic', nodes: ['e1'] },
    { dialect: 'nginx', nodes: ['s1'] },
  ],
};

const late = { clock: { kind: 'whole-second', staleWhen: 'age > lifetime' } } as const;
const soon = { clock: { kind: 'whole-second', staleWhen: 'age >= lifetime' } } as const;

/** What is assumed of a product may be otherwise. */
const otherwise: typeof stacks = Object.fromEntries(
  ['fastly', 'cloudflare', 'cloudfront', 'akamai'].flatMap((dialect) =>
    Object.entries({ late, soon }).map(([when, truly]) => [
      `${dialect} that counts whole seconds and expires ${when}`,
      [
        { dialect, nodes: ['e1', 'e2'], truly },
        { dialect: 'nginx', nodes: ['s1'] },
      ],
    ]),
  ),
);
const ignorant: typeof stacks = Object.fromEntries(
  ['generic', 'cloudflare', 'cloudfront', 'akamai'].flatMap((dialect) =>
    ['varnish', 'rfc9211', 'akamai'].map((parent) => [
      `${dialect} that ignores Age before ${parent}`,
      [
        { dialect, nodes: ['e1', 'e2'], truly: { honoursAge: false } },
        { dialect: parent, nodes: ['s1'], grace: 0 },
      ],
    ]),
  ),
);

describe('the forecast against executable caches', () => {
  for (const [name, layers] of Object.entries({ ...stacks, ...otherwise, ...ignorant })) {
    it(`bounds the flip whatever the lifetime, the phase and the pace of looking: ${name}`, () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 2, max: 20 }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.double({ min: 0.3, max: 3, noNaN: true }),
          (lifetime, phase, every) => {
            for (const { forecast, flip } of play(layers, lifetime, phase, every)) {
              if (forecast.visible) continue;
              expect(flip).toBeGreaterThanOrEqual(forecast.earliest - 0.021);
              expect(flip).toBeLessThanOrEqual(forecast.latest ?? Infinity);
            }
          },
        ),
        { numRuns: 60, seed: 7 },
      );
    });
  }

  it('hits the instant to a tenth of a second where every layer tells its clock', () => {
    const errors: number[] = [];
    for (let i = 0; i < 40; i++) {
      const played = play(stacks['varnish before nginx']!, 2 + (i % 19), (i * 0.618) % 1, 0.27);
      for (const { forecast, flip } of played) if (!forecast.visible) errors.push(Math.abs(forecast.median! - flip));
    }
    errors.sort((a, b) => a - b);
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.1);
  });
});

describe('how lifetimes compose', () => {
  it('adds them up behind a layer that drops Age, and takes the longest where Age is passed on', () => {
    const longest = (inner: string) => {
      const waits = Array.from({ length: 30 }, (_, i) => {
        const stack = simulatedStack(
          [
            { dialect: 'varnish', nodes: ['e'], grace: 0 },
            { dialect: inner, nodes: ['s'], grace: 0 },
          ],
          'max-age=10',
        );
        stack.visit('s', START);
        stack.visit('e', START + (i / 30) * 9.9);
        stack.deploy('v2');
        return flipOf(stack, ['e'], 'v2', START + 9.9).get('e')! - START;
      });
      return Math.max(...waits);
    };
    expect(longest('nginx')).toBeGreaterThan(18);
    expect(longest('varnish')).toBeLessThan(11.1);
  });
});
