// One simulated cache in front of a scripted next hop, small enough to read a whole story on one screen.
import { expect } from 'vitest';
import type { Behaviour } from '../../../shared/dialects/dialect.ts';
import { rfcBehaviour } from '../../../shared/dialects/rfc-behaviour.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';
import { commit, receive } from '../../../shared/model/receive.ts';
import { createCache, decide } from '../../../shared/model/simulate.ts';
import type { CacheRequest, Forward, Received, Verdict } from '../../../shared/model/verdict.ts';
import type { Policy } from '../../../shared/topology.ts';

export const url = 'http://shop.example/';

export const get = (fields: FieldLines = [], at = url): CacheRequest => ({ method: 'GET', url: at, fields });

export const cc = (value: string): FieldLines => [['Cache-Control', value]];

export interface Origin {
  readonly status?: number;
  readonly fields: FieldLines;
  readonly body?: string;
}

export function aCache(behaviour: Behaviour = rfcBehaviour, policy: Policy = {}) {
  const cache = createCache<string>({ name: 'edge', behaviour, policy, maxObjects: 100 });

  /** The answer of the next hop arrives whole, at once. */
  const answered = (forward: Forward<string>, origin: Origin, now: number): Received<string> => {
    expect(forward.fields).toBeInstanceOf(Array);
    const response = { status: origin.status ?? 200, fields: origin.fields };
    const received = receive(cache, forward, response, { requestTime: now, responseTime: now }, now);
    if (received.store !== undefined) commit(cache, received.store, origin.body ?? 'body');
    return received;
  };

  /** One whole exchange: what the cache decided, and what it made of the answer if it had to ask. */
  const exchange = (request: CacheRequest, origin: Origin, now: number) => {
    const verdict = decide(cache, request, now);
    return verdict.kind === 'forward' ? { verdict, received: answered(verdict, origin, now) } : { verdict };
  };

  return { cache, answered, exchange, decide: (request: CacheRequest, now: number) => decide(cache, request, now) };
}

/** The verdict, which must be to forward. */
export function forwarded(verdict: Verdict<string>): Forward<string> {
  if (verdict.kind !== 'forward') throw new Error(`forward was expected, not ${verdict.kind}`);
  return verdict;
}

/** One word for what happened. */
export function outcome(verdict: Verdict<string>): string {
  switch (verdict.kind) {
    case 'serve':
      return verdict.stale ? 'stale' : 'hit';
    case 'forward':
      return verdict.fwd;
    case 'answer':
      return String(verdict.head.status);
  }
}
