// How does one request travel through an embedded cache to the next hop, and its answer back to the client and into the store?
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dialect, Spoken } from '../../shared/dialects/dialect.ts';
import type { FieldLine, FieldLines } from '../../shared/http/fields.ts';
import { combined, endToEnd, listMembers, without } from '../../shared/http/fields.ts';
import type { CacheState } from '../../shared/model/cache-state.ts';
import { commit, receive, receiveFailure } from '../../shared/model/receive.ts';
import type { Forward, Head, Received, Slice } from '../../shared/model/verdict.ts';
import { wallNow } from '../exchange/clock.ts';
import type { Endpoint, Upstream } from './upstream.ts';
import { fromRaw } from './upstream.ts';

/** One embedded cache at work. */
export interface CacheNode {
  readonly cache: CacheState<Buffer>;
  readonly dialect: Dialect;
  readonly upstream: Upstream;
  /** The next hop for a URL. */
  readonly parentOf: (url: string) => Endpoint;
  /** What it adds to Via in requests, so that a loop is seen. */
  readonly via: string;
  /** Larger bodies stream through and are not stored. */
  readonly maxObjectBytes: number;
  /** By cache key: lands when whoever fetches it has stored it, or knows that it never will. */
  readonly flights: Map<string, Promise<void>>;
}

/** Whoever waits for the answer; nobody where a copy is refreshed behind a client's back. */
export interface Client {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** As it came: path and query. */
  readonly target: string;
}

/** Puts the request to the next hop; others with the same key may wait on `node.flights` meanwhile. Never rejects. */
export async function lead(node: CacheNode, forward: Forward<Buffer>, client?: Client): Promise<void> {
  const { collapse } = forward;
  let land = (): void => undefined;
  if (collapse !== undefined && !node.flights.has(collapse)) {
    const flight = new Promise<void>((resolve) => {
      land = () => {
        if (node.flights.get(collapse) === flight) node.flights.delete(collapse);
        resolve();
      };
    });
    node.flights.set(collapse, flight);
  }
  await relay(node, forward, land, client);
  land();
}

async function relay(node: CacheNode, forward: Forward<Buffer>, land: () => void, client?: Client): Promise<void> {
  const requestTime = wallNow();
  let answer: IncomingMessage;
  try {
    answer = await ask(node, forward, client);
  } catch {
    if (client) sendMade(node, receiveFailure(node.cache, forward, wallNow()), client);
    else receiveFailure(node.cache, forward, wallNow());
    return;
  }
  const responseTime = wallNow();
  const response = { status: answer.statusCode ?? 502, fields: fromRaw(answer.rawHeaders) };
  const received = receive(node.cache, forward, response, { requestTime, responseTime }, responseTime);
  // nothing to wait for any more: each of those who waited goes its own way
  if (received.store === undefined) land();
  if (received.bodyFrom !== 'response') {
    answer.resume();
    answer.on('error', () => undefined);
    if (client) sendMade(node, received, client);
    return;
  }
  const whole = await passOn(node, received, answer, land, client);
  if (whole !== undefined && received.store !== undefined) commit(node.cache, received.store, whole);
  // after the commit: a client that asks again at once meets the stored response
  if (client && !client.response.destroyed) sendEnd(client, answer);
}

/** Trailer fields go to whoever said that it reads them (RFC 9110 section 6.5.1); without chunks there is no place for them. */
function sendEnd({ request, response }: Client, { rawTrailers }: IncomingMessage): void {
  const trailers = endToEnd(fromRaw(rawTrailers));
  if (trailers.length > 0 && acceptsTrailers(request))
    response.addTrailers(trailers.map(([name, value]): [string, string] => [name, value]));
  response.end();
}

const acceptsTrailers = ({ headers }: IncomingMessage): boolean =>
  listMembers(String(headers.te ?? '')).some((member) => /^trailers$/i.test(member));

