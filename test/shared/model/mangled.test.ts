// Whatever a neighbour sends, the executable cache neither throws nor says what is no field text, and keeps its bounds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialects, recognise } from '../../../shared/dialects/index.ts';
import type { Dialect, Spoken } from '../../../shared/dialects/dialect.ts';
import { valuesOf } from '../../../shared/http/fields.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';
import { abandon, commit, receive, receiveFailure } from '../../../shared/model/receive.ts';
import { createCache, decide } from '../../../shared/model/simulate.ts';
import type { Forward } from '../../../shared/model/verdict.ts';
import { exchange, isHeaderText, START } from './mangled-messages.ts';
import type { Mangled } from './mangled-messages.ts';

const SEED = 20_111;
const MAX_OBJECTS = 5;
const MAX_BYTES = 600;

const policy = fc.record(
  { cap: fc.nat(100), grace: fc.nat(100), defaultTtl: fc.nat(100), keep: fc.nat(100), honoursAge: fc.boolean() },
  { requiredKeys: [] },
);

describe.each(dialects)('mangled messages before a cache that behaves as $id', (dialect) => {
  it.each([
    ['that a parser would not let through', false],
    ['that a parser lets through', true],
  ])(
    'break neither its word nor its bounds, of those %s',
    (_, parsed) => {
      fc.assert(
        fc.property(policy, fc.array(exchange(parsed), { minLength: 1, maxLength: 4 }), (operator, story) => {
          play(dialect, operator, story, parsed);
        }),
        { seed: SEED, numRuns: 1500 },
      );
    },
    300_000,
  );
});

/** Plays the story, and checks everything that the cache says on the way. */
function play(dialect: Dialect, operator: object, story: readonly Mangled[], parsed: boolean): void {
  const cache = createCache<number>({
    name: 'edge',
    behaviour: dialect.behaviour,
    policy: operator,
    maxObjects: MAX_OBJECTS,
    maxBytes: MAX_BYTES,
    sizeOf: (bytes) => bytes,
  });
  const sane = (fields: FieldLines, spoken?: Spoken): void => {
    for (const line of [...fields, ...(spoken === undefined ? [] : dialect.speak(spoken))]) {
      if (parsed && !isHeaderText(line)) throw new Error(`no field text: ${JSON.stringify(line)}`);
    }
    const ttl = spoken?.cacheStatus.ttl;
    if (ttl !== undefined) expect(ttl).toSatisfy(Number.isFinite);
  };
  /** What goes to the client; `own`: the cache itself says how old it is. */
  const sent = (fields: FieldLines, spoken: Spoken, own: boolean): void => {
    sane(fields, spoken);
    if (own) for (const age of valuesOf(fields, 'age')) expect(age).toMatch(/^\d{1,15}$/);
  };
  const { emitsAge } = dialect.behaviour;
  let now = START;
  const asked = (forward: Forward<number>, { status, response, delay, bodyBytes, ends }: Mangled): void => {
    sane(forward.fields);
    if (ends === 'abandoned') return abandon(forward);
    if (ends === 'failure') {
      const failed = receiveFailure(cache, forward, now);
      return sent(failed.head.fields, failed.spoken, emitsAge !== 'never');
    }
    const exchanged = { requestTime: now, responseTime: now + delay };
    now += Math.max(0, delay);
    const received = receive(cache, forward, { status, fields: response }, exchanged, now);
    sent(received.head.fields, received.spoken, emitsAge === 'always');
    if (received.store === undefined) return;
    const { generatedAt, storedAt, lifetime } = received.store;
    expect([generatedAt, storedAt, lifetime?.seconds ?? 0].filter((n) => !Number.isFinite(n))).toEqual([]);
    expect(lifetime?.seconds ?? 0).toBeGreaterThanOrEqual(0);
    sane(received.store.fields);
    commit(cache, received.store, bodyBytes);
  };
  for (const each of story) {
    now = Math.max(0, now + each.later);
    recognise(each.response).decode(each.response, each.status);
    const verdict = decide(cache, { method: each.method, url: each.url, fields: each.request }, now);
    if (verdict.kind === 'forward') asked(verdict, each);
    else {
      sent(verdict.head.fields, verdict.spoken, emitsAge !== 'never');
      if (verdict.background !== undefined) asked(verdict.background, each);
    }
    expect(cache.index.count).toBeLessThanOrEqual(MAX_OBJECTS);
    expect(cache.index.bytes).toBeLessThanOrEqual(MAX_BYTES);
  }
}
