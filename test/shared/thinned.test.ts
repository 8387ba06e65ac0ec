import { describe, expect, it } from 'vitest';
import { replayed } from '../../shared/replay.ts';
import { thinned } from '../../shared/thinned.ts';
import { LONGEST_TRACE_FILE, readTraceFile, traceFileText } from '../../shared/trace-file.ts';
import type { Trace } from '../../shared/trace.ts';
import { simulatedStack } from './model/simulated-stack.ts';

/** Three edges whose copies live 10 s, asked every 10 ms for 40 s; builds are deployed after 5 s and after 21 s. */
function dense(): Trace {
  const stack = simulatedStack([{ dialect: 'varnish', nodes: ['edge-1', 'edge-2', 'edge-3'] }], 'max-age=10');
  const observations: Trace['observations'][number][] = [];
  const startedAt = 1_700_000_000;
  for (let step = 0; step <= 4000; step += 1) {
    if (step === 500) stack.deploy('v2');
    if (step === 2100) stack.deploy('v3');
    for (const node of ['app-1', 'edge-1', 'edge-2', 'edge-3'])
      observations.push(stack.observe(node, startedAt + step / 100));
  }
  const files = { events: [], receipts: [], forecasts: [] };
  const run = { kind: 'trace', expect: 'v3' } as const;
  return {
    strata: 1,
    kind: 'trace',
    id: 'x',
    startedAt,
    endedAt: startedAt + 41,
    run,
    topology: stack.topology,
    observations,
    ...files,
  };
}

describe('a trace that is too long', () => {
  const whole = dense();
  const few = thinned(whole, 500);

  it('is thinned to what was asked for, and says how much was left out', () => {
    expect(few.observations.length).toBeLessThanOrEqual(500);
    expect(few.observations.length).toBeGreaterThan(400);
    expect(few.observations.length + (few.omitted ?? 0)).toBe(whole.observations.length);
    expect(thinned(whole, whole.observations.length)).toBe(whole);
  });

  it('says the same of every turn as the whole one', () => {
    const { requests: _all, observer: _touched, ...before } = replayed(whole).document;
    const { requests: _some, observer: _fewer, ...after } = replayed(few).document;
    expect(before.flips).toHaveLength(4);
    expect(after).toEqual(before);
  });

  it('keeps every turn where these alone are more than was asked for', () => {
    const { requests: _all, observer: _touched, ...before } = replayed(whole).document;
    const { requests: _some, observer: _fewer, ...after } = replayed(thinned(whole, 10)).document;
    expect(after).toEqual(before);
  });

  it('fits into its file', () => {
    // each as long as an answer with long fields
    const long = whole.observations.map((o) => ({
      ...o,
      request: { ...o.request, url: `http://a/${'x'.repeat(12_000)}` },
    }));
    const text = traceFileText({ ...whole, observations: long });
    expect(text.length).toBeLessThan(LONGEST_TRACE_FILE);
    const read = readTraceFile(text);
    expect(read).toMatchObject({ trace: { id: 'x' } });
    if ('trace' in read) expect(read.trace.omitted).toBeGreaterThan(1000);
  });
});
