import { describe, expect, it } from 'vitest';
import { replayed } from '../../shared/replay.ts';
import type { Trace } from '../../shared/trace.ts';
import { readTraceFile, traceFileText } from '../../shared/trace-file.ts';
import { simulatedStack } from './model/simulated-stack.ts';

/** Two nodes whose copies live 10 s; build v2 is deployed 5 s after the first look, everything asked every 0.2 s for 20 s. */
function traced(more: Partial<Trace> = {}): Trace {
  const stack = simulatedStack([{ dialect: 'varnish', nodes: ['edge-1', 'edge-2'] }], 'max-age=10');
  const observations: Trace['observations'][number][] = [];
  const first = 1_700_000_000;
  for (let step = 0; step <= 100; step += 1) {
    const now = first + step * 0.2;
    if (step === 25) stack.deploy('v2');
    for (const node of ['app-1', 'edge-1', 'edge-2']) {
      // the second edge is met by nobody else, and asked later
      if (node !== 'edge-2' || step >= 10) observations.push(stack.observe(node, now));
    }
  }
  return {
    strata: 1,
    kind: 'trace',
    id: 'abc',
    startedAt: first,
    endedAt: first + 21,
    run: { kind: 'trace', expect: 'v2' },
    topology: stack.topology,
    observations,
    events: [],
    receipts: [],
    forecasts: [],
    ...more,
  };
}

describe('a trace that is replayed', () => {
  const trace = traced();
  const { document } = replayed(trace);

  it('says when each place turned, from its observations alone', () => {
    expect(document).toMatchObject({ trace: 'abc', expect: 'v2', notSeen: [], requests: trace.observations.length });
    expect(document.flips.map((f) => f.node).sort()).toEqual(['app-1', 'edge-1', 'edge-2']);
    const [edge] = document.layers ?? [];
    expect(edge).toMatchObject({ layer: 'layer-0', seen: 2, of: 2 });
    expect(edge?.percentiles.p50?.latest).toBeGreaterThan(10);
  });

  it('says the same as when it was recorded, also after the way through its file', () => {
    const again = readTraceFile(traceFileText({ ...trace, summary: document }));
    if ('problem' in again) throw new Error(again.problem);
    expect(replayed(again.trace)).toEqual({ document, differences: [] });
  });

  it('finds out what was waited for where nobody told', () => {
    const { run: _run, ...untold } = trace;
    expect(replayed(untold).document).toMatchObject({ expect: 'v2', notSeen: [] });
  });

  it('counts only what was chosen, by what the origins say is new', () => {
    const chosen = replayed(traced({ run: { kind: 'trace', expect: 'v2', node: 'edge-2' } }));
    expect(chosen.document.flips.map((f) => f.node)).toEqual(['edge-2']);
  });

  it('that was interrupted ends at its last certain instant', () => {
    const { endedAt: _end, ...cut } = trace;
    const at = trace.startedAt + 8;
    const early = trace.observations.filter((o) => o.responseTime <= at);
    const { document: until } = replayed({ ...cut, interruptedAt: at, observations: early });
    expect(until.endedAt).toBe(new Date(at * 1000).toISOString());
    expect(until.notSeen.map((n) => n.node)).toEqual(['edge-1', 'edge-2']);
  });

  it('counts from the deploy, else from the first purge, else from its beginning, and as exactly as it was recorded', () => {
    const at = trace.startedAt + 5.000_123;
    const deploy = { id: 1, type: 'deploy', at: { earliest: at, latest: at }, marker: 'v2' } as const;
    const since = (more: Partial<Trace>) => replayed(traced(more)).document;
    expect(since({ events: [deploy] }).startedAt).toBe(new Date(at * 1000).toISOString());
    const said = since({ events: [deploy] });
    const p50 = replayed(traced({ events: [deploy], summary: said })).document.percentiles.p50;
    expect(p50).toEqual(said.percentiles.p50);
    expect(since({}).startedAt).toBe(new Date(trace.startedAt * 1000).toISOString());
  });

  it('says sentence by sentence where today’s reading is another', () => {
    const [first, ...rest] = document.flips;
    const moved = { ...first!, flippedAt: { ...first!.flippedAt, latest: '2023-11-14T22:20:00.000Z' } };
    const cause = {
      id: 'purge-race',
      layer: 'layer-0',
      node: 'edge-1',
      confidence: 1,
      summary: '',
      evidence: { for: [], against: [] },
    };
    const summary = {
      ...document,
      flips: [moved, ...rest.slice(1), { ...rest[0]!, back: true }],
      percentiles: { p50: { earliest: 1, latest: 2 } },
      causes: [cause],
    };
    const { differences } = replayed({ ...trace, summary });
    expect(differences).toContain('purge-race at layer-0/edge-1 was found then, and is not found now.');
    expect(differences.some((d) => d.startsWith('p50 was said to be within 2 s; now within'))).toBe(true);
    expect(differences.some((d) => d.includes(': it was said to turn between') && d.includes('; now between'))).toBe(
      true,
    );
    expect(differences.some((d) => d.includes('(back to the old version)') && d.endsWith('now it is not.'))).toBe(true);
    expect(differences.some((d) => d.endsWith('that was not said then.'))).toBe(true);
  });
});
