// Where does new content come from, and when exactly? Application servers that deploy for real, node by node.
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../../shared/model/interval.ts';
import type { Node } from '../../shared/topology.ts';
import { close, listen } from './listening.ts';
import { wallNow } from '../exchange/clock.ts';
import { addressOf, MAIN_SITE, renderAsset, renderPage } from './page.ts';

export interface OriginOptions {
  /** Application servers, `app-1` and on. Default 2. */
  readonly nodes?: number;
  /** Seconds `/` may be reused. Default 20. */
  readonly maxAge?: number;
  /** Seconds from the first node's switch to the last one's. Default 0. */
  readonly rollSeconds?: number;
  /** Seconds before each answer: of every node, or by node id. Default 0. */
  readonly delay?: number | Readonly<Record<string, number>>;
  /** The same seed gives the same build ids. Default: random. */
  readonly seed?: string;
}

export interface DeployOptions {
  /** Hex digits. Default: derived from the seed, never one this site had before. */
  readonly build?: string;
  readonly rollSeconds?: number;
  /** Only this site changes. Default: the site of `/` and `/life/...`. */
  readonly site?: string;
}

export interface Deployed {
  readonly build: string;
  /** The instant at which each node began to serve it, in the order of the roll. */
  readonly readyAt: readonly { readonly node: string; readonly at: Instant }[];
}

export interface OriginRequest {
  readonly at: Instant;
  readonly node: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly build: string;
  readonly conditional: boolean;
  /** The Via line of whoever asked, else its address and port. */
  readonly from: string;
}

export interface LabOrigin {
  readonly nodes: readonly Node[];
  /** The newest build of a site (of the main one when left out). */
  build(site?: string): string;
  /** Resolves when the last node has switched. Deploys of one site queue up, those of several run side by side. */
  deploy(options?: DeployOptions): Promise<Deployed>;
  /** Seconds `/` may be reused from now on. */
  setMaxAge(seconds: number): void;
  /** The newest requests, oldest first; never more than 10,000. */
  readonly requests: readonly OriginRequest[];
  stop(): Promise<void>;
}

/** What is asked to learn whether a node answers; never logged. */
export const READY_PATH = '/.lab/ready';

const FIRST_BUILD = '4f2c';
const MOST_REQUESTS = 10_000;

interface Release {
  readonly build: string;
  /** Whole seconds since the epoch. */
  readonly modified: number;
}

interface AppNode {
  readonly id: string;
  readonly delay: number;
  /** By site: every release this node had, newest last. */
  readonly releases: Map<string, Release[]>;
}

interface Shop {
  maxAge: number;
  readonly bornAt: number;
  readonly requests: OriginRequest[];
}

interface Reply {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: string;
  readonly build: string;
}

export async function startOrigin(options: OriginOptions = {}): Promise<LabOrigin> {
  const shop: Shop = { maxAge: options.maxAge ?? 20, bornAt: Math.floor(wallNow()), requests: [] };
  const apps = Array.from({ length: options.nodes ?? 2 }, (_, i): AppNode => {
    const id = `app-${i + 1}`;
    const delay = typeof options.delay === 'number' ? options.delay : (options.delay?.[id] ?? 0);
    return { id, delay, releases: new Map() };
  });
  const servers = await Promise.all(apps.map((app) => open(app, shop)));
  const deploys = new Map<string, { readonly builds: Set<string>; tail: Promise<unknown> }>();
  const seed = options.seed ?? randomUUID();

  return {
    nodes: apps.map((app, i) => ({ id: app.id, address: servers[i]!.address })),
    build: (site = MAIN_SITE) => current(apps.at(-1)!, shop, site).build,
    deploy: ({ build, rollSeconds = options.rollSeconds ?? 0, site = MAIN_SITE } = {}) => {
      const queue = deploys.get(site) ?? { builds: new Set([FIRST_BUILD]), tail: Promise.resolve() };
      deploys.set(site, queue);
      const next = build ?? freshBuild(seed, site, queue.builds);
      queue.builds.add(next);
      const done = queue.tail.then(() => roll(apps, shop, site, next, rollSeconds));
      queue.tail = done.catch(() => undefined);
      return done;
    },
    setMaxAge: (seconds) => void (shop.maxAge = seconds),
    requests: shop.requests,
    stop: async () => {
      await Promise.all(servers.map(({ server }) => close(server)));
    },
  };
}

