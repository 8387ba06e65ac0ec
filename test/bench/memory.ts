// How much memory do a million stored responses take?
import { rfcBehaviour } from '../../shared/dialects/rfc-behaviour.ts';
import { formatDate } from '../../shared/http/date.ts';
import type { FieldLine } from '../../shared/http/fields.ts';
import { commit, receive } from '../../shared/model/receive.ts';
import { createCache, decide } from '../../shared/model/simulate.ts';
import { inChild } from './child.ts';

export interface Held {
  readonly responses: number;
  /** Of the heap that is in use after collection, in bytes, besides what was in use before. */
  readonly heap: number;
  /** The same of what one would write by hand: a Map from URL to the text of the head. The peer in the same run. */
  readonly plainText: number;
}

const HEAP_MEGABYTES = 6000;

/** Each in a process of its own, whose heap nothing else uses. */
export async function heldMemory(responses: number): Promise<Held> {
  const measured = async (what: string): Promise<number> => {
    const child = await inChild(
      'memory',
      [what, String(responses)],
      ['--expose-gc', `--max-old-space-size=${HEAP_MEGABYTES}`],
    );
    const heap = Number(child.said);
    await child.stop();
    return heap;
  };
  return { responses, heap: await measured('model'), plainText: await measured('text') };
}

/** Runs in the child. @returns bytes of heap */
export function memoryOf(what: string, responses: number): number {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('start it with --expose-gc');
  collect();
  const before = process.memoryUsage().heapUsed;
  const held = what === 'model' ? inModel(responses) : asText(responses);
  collect();
  const heap = process.memoryUsage().heapUsed - before;
  if (held() !== responses) throw new Error(`${held()} of ${responses} are held`);
  return heap;
}

const NOW = 1_800_000_000;

function inModel(responses: number): () => number {
  const cache = createCache<undefined>({
    name: 'bench',
    behaviour: rfcBehaviour,
    policy: {},
    maxObjects: responses,
  });
  for (let i = 0; i < responses; i++) {
    const url = fresh(`http://shop.example/section-${i % 97}/page-${i}`);
    const verdict = decide(cache, { method: 'GET', url, fields: parsed('Host: shop.example\r\nAccept: */*') }, NOW);
    if (verdict.kind !== 'forward') throw new Error('an empty cache answered');
    const response = { status: 200, fields: parsed(headOf(i)) };
    const { store } = receive(cache, verdict, response, { requestTime: NOW, responseTime: NOW }, NOW);
    if (store !== undefined) commit(cache, store, undefined);
  }
  return () => cache.index.count;
}

function asText(responses: number): () => number {
  const held = new Map<string, string>();
  for (let i = 0; i < responses; i++)
    held.set(fresh(`http://shop.example/section-${i % 97}/page-${i}`), fresh(headOf(i)));
  return () => held.size;
}

const headOf = (i: number): string =>
  [
    `Date: ${formatDate(NOW - (i % 300))}`,
    'Server: nginx/1.22.1',
    'Content-Type: text/html; charset=utf-8',
    `Content-Length: ${1000 + (i % 90_000)}`,
    `Last-Modified: ${formatDate(NOW - 1000 - i)}`,
    `ETag: "${(i * 2_654_435).toString(16)}-${i.toString(36)}"`,
    `Cache-Control: max-age=${60 + (i % 86_400)}`,
    'Vary: Accept-Encoding',
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${(i * 40_503).toString(16).padStart(16, '0')}`,
  ].join('\r\n');

/** Field lines as a parser makes them: each name and each value a string of its own, cut from the bytes. */
function parsed(head: string): FieldLine[] {
  const bytes = Buffer.from(head, 'latin1');
  const lines: FieldLine[] = [];
  for (let at = 0; at < bytes.length;) {
    const colon = bytes.indexOf(':', at);
    const end = bytes.indexOf('\r\n', at);
    const stop = end === -1 ? bytes.length : end;
    lines.push([bytes.toString('latin1', at, colon), bytes.toString('latin1', colon + 2, stop)]);
    at = stop + 2;
  }
  return lines;
}

const fresh = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');
