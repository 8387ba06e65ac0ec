// How does a cache of any dialect run on a loopback socket? The model decides; this carries the bytes.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dialectOf } from '../../shared/dialects/index.ts';
import type { Spoken } from '../../shared/dialects/dialect.ts';
import type { CacheStatus, Fwd } from '../../shared/http/cache-status.ts';
import type { FieldLine } from '../../shared/http/fields.ts';
import { createCache, decide, purge } from '../../shared/model/simulate.ts';
import type { CacheRequest } from '../../shared/model/verdict.ts';
import type { Policy } from '../../shared/topology.ts';
import { wallNow } from '../exchange/clock.ts';
import { joined, lengthOf, sizeOf } from './content.ts';
import type { Content } from './content.ts';
import { LabError } from './lab-error.ts';
import { close, listen } from './listening.ts';
import { purgeWords } from './purge-answer.ts';
import type { CacheNode, Client } from './relay.ts';
import { chosen, lead, sendHead, sendWhole } from './relay.ts';
import { endpointOf, fromRaw, openUpstream } from './upstream.ts';
import type { Endpoint } from './upstream.ts';

export interface EmbeddedCacheOptions {
  /** The node's id: the name it gives itself in Cache-Status. */
  readonly id: string;
  readonly dialect: string;
  /** Only what differs from the dialect's own behaviour. */
  readonly policy?: Policy;
  /** Base addresses of the next hops, never empty. */
  readonly parents: readonly string[];
  /** `any` (default): in turns; `hash`: always the same one for one URL. */
  readonly placement?: 'any' | 'hash';
  /** Default: any free one. */
  readonly port?: number;
  /** Whether the method PURGE forgets; otherwise it is passed on. Default true. */
  readonly purge?: boolean;
  /** Default 64 MiB; what was used least recently goes first. */
  readonly maxBytes?: number;
  /** Larger bodies stream through and are not stored. Default 8 MiB. */
  readonly maxObjectBytes?: number;
}

export interface EmbeddedCache {
  readonly address: string;
  stop(): Promise<void>;
}

const MIB = 1024 * 1024;

/** Memory that a stored response takes besides its body. */
const HEAD_BYTES = 2048;

/** @throws LabError where the dialect, an address or the port cannot be used */
export async function startEmbeddedCache(options: EmbeddedCacheOptions): Promise<EmbeddedCache> {
  const { id, port = 0, maxObjectBytes = 8 * MIB } = options;
  const dialect = dialectOf(options.dialect);
  if (!dialect) throw new LabError(`there is no dialect '${options.dialect}'`);
  const parentOf = chooser(options);
  const upstream = openUpstream();
  const server = createServer();
  const bound = await listen(server, port).catch((error: Error) => {
    throw new LabError(`port ${port} cannot be used: ${error.message}`);
  });
  const node: CacheNode = {
    cache: createCache<Content>({
      name: id,
      behaviour: dialect.behaviour,
      policy: options.policy ?? {},
      maxBytes: options.maxBytes ?? 64 * MIB,
      sizeOf: (body) => sizeOf(body) + HEAD_BYTES,
      lengthOf,
      joining: { join: joined, mostBytes: maxObjectBytes },
    }),
    dialect,
    upstream,
    parentOf,
    via: `1.1 127.0.0.1:${bound} (${id})`,
    maxObjectBytes,
    flights: new Map(),
  };
  const purges = options.purge ?? true;
  server.on('request', (request, response) => void answer(node, purges, request, response));
  server.keepAliveTimeout = 300_000;
  return {
    address: `http://127.0.0.1:${bound}`,
    stop: async () => {
      await close(server);
      upstream.stop();
    },
  };
}

function chooser({ parents, placement }: EmbeddedCacheOptions): (url: string) => Endpoint {
  const endpoints = parents.map((address) => {
    const endpoint = endpointOf(address);
    if (!endpoint)
      throw new LabError(`'${address}' is no base address: give scheme, host and port, such as http://127.0.0.1:8080`);
    return endpoint;
  });
  if (endpoints.length === 0) throw new LabError('a cache needs at least one parent');
  let turn = 0;
  return (url) => endpoints[(placement === 'hash' ? hash(url) : turn++) % endpoints.length]!;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

async function answer(
  node: CacheNode,
  purges: boolean,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = message;
  const absolute = /^https?:\/\//i.test(url) ? url : `http://${headers.host ?? 'localhost'}${url}`;
  const target = absolute.replace(/^https?:\/\/[^/?#]*/i, '');
  const request: CacheRequest = { method, url: absolute, fields: fromRaw(message.rawHeaders) };
  const client: Client = { request: message, response, target };
  if (headers.via?.includes(node.via)) return sendText(response, 508, 'This request has been here before.\n');
  if (purges && method === 'PURGE') {
    const removed = purge(node.cache, request) > 0;
    const { fields, body } = purgeWords(node.dialect.id, removed, absolute);
    return sendText(response, removed ? 200 : node.cache.behaviour.purge.absentStatus, body, fields);
  }
  await respond(node, request, client);
}

/** `waited`: why this client waited for another's fetch. Once is enough, or a queue would never end. */
async function respond(node: CacheNode, request: CacheRequest, client: Client, waited?: Fwd): Promise<void> {
  const verdict = decide(node.cache, request, wallNow());
  if (verdict.kind === 'forward') {
    const flight = verdict.collapse === undefined || waited ? undefined : node.flights.get(verdict.collapse);
    if (flight === undefined) {
      if (waited !== undefined) verdict.collapsed = false;
      return lead(node, verdict, client);
    }
    await flight;
    if (client.response.destroyed) return;
    return respond(node, request, client, verdict.fwd);
  }
  const spoken = waited === undefined ? verdict.spoken : collapsedOnto(verdict.spoken, waited);
  if (verdict.kind === 'serve') {
    sendWhole(node, verdict.head, spoken, chosen(verdict.stored.body, verdict), client);
  } else {
    sendHead(node, verdict.head, spoken, client);
    client.response.end();
  }
  if (verdict.background) await lead(node, verdict.background);
}

/** It was forwarded together with another request, and got that one's answer (RFC 9211 section 2.6). */
const collapsedOnto = (spoken: Spoken, fwd: Fwd): Spoken => ({
  ...spoken,
  cacheStatus: waitedStatus(spoken.cacheStatus, fwd),
});

const waitedStatus = ({ cache, ttl }: CacheStatus, fwd: Fwd): CacheStatus => ({
  ...(cache === undefined ? {} : { cache }),
  fwd,
  collapsed: true,
  ...(ttl === undefined ? {} : { ttl }),
});

function sendText(response: ServerResponse, status: number, text: string, fields: readonly FieldLine[] = []): void {
  const length = Buffer.byteLength(text);
  const own = { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': length };
  response.writeHead(status, { ...own, ...Object.fromEntries(fields) });
  response.end(text);
}