async function roll(apps: AppNode[], shop: Shop, site: string, build: string, rollSeconds: number): Promise<Deployed> {
  const startedAt = wallNow();
  const pause = apps.length > 1 ? rollSeconds / (apps.length - 1) : 0;
  const readyAt: { node: string; at: Instant }[] = [];
  for (const [i, app] of apps.entries()) {
    const wait = startedAt + i * pause - wallNow();
    if (wait > 0) await sleep(wait * 1000);
    current(app, shop, site);
    app.releases.get(site)!.push({ build, modified: Math.floor(startedAt) });
    readyAt.push({ node: app.id, at: wallNow() });
  }
  return { build, readyAt };
}

function current(app: AppNode, shop: Shop, site: string): Release {
  const known = app.releases.get(site)?.at(-1);
  if (known) return known;
  const first: Release = { build: FIRST_BUILD, modified: shop.bornAt };
  app.releases.set(site, [first]);
  return first;
}

function freshBuild(seed: string, site: string, taken: ReadonlySet<string>): string {
  for (let i = taken.size; ; i++) {
    const build = createHash('sha256')
      .update(`${seed} ${site} ${i}`)
      .digest('hex')
      .slice(0, 4 + i - taken.size);
    if (!taken.has(build)) return build;
  }
}

async function open(app: AppNode, shop: Shop): Promise<{ readonly server: Server; readonly address: string }> {
  const server = createServer((request, response) => {
    const send = () => serve(app, shop, request, response);
    if (app.delay > 0) setTimeout(send, app.delay * 1000);
    else send();
  });
  // longer than any cache keeps an idle connection, so that a reused one is never just closing
  server.keepAliveTimeout = 300_000;
  return { server, address: `http://127.0.0.1:${await listen(server)}` };
}

function serve(app: AppNode, shop: Shop, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const url = request.url ?? '/';
  const path = url.split('?', 1)[0]!;
  const reply = answer(app, shop, path, request);
  response.writeHead(reply.status, { ...reply.fields, 'X-App': app.id });
  response.end(request.method === 'HEAD' ? undefined : reply.body);
  if (path === READY_PATH) return;
  const { method = 'GET', headers, socket } = request;
  shop.requests.push({
    at: wallNow(),
    node: app.id,
    method,
    path: url,
    status: reply.status,
    build: reply.build,
    conditional: 'if-none-match' in headers || 'if-modified-since' in headers,
    from: headers.via ?? `${socket.remoteAddress}:${socket.remotePort}`,
  });
  if (shop.requests.length > MOST_REQUESTS) shop.requests.splice(0, MOST_REQUESTS / 10);
}

function answer(app: AppNode, shop: Shop, path: string, request: IncomingMessage): Reply {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return plain(405, 'Only GET and HEAD.\n', { Allow: 'GET, HEAD' });
  const address = addressOf(path);
  if (!address) return plain(404, 'No such page.\n');
  const newest = current(app, shop, address.site);
  if (address.kind === 'page') {
    const lifetime = address.lifetime === 'live' ? shop.maxAge : address.lifetime;
    return content(
      newest,
      'text/html; charset=utf-8',
      `public, max-age=${lifetime}`,
      renderPage(address.site, newest.build),
      request,
    );
  }
  // an asset of a build that has not reached this node is not there: what a half rolled deploy looks like
  const release = app.releases.get(address.site)!.find((r) => r.build === address.build);
  if (!release) return plain(404, 'No such build on this node.\n');
  const type = address.type === 'css' ? 'text/css' : 'text/javascript';
  return content(
    release,
    type,
    'public, max-age=31536000, immutable',
    renderAsset(address.type, release.build),
    request,
  );
}

function content(release: Release, type: string, cacheControl: string, body: string, request: IncomingMessage): Reply {
  const etag = `"${release.build}"`;
  const validators = {
    'Cache-Control': cacheControl,
    ETag: etag,
    'Last-Modified': new Date(release.modified * 1000).toUTCString(),
  };
  if (isUnchanged(request, etag, release.modified))
    return { status: 304, fields: validators, body: '', build: release.build };
  const length = String(Buffer.byteLength(body));
  const fields = { 'Content-Type': type, 'Content-Length': length, ...validators };
  return { status: 200, fields, body, build: release.build };
}

/** RFC 9110 section 13.2.2: If-None-Match decides alone where it is sent. */
function isUnchanged(request: IncomingMessage, etag: string, modified: number): boolean {
  const tags = request.headers['if-none-match'];
  if (tags !== undefined) {
    return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
  }
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && modified * 1000 <= since;
}

function plain(status: number, body: string, more: Readonly<Record<string, string>> = {}): Reply {
  const fields = {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(body.length),
    'Cache-Control': 'no-store',
  };
  return { status, fields: { ...fields, ...more }, body, build: '' };
}
