// How does one request travel through an embedded cache to the next hop, and its answer back to the client and into the store?
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dialect, Spoken } from '../../shared/dialects/dialect.ts';
import type { FieldLine, FieldLines } from '../../shared/http/fields.ts';
import { combined, endToEnd, listMembers, without } from '../../shared/http/fields.ts';
import type { CacheState } from '../../shared/model/cache-state.ts';
import { commit, commitIncomplete, receive, receiveFailure } from '../../shared/model/receive.ts';
import type { Forward, Head, Multipart, Received } from '../../shared/model/verdict.ts';
import { wallNow } from '../exchange/clock.ts';
import { lengthOf, sliced, within } from './content.ts';
import type { Content } from './content.ts';
import type { Endpoint, Upstream } from './upstream.ts';
import { fromRaw } from './upstream.ts';

/** One embedded cache at work. */
export interface CacheNode {
  readonly cache: CacheState<Content>;
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
export async function lead(node: CacheNode, forward: Forward<Content>, client?: Client): Promise<void> {
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

async function relay(node: CacheNode, forward: Forward<Content>, land: () => void, client?: Client): Promise<void> {
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
    if (received.again !== undefined) await relay(node, received.again, land, client);
    else if (client) sendMade(node, received, client);
    return;
  }
  const { kept, isWhole } = await passOn(node, received, answer, land, client);
  if (kept !== undefined && received.store !== undefined) {
    if (isWhole) commit(node.cache, received.store, kept);
    else commitIncomplete(node.cache, forward, received.store, kept);
  }
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

function ask(node: CacheNode, forward: Forward<Content>, client?: Client): Promise<IncomingMessage> {
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

/** What came of a body: what is kept of it, if anything is, and whether that is all. */
interface Came {
  readonly kept: Content | undefined;
  readonly isWhole: boolean;
}

/** Streams the answer to the client, with the stored bytes around it; resolves with what came, where it may be stored. */
async function passOn(
  node: CacheNode,
  received: Received<Content>,
  answer: IncomingMessage,
  land: () => void,
  client?: Client,
): Promise<Came> {
  if (client) sendHead(node, received.head, received.spoken, client);
  const { slice, around } = received;
  const response = client?.response;
  if (response && around?.before) write(response, sliced(around.before.body, around.before.slice));
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
      const wanted = within(chunk, size - chunk.length, slice);
      // what is stored does not wait for a slow reader: those who collapsed onto it would wait with it
      if (!isGone && wanted.length > 0 && !response.write(wanted) && kept === undefined) await writable(response);
    }
  } catch {
    // the content broke off: so must ours, or the client would take a piece for the whole
    response?.destroy();
    return { kept: kept && [Buffer.concat(kept)], isWhole: false };
  }
  const isOfOtherLength = around !== undefined && size !== slice?.to;
  if (!answer.complete || isOfOtherLength) response?.destroy();
  else if (response && around?.after) write(response, sliced(around.after.body, around.after.slice));
  return { kept: kept && [Buffer.concat(kept)], isWhole: answer.complete };
}

function write(response: ServerResponse, content: Content): void {
  if (response.destroyed) return;
  for (const buffer of content) response.write(buffer);
}

async function writable(response: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).catch(() => undefined);
  settled.abort();
}

/** An answer whose body, if any, is already here. */
function sendMade(node: CacheNode, received: Received<Content>, client: Client): void {
  const { head, spoken, bodyFrom } = received;
  if (typeof bodyFrom === 'object') sendWhole(node, head, spoken, chosen(bodyFrom.body, received), client);
  else {
    sendHead(node, head, spoken, client);
    client.response.end();
  }
}

/** The bytes of a stored body that a client gets, with the texts between them where there are several parts. */
export const chosen = (body: Content, { slice, multipart }: Pick<Received<Content>, 'slice' | 'multipart'>): Content =>
  multipart === undefined ? sliced(body, slice) : interleaved(body, multipart);

const interleaved = (body: Content, multipart: Multipart): Content =>
  multipart.flatMap((part) => (typeof part === 'string' ? [Buffer.from(part, 'latin1')] : sliced(body, part)));

/** A head of the cache's own and all of this body after it (none to HEAD). */
export function sendWhole(node: CacheNode, head: Head, spoken: Spoken, body: Content, client: Client): void {
  const { response, request } = client;
  if (response.destroyed) return;
  const fields = node.dialect.speak(spoken);
  const size = lengthOf(body);
  const isFramed = size === 0 || combined(head.fields, 'content-length') !== undefined;
  const length: FieldLine[] = isFramed ? [] : [['Content-Length', String(size)]];
  response.writeHead(head.status, [...head.fields, ...length, ...fields].flat());
  if (request.method === 'HEAD') response.end();
  else sendContent(response, body);
}

/** The head goes with the first bytes, and the last of them with the end. */
function sendContent(response: ServerResponse, body: Content): void {
  if (body.length === 1) {
    response.end(body[0]);
    return;
  }
  response.cork();
  for (const buffer of body.slice(0, -1)) response.write(buffer);
  response.end(body.at(-1));
  response.uncork();
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
