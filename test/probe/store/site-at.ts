// One cache that is purged over HTTP and one origin, both played by one server of a test.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseTopology } from '../../../shared/topology-file.ts';
import type { Topology } from '../../../shared/topology.ts';

export function siteAt(address: string): Topology {
  const text = `
title: Shop
layers:
  - { id: edge, nodes: [ { id: edge-1, address: "${address}" } ], purge: { by: http-purge } }
  - { id: origin, role: origin, nodes: [ { id: app-1, address: "${address}" } ] }
targets: [ { id: home, url: "${address}/", marker: { header: x-build } } ]
`;
  const parsed = parseTopology(text, 'site.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.map((p) => p.message).join());
  return parsed.topology;
}

export interface Site {
  readonly address: string;
  /** PURGE requests that have arrived. */
  purges(): number;
  close(): Promise<void>;
}

/** A server that answers any GET with build 4f2c, and a PURGE after a moment of up to 20 ms. */
export async function startSite(): Promise<Site> {
  let purges = 0;
  const server: Server = createServer((request, response) => {
    if (request.method !== 'PURGE') return void response.setHeader('X-Build', '4f2c').end('<p>build 4f2c</p>');
    purges += 1;
    setTimeout(() => response.end(), Math.random() * 20);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    purges: () => purges,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
