// Does what the executable cache does with one message grow out of proportion with the length of the message?
import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector/promises';
import { setFlagsFromString } from 'node:v8';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FieldLine, FieldLines } from '../../../shared/http/fields.ts';

const START = 1_700_000_000;

type Model = Awaited<ReturnType<typeof loaded>>;

const loaded = async () => ({
  ...(await import('../../../shared/dialects/index.ts')),
  ...(await import('../../../shared/dialects/rfc-behaviour.ts')),
  ...(await import('../../../shared/model/receive.ts')),
  ...(await import('../../../shared/model/simulate.ts')),
});

const times = (n: number, text: string): string => text.repeat(n);
const each = (n: number, line: (i: number) => FieldLine): FieldLine[] => Array.from({ length: n }, (_, i) => line(i));
const list = (n: number, member: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => member(i)).join();

/** Messages that grow with n: fields of the response, then of the requests. */
const growing: Readonly<Record<string, (n: number) => readonly [FieldLines, FieldLines]>> = {
  'commas in Cache-Control': (n) => [[['Cache-Control', `max-age=60${times(n, ',')}`]], []],
  'unknown directives': (n) => [[['Cache-Control', `max-age=60,${list(n, (i) => `x${i}=1`)}`]], []],
  'quotes that stay open': (n) => [[['Cache-Control', `max-age=60${times(n, ',a="b')}"`]], []],
  'backslashes in a quoted string': (n) => [[['Cache-Control', `max-age=60,a="${times(n, '\\')}`]], []],
  'names in a qualified no-cache': (n) => [[['Cache-Control', `max-age=60,no-cache="${list(n, (i) => `x${i}`)}"`]], []],
  'lines of Cache-Control': (n) => [each(n, () => ['Cache-Control', 'max-age=60']), []],
  'names in Connection': (n) => [
    [
      ['Cache-Control', 'max-age=60'],
      ['Connection', list(n, (i) => `x${i}`)],
    ],
    [],
  ],
  'names in Vary': (n) => [
    [
      ['Cache-Control', 'max-age=60'],
      ['Vary', list(n, (i) => `x${i}`)],
    ],
    [],
  ],
  'other fields': (n) => [
    [['Cache-Control', 'max-age=60'], ...each(n, (i) => [`X-${i}`, 'a'])],
    each(n, (i) => [`X-${i}`, 'a']),
  ],
  'names in Vary that are all there': (n) => [
    [
      ['Cache-Control', 'max-age=60'],
      ['Vary', list(n, (i) => `x${i}`)],
    ],
    each(n, (i) => [`x${i}`, 'a']),
  ],
  'members of Age': (n) => [
    [
      ['Cache-Control', 'max-age=60'],
      ['Age', times(n, '1,')],
    ],
    [],
  ],
  'white space': (n) => [
    [
      ['Cache-Control', `max-age=60,${times(n, ' ')}a`],
      ['Vary', 'b'],
    ],
    [['b', `a${times(n, ' ')}b`]],
  ],
  'entity tags': (n) => [
    [
      ['Cache-Control', 'max-age=60'],
      ['ETag', '"a"'],
    ],
    [['If-None-Match', list(n, (i) => `"${i}"`)]],
  ],
  'members of Range': (n) => [
    [
      ['Cache-Control', 'max-age=60'],
      ['Content-Length', '4'],
    ],
    [['Range', `bytes=${list(n, (i) => `${i}-`)}`]],
  ],
  'members of Cache-Status': (n) => [
    [
      ['Cache-Control', 'max-age=60'],
      ['Cache-Status', list(n, (i) => `c${i};hit`)],
    ],
    [],
  ],
};

// V8 counts how often each block of the program ran: work without a clock. Regular expressions are not seen by it.
describe('twice as much of', () => {
  const session = new Session();
  let model: Model;
  beforeAll(async () => {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    // what is compiled before, or optimised later, is not counted
    setFlagsFromString('--no-opt');
    model = await loaded();
  });
  afterAll(() => {
    setFlagsFromString('--opt');
    session.disconnect();
  });

  const blocksRun = async (work: () => void): Promise<number> => {
    await session.post('Profiler.takePreciseCoverage');
    work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const ours = result.filter(({ url }: Profiler.ScriptCoverage) => /\/shared\/(?!model\/[^/]*test)/.test(url));
    return ours
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)))
      .reduce((sum, count) => sum + count, 0);
  };

  it.each(Object.entries(growing))(
    '%s is at most four times the work',
    async (_, grown) => {
      const [once, twice] = [
        await blocksRun(() => told(model, ...grown(200))),
        await blocksRun(() => told(model, ...grown(400))),
      ];
      expect(once).toBeGreaterThan(200);
      expect(twice / once).toBeLessThan(4.2);
    },
    120_000,
  );
});

/** Stored, asked for, validated and asked for again. */
function told(
  { commit, createCache, decide, receive, recognise, rfcBehaviour }: Model,
  response: FieldLines,
  request: FieldLines,
): void {
  const cache = createCache<string>({ name: 'edge', behaviour: rfcBehaviour, policy: {} });
  recognise(response).decode(response, 200);
  for (const [now, status] of [
    [START, 200],
    [START + 1, 200],
    [START + 100, 304],
    [START + 101, 200],
  ] as const) {
    const verdict = decide(cache, { method: 'GET', url: 'http://shop.example/', fields: request }, now);
    if (verdict.kind !== 'forward') continue;
    const exchanged = { requestTime: now, responseTime: now };
    const { store } = receive(cache, verdict, { status, fields: response }, exchanged, now);
    if (store !== undefined) commit(cache, store, 'body');
  }
}
