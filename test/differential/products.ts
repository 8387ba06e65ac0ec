// Which caches can be compared with their model, and how is each started?
import { startReverseProxy } from '../../probe/lab/reverse-proxy.ts';
import { peers } from '../../probe/lab/real/index.ts';
import { dialectOf } from '../../shared/dialects/index.ts';
import type { Dialect } from '../../shared/dialects/dialect.ts';
import type { Policy } from '../../shared/topology.ts';

export interface Product {
  readonly id: string;
  readonly dialect: Dialect | undefined;
  readonly policy: Policy;
  readonly purges: boolean;
  /** Undefined when it can be started, else a sentence. */
  missing(): string | undefined;
  /** In front of the origin with this base address. */
  start(origin: string): Promise<{ readonly address: string; stop(): Promise<void> }>;
}

/** The names that `productOf` knows; `lab:DIALECT` is the lab's own proxy. */
export const productNames = (): string[] => [...peers.map(({ id }) => id), 'lab:rfc9211'];

/**
 * @param policy beside the lab's default grace for the product
 * @throws Error when there is none of this name
 */
export function productOf(name: string, policy: Policy = {}): Product {
  const lab = /^lab:(.+)$/.exec(name)?.[1];
  if (lab !== undefined) return proxyOf(name, lab, policy);
  const peer = peers.find(({ id }) => id === name);
  if (peer === undefined) throw new Error(`there is no product '${name}': ${productNames().join(', ')}`);
  const applied = { ...(peer.defaultGrace === undefined ? {} : { grace: peer.defaultGrace }), ...policy };
  return {
    id: peer.id,
    dialect: dialectOf(peer.id),
    policy: applied,
    purges: peer.purge() !== undefined,
    missing: () => peer.missing(),
    start: (origin) => peer.start({ id: peer.id, parents: [{ id: 'origin', address: origin }], policy: applied }),
  };
}

function proxyOf(id: string, dialect: string, policy: Policy): Product {
  return {
    id,
    dialect: dialectOf(dialect),
    policy,
    purges: true,
    missing: () => undefined,
    start: (origin) => startReverseProxy({ origin, port: 0, dialect, policy }),
  };
}
