// Two caches that can be purged and their origin, by a server of the test that counts each PURGE by page and node.
import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const OLD = '4f2c';
export const NEW = '9a01';

export interface PurgedSite {
  /** The topology of one page, as a file; a page of its own for each run. */
  topologyOf(page: string): string;
  /** PURGE requests for this page that have arrived, by node. */
  purges(page: string): Readonly<Record<string, number>>;
  /** The origin serves the new build of this page from its n-th request on. */
  readyAfter(page: string, requests: number): void;
  /** Resolves with the first request for this page, or with its first PURGE. */
  first(page: string, what: 'request' | 'purge'): Promise<void>;
  close(): Promise<void>;
}

interface Page {
  readonly purges: Record<string, number>;
  asked: number;
  readyAfter: number;
  /** Nodes that show the new build. */
  readonly turned: Set<string>;
  readonly news: EventEmitter;
}

const NODES = ['edge-1', 'edge-2', 'edge-stuck', 'app-1'] as const;

/** `edge-1` and `edge-2` turn when they are purged; `edge-stuck` takes its purge and shows the old page for ever. */
export async function startPurgedSite(): Promise<PurgedSite> {
  const pages = new Map<string, Page>();
  const pageOf = (path: string): Page => {
    const known = pages.get(path) ?? {
      purges: {},
      asked: 0,
      readyAfter: Infinity,
      turned: new Set<string>(),
      news: new EventEmitter(),
    };
    pages.set(path, known);
    return known;
  };
  const servers = await Promise.all(NODES.map((node) => serve(node, pageOf)));
  const addresses = Object.fromEntries(NODES.map((node, i) => [node, servers[i]!.address]));
  return {
    topologyOf: (page) => topology(addresses, page),
    purges: (page) => pageOf(`/${page}`).purges,
    readyAfter: (page, requests) => void (pageOf(`/${page}`).readyAfter = requests),
    first: async (page, what) => void (await once(pageOf(`/${page}`).news, what)),
    close: async () => {
      for (const { server } of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

async function serve(node: string, pageOf: (path: string) => Page): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const page = pageOf(request.url ?? '/');
    page.news.emit(request.method === 'PURGE' ? 'purge' : 'request');
    if (request.method === 'PURGE') {
      page.purges[node] = (page.purges[node] ?? 0) + 1;
      if (node !== 'edge-stuck') page.turned.add(node);
      setTimeout(() => response.end('Purged\n'), Math.random() * 20);
      return;
    }
    if (node === 'app-1' && ++page.asked > page.readyAfter) page.turned.add(node);
    const build = page.turned.has(node) ? NEW : OLD;
    response.setHeader('Cache-Control', 'max-age=300').setHeader('X-Build', build).end(`<p>build ${build}</p>`);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const topology = (addresses: Readonly<Record<string, string>>, page: string): string => `
title: Shop
layers:
  - id: edge
    nodes:
${NODES.filter((n) => n.startsWith('edge'))
  .map((n) => `      - { id: ${n}, address: "${addresses[n]}" }`)
  .join('\n')}
    purge: { by: http-purge }
  - { id: origin, role: origin, nodes: [ { id: app-1, address: "${addresses['app-1']}" } ] }
targets: [ { id: home, url: "http://shop.example/${page}", marker: { header: x-build }, assets: false } ]
`;
