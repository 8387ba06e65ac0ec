// One page on a good edge, a bad one and an origin that can deploy, and what strata says of it on the terminal and as JSON.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { traceDocument, type TraceDocument } from '../../../shared/api.ts';
import { close, listen } from '../../../probe/lab/listening.ts';
import { strata } from '../cli/strata.ts';

export const OLD = '4f2c';
export const NEW = '9a01';

export interface Served {
  readonly address: string;
  /** Requests that have come, by method. */
  readonly asked: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

type Listener = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

/** A server that answers as it is told; `nth` counts the requests of one method from 1. */
export async function served(listener: Listener): Promise<Served> {
  const asked: Record<string, number> = {};
  const server = createServer((request, response) => {
    const { method = 'GET' } = request;
    const nth = (asked[method] = (asked[method] ?? 0) + 1);
    listener(request, response, nth);
  });
  const address = `http://127.0.0.1:${await listen(server)}`;
  return { address, asked, close: () => close(server) };
}

/** Answers with a page of this build that may be kept for five minutes. */
export function page(response: ServerResponse, build: string): void {
  response.setHeader('Cache-Control', 'max-age=300').setHeader('X-Build', build).end(`<p>build ${build}</p>`);
}

/** Shows `before` until it is purged, then the new build. */
export function purgeable(before: string): Listener {
  let build = before;
  return (request, response) => {
    if (request.method !== 'PURGE') return page(response, build);
    build = NEW;
    response.end('Purged\n');
  };
}

export interface BadSite {
  /** Address of the node under test, `edge-bad`. */
  readonly bad: string;
  readonly good: string;
  readonly origin: string;
  readonly url?: string;
  readonly marker?: string;
  /** What stands under the edge layer beside its nodes. */
  readonly more?: string;
}

export const topology = ({ bad, good, origin, url, marker, more = '' }: BadSite): string => `
layers:
  - id: edge
    nodes: [ { id: edge-good, address: "${good}" }, { id: edge-bad, address: "${bad}" } ]
    ${more}
  - { id: origin, role: origin, nodes: [ { id: app-1, address: "${origin}" } ] }
targets: [ { id: home, url: "${url ?? 'http://shop.example/'}", marker: ${marker ?? '{ header: x-build }'}, assets: false } ]
`;

export interface Told {
  readonly code: number | null;
  /** Both streams, as a person sees them. */
  readonly text: string;
  readonly document: TraceDocument;
  readonly lines: readonly unknown[];
}

/** `strata trace` twice, for a person and for a program. @param fresh makes the site, once for each */
export async function traced(
  fresh: () => Promise<{ readonly yaml: string; readonly close: () => Promise<void> }>,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Told> {
  const once = async (...more: readonly string[]) => {
    const site = await fresh();
    const folder = await mkdtemp(join(tmpdir(), 'strata-bad-'));
    const file = join(folder, 'strata.yaml');
    await writeFile(file, site.yaml);
    try {
      const usual = ['--topology', file, '--data', join(folder, 'data'), '--budget', '5s', '--expect', NEW];
      return await strata(['trace', ...usual, ...more, ...args], { env });
    } finally {
      await site.close();
      await rm(folder, { recursive: true });
    }
  };
  const [person, program] = await Promise.all([once(), once('--json')]);
  const lines = program.stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  if (person.code !== program.code) throw new Error(`ended with ${person.code} and ${program.code}`);
  return { code: person.code, text: person.stdout + person.stderr, document: traceDocument.parse(lines.at(-1)), lines };
}