function ask(node: CacheNode, forward: Forward<Buffer>, client?: Client): Promise<IncomingMessage> {
  const { method, url } = forward.request;
  const target = client?.target ?? url.replace(/^[a-z]+:\/\/[^/?#]*/i, '');
  const via = combined(forward.fields, 'via');
  const content = client && hasContent(client.request) ? client.request : undefined;
  const isChunked = content !== undefined && content.headers['content-length'] === undefined;
  const fields: FieldLine[] = [
    ...without(forward.fields, 'via', 'expect'),
    ['Via', via === undefined ? node.via : `${via}, ${node.via}`],
    ...(isChunked ? [['Transfer-Encoding', 'chunked'] as const] : []),
    ...(client && acceptsTrailers(client.request) ? TE : []),
  ];
  return node.upstream.ask(node.parentOf(url), {
    method,
    target,
    fields,
    ...(content === undefined ? {} : { content }),
    ...(client ? { onInterim: (status, reason, lines) => sendInterim(client, status, reason, lines) } : {}),
  });
}

const TE: readonly FieldLine[] = [
  ['TE', 'trailers'],
  ['Connection', 'TE'],
];

const hasContent = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Streams the answer to the client; resolves with its body where all of it came and it may be stored. */
async function passOn(
  node: CacheNode,
  received: Received<Buffer>,
  answer: IncomingMessage,
  land: () => void,
  client?: Client,
): Promise<Buffer | undefined> {
  if (client) sendHead(node, received.head, received.spoken, client);
  const response = client?.response;
  let kept: Buffer[] | undefined = received.store === undefined ? undefined : [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (kept && size > node.maxObjectBytes) {
        kept = undefined;
        land();
      }
      kept?.push(chunk);
      const isGone = response === undefined || response.destroyed;
      if (isGone && kept === undefined) break;
      const wanted = within(chunk, size - chunk.length, received.slice);
      // what is stored does not wait for a slow reader: those who collapsed onto it would wait with it
      if (!isGone && wanted.length > 0 && !response.write(wanted) && kept === undefined) await writable(response);
    }
  } catch {
    // the content broke off: so must ours, or the client would take a piece for the whole
    response?.destroy();
    return undefined;
  }
  if (!answer.complete) response?.destroy();
  return answer.complete && kept ? Buffer.concat(kept) : undefined;
}

/** What of a chunk that begins at `position` lies within the slice. */
const within = (chunk: Buffer, position: number, slice: Slice | undefined): Buffer =>
  slice === undefined ? chunk : chunk.subarray(Math.max(0, slice.from - position), Math.max(0, slice.to - position));

async function writable(response: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).catch(() => undefined);
  settled.abort();
}

/** An answer whose body, if any, is already here. */
function sendMade(node: CacheNode, { head, spoken, bodyFrom, slice }: Received<Buffer>, client: Client): void {
  if (typeof bodyFrom === 'object') sendWhole(node, head, spoken, sliced(bodyFrom.body, slice), client);
  else {
    sendHead(node, head, spoken, client);
    client.response.end();
  }
}

export const sliced = (body: Buffer, slice: Slice | undefined): Buffer =>
  slice === undefined ? body : body.subarray(slice.from, slice.to);

/** A head of the cache's own and all of this body after it (none to HEAD). */
export function sendWhole(node: CacheNode, head: Head, spoken: Spoken, body: Buffer, client: Client): void {
  const { response, request } = client;
  if (response.destroyed) return;
  const fields = node.dialect.speak(spoken);
  const isFramed = body.length === 0 || combined(head.fields, 'content-length') !== undefined;
  const length: FieldLine[] = isFramed ? [] : [['Content-Length', String(body.length)]];
  response.writeHead(head.status, [...head.fields, ...length, ...fields].flat());
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Only the head; the body, if any, is still to be written. */
export function sendHead(node: CacheNode, head: Head, spoken: Spoken, { response }: Client): void {
  if (response.destroyed) return;
  response.writeHead(head.status, [...head.fields, ...node.dialect.speak(spoken)].flat());
}

/** Node has no call for interim responses with fields of any kind; HTTP/1.0 knows none (RFC 9110 section 15.2). */
function sendInterim({ request, response }: Client, status: number, reason: string, fields: FieldLines): void {
  if (request.httpVersion === '1.0' || response.headersSent) return;
  const lines = endToEnd(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  response.socket?.write(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n`, 'latin1');
}
