import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_TRACE_FILE, readTraceFile, traceFileText } from '../../shared/trace-file.ts';
import { flipsIn } from '../../shared/model/flips.ts';
import { readTrace } from '../../shared/model/reading.ts';
import type { PurgeReceipt, RecordedForecast, Trace, TraceEvent } from '../../shared/trace.ts';
import { event, forecast, observation, receipt, topology } from '../probe/store/sample.ts';

const score = { flippedAt: { earliest: 12, latest: 13 }, boundsHeld: true, bandHeld: true, absoluteError: 0.5 };

const trace: Trace = {
  strata: 1,
  kind: 'trace',
  id: 'abc',
  startedAt: 1.000_001,
  endedAt: 20,
  run: { kind: 'trace', expect: '4f2c' },
  topology,
  observations: [observation(1).data, observation(2).data],
  events: [event(1, 2).data as TraceEvent, { id: 9, type: 'origin-ready', at: { earliest: -Infinity, latest: 3 } }],
  receipts: [receipt(3, 'accepted', 4, 5).data as PurgeReceipt],
  forecasts: [forecast(4, 5, score).data as RecordedForecast],
  summary: {
    strata: 1,
    verb: 'trace',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:19.000Z',
    expect: '4f2c',
    events: [],
    flips: [{ layer: 'edge', node: 'edge-1', target: 'home', variant: 'default', flippedAt: {}, back: false }],
    percentiles: { p50: { earliest: 1, latest: 2 } },
    notSeen: [],
    causes: [],
    requests: 2,
  },
};
const text = traceFileText(trace);

const problemOf = (content: string): string => {
  const read = readTraceFile(content);
  return 'problem' in read ? read.problem : 'none';
};
/** The file with one thing changed. */
const changed = (change: (raw: Record<string, never>) => unknown): string => {
  const raw = JSON.parse(text) as Record<string, never>;
  return JSON.stringify(change(raw) ?? raw);
};

describe('a trace file', () => {
  it('reads back as the trace that was written, microseconds and open ends included', () => {
    expect(readTraceFile(text)).toEqual({ trace });
  });

  it('may begin with a byte order mark, and say more than is known here', () => {
    const more = text.replace('{', '{"note":{"by":"somebody"},');
    expect(readTraceFile(`\ufeff${more}`)).toMatchObject({ trace: { id: 'abc' } });
  });

  it.each([
    ['', 'The file is empty.'],
    ['  \n ', 'The file is empty.'],
    ['layers: []', 'is no trace: a trace file is JSON'],
    ['[1, 2]', 'is no trace: a trace file is JSON and begins with “{”'],
    [text.slice(0, -40), 'breaks off before its end'],
    [text.replace('"kind":', '"kind"'), 'is no JSON'],
    [`${text}${text}`, 'several JSON documents'],
    ['{"log":{"version":"1.2","entries":[]}}', 'it is a HAR'],
    ['{"a":1}', 'not of Strata'],
    ['{"strata":2,"kind":"trace"}', 'of version 2, and this Strata reads version 1'],
    ['{"strata":1,"verb":"look"}', 'it is what “strata look --json” prints'],
    ['{"strata":1}', 'does not say that it is one'],
    [`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'nests deeper than any trace'],
    ['{"strata":1,"kind":"trace"}', 'cannot be read: id is missing'],
    [changed((raw) => ({ ...raw, startedAt: '2026' })), 'startedAt must be a number'],
    [changed((raw) => ({ ...raw, topology: { layers: 3 } })), 'topology.layers must be a list'],
    [text.replace('"status":200', '"status":"200"'), 'observations[0].result.status must be a number'],
    [text.replace('["age","3"]', '["age"]'), 'observations[0].result.fields[0] must be a list of 2'],
    [text.replace('"outcome":"accepted"', '"outcome":"done"'), 'receipts[0].outcome must be unknown or accepted'],
    [text.replace('"earliest":null', '"earliest":"never"'), 'events[1].at.earliest must be a number'],
  ])('that is none, or broken, is told by one sentence: %#', (content, says) => {
    expect(problemOf(content)).toContain(says);
    expect(problemOf(content)).toMatch(/^The file [^\n]{5,200}\.$/);
  });

  it('of too many characters is not even parsed', () => {
    expect(problemOf(' '.repeat(LONGEST_TRACE_FILE + 1))).toContain('too long to be read');
  });

  it('cut anywhere is refused in one sentence, but for the end of its last line', () => {
    for (let length = 0; length < text.length - 1; length += 7) {
      expect(problemOf(text.slice(0, length))).toMatch(/^The file .*\.$/);
    }
  });

  it('with any value in any place is refused, or read so that the model can compute on it', () => {
    const places = paths(JSON.parse(text) as unknown);
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(null, -1, 1e308, '', '__proto__', [], {}));
    fc.assert(
      fc.property(fc.constantFrom(...places), value, (path, put) => {
        const read = readTraceFile(JSON.stringify(withValue(JSON.parse(text), path, put)));
        if ('trace' in read) flipsIn(readTrace(read.trace), 0, '4f2c', 100);
        else expect(read.problem).toMatch(/^The file .*\.$/);
      }),
      { numRuns: 3000 },
    );
  });
});

type Path = readonly (string | number)[];

function paths(raw: unknown, at: Path = []): Path[] {
  if (typeof raw !== 'object' || raw === null) return [at];
  const entries = Object.entries(raw).map(([key, value]) => [Array.isArray(raw) ? Number(key) : key, value] as const);
  return [at, ...entries.flatMap(([key, value]) => paths(value, [...at, key]))];
}

function withValue(raw: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const holder = raw as Record<string | number, unknown>;
  holder[key] = withValue(holder[key], rest, value);
  return holder;
}
