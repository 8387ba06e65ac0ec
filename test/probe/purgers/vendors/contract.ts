// What is recorded of a vendor's API (test/fixtures/purge), and a server on loopback that stands in for it.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createExchanger } from '../../../../probe/exchange/exchange.ts';
import { createGuard } from '../../../../probe/exchange/guard.ts';
import { planPurge } from '../../../../probe/purgers/plan.ts';
import type { Env } from '../../../../probe/purgers/purger.ts';
import { runPurge, type PurgeResult } from '../../../../probe/purgers/run.ts';
import { readPurge } from '../../../../shared/purge/index.ts';
import type { Layer, Target, Topology } from '../../../../shared/topology.ts';
import type { PurgeReceipt } from '../../../../shared/trace.ts';

export const VENDORS = [
  'fastly',
  'cloudflare',
  'cloudfront',
  'akamai',
  'google',
  'azure',
  'bunny',
  'keycdn',
  'netlify',
  'vercel',
  'mediawiki',
  'souin',
  'webhook',
] as const;

export interface Contract {
  /** Where it listens: at each node, or at the URL that a key holds. Default: at `endpoint`. */
  readonly at?: 'node' | { readonly key: string; readonly path: string };
  /** No content is documented for its success, so that any will do. */
  readonly byStatus?: true;
  readonly purge: Readonly<Record<string, unknown>>;
  readonly env: Env;
  /** Variables that it can do without. */
  readonly optional?: readonly string[];
  readonly cases: readonly Case[];
}

export interface Case {
  /** What it does, as a sentence without its subject. */
  readonly it: string;
  readonly purge?: Readonly<Record<string, unknown>>;
  readonly env?: Env;
  /** Default one. */
  readonly urls?: readonly string[];
  /** Request fields of each variant. Default one without any. */
  readonly variants?: readonly Readonly<Record<string, string>>[];
  readonly login?: { readonly request: Wanted; readonly answer: Answer };
  readonly request: Wanted;
  readonly answers: readonly (Answer & { readonly means: Meaning })[];
  /** What it answers to the question whether an accepted purge is done. */
  readonly later?: {
    readonly request: Wanted;
    readonly answers: readonly (Answer & { readonly means: 'done' | 'pending' | 'failed' })[];
  };
}

/** How a request must look. */
export interface Wanted {
  readonly method: string;
  /** `{uuid}` stands for one. */
  readonly path: string;
  /** `null`: must not be there. */
  readonly fields?: Readonly<Record<string, string | null>>;
  readonly json?: unknown;
  /** `{nonce}` stands for 32 hex digits. */
  readonly text?: string;
  readonly signed?: 'sigv4' | 'edgegrid' | 'assertion';
}

export interface Answer {
  readonly status: number;
  readonly fields?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

interface Meaning {
  readonly outcome: PurgeReceipt['outcome'];
  readonly vendorId?: string;
  readonly retryAfter?: number;
  /** Stands in the summary. */
  readonly says?: string;
}

export const contractOf = (vendor: string): Contract =>
  parse(readFileSync(join(import.meta.dirname, '../../../fixtures/purge', `${vendor}.yaml`), 'utf8')) as Contract;

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface StandIn extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly Seen[];
}

/** @param respond what is answered to each request; it may also leave the response open, or break it off */
export async function standIn(respond: (seen: Seen, response: ServerResponse) => void): Promise<StandIn> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      seen.push(one);
      respond(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  return {
    url: `http://127.0.0.1:${bound.port}`,
    seen,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function give(response: ServerResponse, { status, fields = {}, json, text }: Answer): void {
  response.writeHead(status, fields).end(text ?? (json === undefined ? '' : JSON.stringify(json)));
}

/** Answers logins as the case has it, and everything else with `answer`. */
export const answering =
  (one: Case, answer: Answer) =>
  ({ path }: Seen, response: ServerResponse): void =>
    give(response, one.login !== undefined && path === one.login.request.path ? one.login.answer : answer);

/** A layer that is purged at `endpoint` as the case has it. */
export function siteOf(contract: Contract, one: Case, endpoint: string): Topology {
  const login = one.login === undefined ? {} : { loginEndpoint: endpoint };
  const purge = readPurge({
    ...contract.purge,
    ...one.purge,
    ...whereOf(contract, endpoint),
    ...login,
  } as unknown as Parameters<typeof readPurge>[0]);
  const edge: Layer = {
    id: 'edge',
    role: 'cache',
    nodes: [{ id: 'edge-1', address: contract.at === 'node' ? endpoint : 'http://127.0.0.1:9' }],
    parents: [],
    placement: 'any',
    policy: {},
    purge,
    budget: 100,
  };
  const variants = (one.variants ?? [{}]).map((headers, i) => ({ id: `v${i}`, headers }));
  const targets = (one.urls ?? ['https://shop.example/a?b=1']).map((url, i): Target => ({
    id: `t${i}`,
    url,
    marker: { digest: true },
    ignore: [],
    assets: false,
    variants,
  }));
  return { layers: [edge], targets };
}

function whereOf({ at }: Contract, endpoint: string): Readonly<Record<string, string>> {
  if (at === 'node') return {};
  return at === undefined ? { endpoint } : { [at.key]: `${endpoint}${at.path}` };
}

export interface Purged extends PurgeResult {
  /** Every receipt as it was told. */
  readonly told: readonly PurgeReceipt[];
}

/** Purges as the case has it, at a stand-in. @param until what is waited for before the exchanger is closed */
export async function purgeAt(
  endpoint: string,
  contract: Contract,
  one: Case,
  more: { readonly env?: Env; readonly timeout?: number; readonly untilClaimed?: boolean } = {},
): Promise<Purged> {
  const topology = siteOf(contract, one, endpoint);
  const guard = createGuard({ named: [endpoint] });
  const exchanger = createExchanger({ guard });
  const ended = new AbortController();
  const told: PurgeReceipt[] = [];
  let id = 0;
  try {
    const result = await runPurge(planPurge(topology, {}, { betweenWaves: 0 }).steps, {
      exchanger,
      guard,
      takeId: () => ++id,
      env: { ...contract.env, ...one.env, ...more.env },
      onReceipt: (receipt) => void told.push(receipt),
      signal: ended.signal,
      ...(more.timeout !== undefined && { timeout: more.timeout }),
    });
    if (more.untilClaimed === true) await result.claims;
    return { ...result, told };
  } finally {
    ended.abort();
    await exchanger.close();
  }
}
