// How fast is a saved HAR explained, beside what any program needs to read it at all?
import { performance } from 'node:perf_hooks';
import { formatDate } from '../../shared/http/date.ts';
import { explainDocument } from '../../shared/explain.ts';
import { recordingIn } from '../../shared/recorded/recording.ts';

export interface HarRates {
  readonly bytes: number;
  readonly entries: number;
  readonly notes: number;
  /** Seconds of each turn: reading and explaining all of it, and JSON.parse of the same text. */
  readonly explained: readonly number[];
  readonly parsed: readonly number[];
}

/** `rounds` turns of each, one right after the other; the very first explanation counts among them. */
export function harRates(entries: number, bytes: number, rounds: number): HarRates {
  const now = Math.floor(Date.now() / 1000);
  const text = harText(entries, bytes, now);
  const explained: number[] = [];
  const parsed: number[] = [];
  let notes = 0;
  for (let i = 0; i < rounds; i++) {
    parsed.push(secondsOf(() => JSON.parse(text)));
    explained.push(
      secondsOf(() => {
        const recording = recordingIn(text);
        if ('refused' in recording) throw new Error(`the HAR ${recording.refused}`);
        const { responses } = explainDocument(recording.responses, now);
        notes = responses.reduce((sum, response) => sum + response.notes.length, 0);
      }),
    );
  }
  return { bytes: text.length, entries, notes, explained, parsed };
}

function secondsOf(work: () => unknown): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

const WAYS = [
  [
    ['server', 'nginx'],
    ['x-cache-status', 'HIT'],
  ],
  [
    ['x-varnish', '32770 5'],
    ['via', '1.1 varnish (Varnish/7.1)'],
  ],
  [
    ['cf-cache-status', 'HIT'],
    ['server', 'cloudflare'],
    ['cf-ray', '8f1c2d3e4a5b6c7d-LHR'],
  ],
  [
    ['via', '1.1 varnish'],
    ['x-served-by', 'cache-fra-eddf8230020-FRA'],
    ['x-cache', 'HIT'],
    ['x-cache-hits', '3'],
    ['x-timer', 'S1700000001.000001,VS0,VE1'],
  ],
  [['cache-status', 'shield; fwd=miss; stored, edge; hit; ttl=40']],
] as const;
const CONTROLS = [
  'max-age=60',
  'public, s-maxage=300, max-age=0',
  'private',
  'no-cache',
  'max-age=31536000, immutable',
];

/** A page’s worth of requests as a browser saves them: each with many fields, and contents up to the size wanted. */
function harText(count: number, bytes: number, now: number): string {
  const content = Math.max(0, Math.floor(bytes / count) - 1980);
  const entries = Array.from({ length: count }, (_, i) => ({
    startedDateTime: new Date(now * 1000 + i).toISOString(),
    time: 12.5,
    request: {
      method: 'GET',
      url: `https://shop.example/section-${i % 17}/file-${i}.js?v=${i * 7919}`,
      httpVersion: 'h2',
      headers: Array.from({ length: 14 }, (_, k) => ({ name: `sec-field-${k}`, value: `value ${k} of ${i}` })),
    },
    response: {
      status: i % 50 === 0 ? 404 : 200,
      statusText: '',
      httpVersion: 'h2',
      headers: fieldsOf(i, now).map(([name, value]) => ({ name, value })),
      content: { size: content, mimeType: 'text/javascript', text: 'x'.repeat(content) },
    },
    cache: {},
    timings: { blocked: 1, dns: -1, connect: -1, send: 0.1, wait: 10, receive: 1.4 },
  }));
  return JSON.stringify({ log: { version: '1.2', creator: { name: 'bench', version: '1' }, pages: [], entries } });
}

const fieldsOf = (i: number, now: number): (readonly [string, string])[] => [
  ['date', formatDate(now - (i % 90))],
  ['content-type', 'text/javascript; charset=utf-8'],
  ['cache-control', CONTROLS[i % CONTROLS.length]!],
  ['etag', `"${(i * 7919).toString(16)}"`],
  ['last-modified', formatDate(now - 86_400 - i)],
  ['vary', i % 3 === 0 ? 'Accept-Encoding, Origin' : 'Accept-Encoding'],
  ['age', String(i % 90)],
  ...Array.from({ length: 10 }, (_, k) => [`x-field-${k}`, `value ${k} of response ${i}`] as const),
  ...WAYS[i % WAYS.length]!,
];
