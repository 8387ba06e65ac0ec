// How fast does the executable cache judge, beside the library that most HTTP clients of Node judge with?
import { performance } from 'node:perf_hooks';
import CachePolicy from 'http-cache-semantics';
import { rfcBehaviour } from '../../shared/dialects/rfc-behaviour.ts';
import { commit, receive } from '../../shared/model/receive.ts';
import { createCache, decide } from '../../shared/model/simulate.ts';
import { pairs } from './pairs.ts';
import type { Message, Pair } from './pairs.ts';

/** Pairs of exchanges judged in a second. */
export interface ModelTurn {
  readonly ours: number;
  /** Given the same field lines, from which it makes the objects that it wants. */
  readonly peer: number;
  /** Given these objects ready-made. */
  readonly spared: number;
}

export interface ModelRound {
  /** Taken in (may it be stored, when does it expire) and then asked whether it answers the next request. */
  readonly built: ModelTurn;
  /** Only asked; all that may be stored already is. */
  readonly decided: ModelTurn;
}

export interface ModelRates {
  readonly count: number;
  /** Pairs in which both say the same: answered from the store without asking, or not. */
  readonly agreed: number;
  readonly rounds: readonly ModelRound[];
}

/** `rounds` turns of each of the four, one right after the other, each of some seconds. */
export function modelRates(count: number, rounds: number, seconds: number): ModelRates {
  const now = Math.floor(Date.now() / 1000);
  const list = pairs(count, now);
  const peerList = list.map(forPeer);
  const ours = buildOurs(list, now);
  const peer = buildPeer(peerList);
  const agreed = decideOurs(ours, list, now).filter((hit, i) => hit === decidePeer(peer, peerList)[i]).length;
  const turn = (): ModelRound => ({
    built: {
      ours: count * rate(seconds, () => decideOurs(buildOurs(list, now), list, now)),
      peer:
        count *
        rate(seconds, () => {
          const given = list.map(forPeer);
          return decidePeer(buildPeer(given), given);
        }),
      spared: count * rate(seconds, () => decidePeer(buildPeer(peerList), peerList)),
    },
    decided: {
      ours: count * rate(seconds, () => decideOurs(ours, list, now)),
      peer: count * rate(seconds, () => decidePeer(peer, list.map(askedOfPeer))),
      spared: count * rate(seconds, () => decidePeer(peer, peerList)),
    },
  });
  // the first turn is for the compiler
  turn();
  return { count, agreed, rounds: Array.from({ length: rounds }, turn) };
}

function buildOurs(list: readonly Pair[], now: number) {
  const cache = createCache<undefined>({ name: 'bench', behaviour: rfcBehaviour, policy: {} });
  for (const { first, status, fields } of list) {
    const verdict = decide(cache, first, now);
    if (verdict.kind !== 'forward') throw new Error('an empty cache answered');
    const { store } = receive(cache, verdict, { status, fields }, { requestTime: now, responseTime: now }, now);
    if (store !== undefined) commit(cache, store, undefined);
  }
  return cache;
}

const decideOurs = (cache: ReturnType<typeof buildOurs>, list: readonly Pair[], now: number): boolean[] =>
  list.map(({ again }) => {
    const verdict = decide(cache, again, now);
    return verdict.kind !== 'forward' && !('stale' in verdict && verdict.stale);
  });

interface PeerPair {
  readonly first: PeerMessage;
  readonly response: { readonly status: number; readonly headers: Record<string, string> };
  readonly again: PeerMessage;
}

interface PeerMessage {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

function buildPeer(list: readonly PeerPair[]): (CachePolicy | undefined)[] {
  return list.map(({ first, response }) => {
    const policy = new CachePolicy(first, response, { shared: true });
    return policy.storable() ? policy : undefined;
  });
}

const decidePeer = (
  policies: readonly (CachePolicy | undefined)[],
  list: readonly Pick<PeerPair, 'again'>[],
): boolean[] => policies.map((policy, i) => policy?.satisfiesWithoutRevalidation(list[i]!.again) ?? false);

/** The peer wants each field once, in lower case. */
const headers = (lines: Message['fields']): Record<string, string> => {
  const made: Record<string, string> = {};
  for (const [name, value] of lines) made[name.toLowerCase()] = value;
  return made;
};

const messageFor = ({ method, url, fields }: Message): PeerMessage => ({ method, url, headers: headers(fields) });

const forPeer = ({ first, status, fields, again }: Pair): PeerPair => ({
  first: messageFor(first),
  response: { status, headers: headers(fields) },
  again: messageFor(again),
});

const askedOfPeer = ({ again }: Pair): Pick<PeerPair, 'again'> => ({ again: messageFor(again) });

function rate(seconds: number, work: () => unknown): number {
  const started = performance.now();
  let done = 0;
  while (performance.now() - started < seconds * 1000) {
    work();
    done += 1;
  }
  return done / ((performance.now() - started) / 1000);
}
