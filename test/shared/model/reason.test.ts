import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refilledWithOld } from '../../../shared/model/change.ts';
import { forecastAll } from '../../../shared/model/forecast-all.ts';
import { advance, changeIn, emptyReading, statesOf, type Reading } from '../../../shared/model/reading.ts';
import { sentence, type Reason } from '../../../shared/model/reason.ts';
import type { Observation } from '../../../shared/observation.ts';
import { simulatedStack } from './simulated-stack.ts';

const START = 1_800_000_000;
const source = readFileSync(join(import.meta.dirname, '../../../shared/model/reason.ts'), 'utf8');
const declared = new Set([...source.matchAll(/readonly code: '([^']+)'/g)].map((m) => m[1]!));

/** Everything said in one session: what states claim, and what forecasts build on. */
function reasonsOf(reading: Reading, now: number): Reason[] {
  const states = statesOf(reading, 'home', 'default');
  const change = changeIn(reading, 'home', 'default');
  const forecasts = forecastAll(reading.topology, states, change, { samples: 5 }, now);
  const cameBack = states.filter(
    (s) => s.because.some((r) => r.code === 'refilled-after-purge') && refilledWithOld(s, change),
  );
  return [
    ...cameBack.map((): Reason => ({ code: 'old-again-after-purge' })),
    ...states.flatMap((s) => s.because),
    ...forecasts.flatMap((f) => f.terms.map((t) => t.because)),
  ];
}

interface Scene {
  readonly layers: Parameters<typeof simulatedStack>[0];
  readonly cacheControl?: string;
  /** `visit node`, `see node`, `deploy`, `purge node`, `fail node`, `be turned away node` at seconds. */
  readonly steps: readonly (readonly [at: number, what: string, node?: string])[];
}

function play({ layers, cacheControl = 'max-age=5', steps }: Scene): Reason[] {
  const stack = simulatedStack(layers, cacheControl);
  let reading = emptyReading(stack.topology);
  const said: Reason[] = [];
  for (const [offset, what, node = ''] of steps) {
    const at = START + offset;
    if (what === 'visit') stack.visit(node, at);
    if (what === 'deploy') stack.deploy('v2');
    if (what === 'see') reading = advance(reading, { type: 'observation', data: stack.observe(node, at) });
    if (what === 'fail') reading = advance(reading, { type: 'observation', data: failing(stack.observe(node, at)) });
    if (what === 'be turned away')
      reading = advance(reading, { type: 'observation', data: turningAway(stack.observe(node, at)) });
    if (what === 'purge' || what === 'purge softly') {
      if (what === 'purge') stack.purge(node);
      const place = { layer: 'layer-0', node, target: 'home', variant: 'default' };
      const receipt = {
        id: 1,
        ...place,
        method: 'PURGE',
        url: '',
        outcome: 'accepted',
        sentAt: at,
        answeredAt: at,
        summary: '',
        ...(what === 'purge softly' && { effect: { scope: 'url', soft: true, variants: 'all' } as const }),
      } as const;
      reading = advance(reading, { type: 'receipt', data: receipt });
    }
    said.push(...reasonsOf(reading, at + 0.1));
  }
  return said;
}

const failing = (o: Observation): Observation => ({
  ...o,
  result: { kind: 'failure', source: 'network', phase: 'connect', code: 'connect-refused', message: 'It refused.' },
});

const turningAway = (o: Observation): Observation => ({
  ...o,
  result: {
    kind: 'answer',
    httpVersion: '1.1',
    status: 429,
    reason: '',
    fields: [['Retry-After', '30']],
    bytes: 0,
    decodedBytes: 0,
  },
});

const varnishNginx = [
  { dialect: 'varnish', nodes: ['e'] },
  { dialect: 'nginx', nodes: ['s'] },
];
const deployed: Scene['steps'] = [
  [0, 'see', 'app-1'],
  [0.1, 'see', 'e'],
  [0.2, 'see', 's'],
  [1, 'deploy'],
  [1.1, 'see', 'app-1'],
];

const scenes: Record<string, Scene> = {
  'hit, grace, refill': {
    layers: varnishNginx,
    steps: [
      ...deployed,
      [1.2, 'see', 'e'],
      [5.5, 'see', 'e'],
      [5.6, 'see', 'e'],
      [6.2, 'see', 's'],
      [11, 'see', 'e'],
      [11.1, 'see', 'e'],
    ],
  },
  'expiry behind our back': {
    layers: varnishNginx,
    steps: [
      [0, 'see', 's'],
      [6.5, 'visit', 's'],
      [7, 'see', 's'],
    ],
  },
  'heard from a child': {
    layers: varnishNginx,
    steps: [
      [0, 'visit', 'e'],
      [1.3, 'see', 'e'],
      [2, 'see', 's'],
    ],
  },
  'content behind our back': {
    layers: [{ dialect: 'nginx', nodes: ['e'] }],
    steps: [
      [0, 'see', 'e'],
      [1, 'deploy'],
      [1.5, 'purge', 'e'],
      [1.6, 'visit', 'e'],
      [2, 'see', 'e'],
    ],
  },
  'a 304 renews': {
    layers: [{ dialect: 'nginx', nodes: ['e'] }],
    steps: [
      [0, 'see', 'e'],
      [7, 'see', 'e'],
    ],
  },
  'Age went back': {
    layers: [{ dialect: 'rfc9211', nodes: ['e'] }],
    steps: [
      [0, 'see', 'e'],
      [4, 'see', 'e'],
      [5.5, 'visit', 'e'],
      [7, 'see', 'e'],
    ],
  },
  'purged softly': { layers: varnishNginx, steps: [...deployed, [2, 'purge softly', 'e']] },
  'purged too early': { layers: varnishNginx, steps: [...deployed, [2, 'purge', 'e'], [2.1, 'see', 'e']] },
  'asked too often': { layers: varnishNginx, steps: [...deployed, [2, 'be turned away', 'e']] },
  'never stored': { layers: varnishNginx, cacheControl: 'no-store', steps: deployed },
  'no lifetime': {
    layers: [{ dialect: 'nginx', nodes: ['e'] }],
    cacheControl: 'public',
    steps: deployed.filter(([, , n]) => n !== 's'),
  },
  'nobody recognised': {
    layers: [{ dialect: 'generic', nodes: ['e'] }],
    cacheControl: 'public',
    steps: deployed.filter(([, , n]) => n !== 's'),
  },
  'known from its documentation': {
    layers: [{ dialect: 'fastly', nodes: ['e'] }],
    steps: deployed.filter(([, , n]) => n !== 's'),
  },
  'a node that fails': { layers: varnishNginx, steps: [...deployed, [2, 'fail', 'e']] },
  'an origin not ready': {
    layers: varnishNginx,
    steps: [
      [0, 'see', 'app-1'],
      [0.1, 'see', 'e'],
      [0.2, 'fail', 'app-1'],
    ],
  },
  'already stale on arrival': {
    layers: [
      { dialect: 'varnish', nodes: ['e'] },
      { dialect: 'varnish', nodes: ['s'] },
    ],
    steps: [
      [0, 'visit', 's'],
      [0.5, 'see', 'app-1'],
      [2, 'see', 'e'],
      [2.1, 'see', 's'],
      [3, 'deploy'],
      [3.1, 'see', 'app-1'],
    ],
  },
};

describe('what Strata says', () => {
  const said = Object.values(scenes).flatMap(play);

  it('has no word that no scene utters', () => {
    const uttered = new Set<string>(said.map((r) => r.code));
    expect([...declared].filter((code) => !uttered.has(code))).toEqual([]);
  });

  it('is one sentence each, whole and ended', () => {
    for (const reason of said) expect(sentence(reason)).toMatch(/^[A-Z].*\.$/);
  });
});
