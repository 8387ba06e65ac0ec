// What does one daemon before one origin do with a purge? A bench for tests: something held, something purged, and who still has it.
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';
import { readPurge } from '../../shared/purge/index.ts';
import type { Topology } from '../../shared/topology.ts';
import type { PurgeReceipt } from '../../shared/trace.ts';
import { createExchanger } from '../../probe/exchange/exchange.ts';
import { createGuard } from '../../probe/exchange/guard.ts';
import type { Daemon } from '../../probe/lab/processes.ts';
import { peers } from '../../probe/lab/real/index.ts';
import type { PeerOptions } from '../../probe/lab/real/peer.ts';
import { planPurge } from '../../probe/purgers/plan.ts';
import { runPurge } from '../../probe/purgers/run.ts';
import { namedBy } from '../../probe/trace/session.ts';
import { ask, type ScriptedOrigin, scriptedOrigin } from '../probe/lab/talk.ts';

/** `purge:` as it stands in a topology file. */
export type By = Parameters<typeof readPurge>[0];

export const PURGE: By = { by: 'http-purge' };
export const HOST = 'shop.lab.test';

export const inLanguage = (language: string) => ({ 'accept-language': language });

let pages = 0;
/** A page that nobody has asked for; one whose kind says `vary` is chosen by Accept-Language. */
export const page = (kind = 'page') => `/${kind}-${++pages}/a?b=1`;

export interface PurgeBench {
  /** How the origin answers methods other than GET and HEAD. */
  answersUnknown: { readonly status: number; readonly fields?: Readonly<Record<string, string>> };
  /** What reached the origin: `METHOD path`, in the order in which they came. */
  readonly asked: string[];
  get(path: string, language?: string): Promise<string>;
  /** Has it stored by the daemon, and changes what the origin serves since. */
  held(path: string, ...languages: string[]): Promise<void>;
  /** One purge of this page, or of the variant of it that these fields select. @param timeout seconds */
  purge(by: By, path: string, headers?: Record<string, string>, timeout?: number): Promise<PurgeReceipt>;
}

/** Stands for all tests of the `describe` that calls it. */
export function purgeBench(
  id: string,
  options: Partial<PeerOptions> | (() => Promise<Partial<PeerOptions>>) = {},
): PurgeBench {
  let origin: ScriptedOrigin;
  let daemon: Daemon;
  let content = 'old';
  const bench: PurgeBench = {
    answersUnknown: { status: 405 },
    asked: [],
    async get(path, language) {
      const headers = language === undefined ? {} : inLanguage(language);
      return (await ask(daemon.address, path, { headers })).body.trim();
    },
    async held(path, ...languages) {
      for (const language of languages.length === 0 ? [undefined] : languages) {
        content = 'old';
        await bench.get(path, language);
        content = 'new';
        expect(await bench.get(path, language)).toMatch(/^old/);
      }
    },
    purge: (by, path, headers = {}, timeout = 5) =>
      purgeOnce(topologyOf(id, daemon.address, by, path, headers), timeout),
  };
  beforeAll(async () => {
    origin = await originFor(bench, () => content);
    const more = typeof options === 'function' ? await options() : options;
    const parents = [{ id: 'origin', address: origin.address }];
    daemon = await peers.find((p) => p.id === id)!.start({ id: 'edge-1', parents, policy: {}, ...more });
  });
  afterAll(async () => {
    await daemon.stop();
    await origin.stop();
  });
  return bench;
}

/** Every page has the tags `shop` and the first part of its path. */
const originFor = (bench: PurgeBench, content: () => string): Promise<ScriptedOrigin> =>
  scriptedOrigin((request, response) => {
    request.resume();
    const { method = '', url = '' } = request;
    const first = url.split('/')[1];
    bench.asked.push(`${method} ${url}`);
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(bench.answersUnknown.status, { ...bench.answersUnknown.fields }).end();
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/plain',
      'cache-control': 'max-age=600',
      'x-cache-tags': `shop,${first}`,
      xkey: `shop ${first}`,
      ...(url.includes('vary') ? { vary: 'Accept-Language' } : {}),
    });
    response.end(method === 'HEAD' ? undefined : `${content()} ${request.headers['accept-language'] ?? ''}`);
  });

async function purgeOnce(topology: Topology, timeout: number): Promise<PurgeReceipt> {
  const guard = createGuard({ named: namedBy(topology) });
  const exchanger = createExchanger({ guard });
  let id = 0;
  try {
    const { steps } = planPurge(topology);
    const { receipts } = await runPurge(steps, { exchanger, guard, takeId: () => ++id, env: {}, timeout });
    expect(receipts).toHaveLength(1);
    return receipts[0]!;
  } finally {
    await exchanger.close();
  }
}

function topologyOf(dialect: string, address: string, by: By, path: string, headers: Record<string, string>): Topology {
  const edge = { id: 'edge', role: 'cache', dialect, nodes: [{ id: 'edge-1', address }], parents: [] } as const;
  const variants = [{ id: 'default', headers }];
  const url = `http://${HOST}${path}`;
  return {
    layers: [{ ...edge, placement: 'any', policy: {}, purge: readPurge(by), budget: 100 }],
    targets: [{ id: 'page', url, marker: { digest: true }, ignore: [], assets: false, variants }],
  };
}

/** Debian has the modules of Varnish in a package of their own. */
export const hasXkey = (): boolean =>
  [...readdirSync('/usr/lib').map((name) => `/usr/lib/${name}`), '/usr/lib', '/usr/local/lib'].some((folder) =>
    existsSync(`${folder}/varnish/vmods/libvmod_xkey.so`),
  );
