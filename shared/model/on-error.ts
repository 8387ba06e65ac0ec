// What answers when the next hop fails, and what becomes of it? (RFC 5861 section 4; RFC 9111 section 4.2.4)
import { ageValue, remaining } from '../http/age.ts';
import type { Clocks } from '../http/age.ts';
import type { CacheStatus } from '../http/cache-status.ts';
import { formatDate } from '../http/date.ts';
import type { FieldLines } from '../http/fields.ts';
import { withField, without } from '../http/fields.ts';
import { wantedOnError } from './answer-from.ts';
import { readIn } from './cache-state.ts';
import type { CacheState } from './cache-state.ts';
import { commit } from './commit.ts';
import { fromStore } from './from-store.ts';
import type { Instant } from './interval.ts';
import { storedHead } from './response-head.ts';
import { spokenOf } from './spoken.ts';
import type { Stored } from './stored.ts';
import { pendingOf } from './stored-response.ts';
import type { Forward, Received } from './verdict.ts';

/** By which clocks Age counts of what is served when the next hop failed. */
function clocksOnError<B>({ behaviour }: CacheState<B>, selected: Stored<B>, now: Instant): Clocks {
  if (behaviour.agesByDateOnError !== true) return selected;
  const generatedAt = Math.min(now, selected.terms.date, now - (ageValue(selected.fields) ?? 0));
  return { generatedAt, storedAt: selected.storedAt, lifetime: selected.lifetime };
}

/** With the parent's Age, where that can be read. */
function replayed(fields: FieldLines): FieldLines {
  const age = ageValue(fields);
  return age === undefined ? without(fields, 'age') : withField(fields, 'Age', String(age));
}

/** RFC 5861 section 4: the old copy instead of the error. */
export function staleOnError<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  selected: Stored<B>,
  status: number | undefined,
  now: Instant,
): Received<B> {
  selected.hits += 1;
  cache.index.used(selected);
  const clocks = clocksOnError(cache, selected, now);
  const aged = storedHead(selected.fields, clocks, cache.behaviour, now);
  // without an Age of its own the parent's is replayed
  const fields = cache.behaviour.noAgeIn?.includes('stale-on-error') === true ? replayed(selected.fields) : aged;
  const cacheStatus: CacheStatus = {
    fwd: forward.fwd,
    ...(status === undefined ? {} : { fwdStatus: status }),
    ttl: remaining(selected, cache.behaviour, now),
  };
  const spoken = {
    ...spokenOf(cache, forward, cacheStatus),
    stale: true,
    storedBy: selected.storedBy,
    hits: selected.hits,
  };
  const wanted = wantedOnError(cache, forward.request, selected, status);
  if (status !== undefined) renewOnError(cache, selected, clocks.generatedAt, now);
  return fromStore(cache, selected, fields, spoken, wanted);
}

/** Some products store again what they served in place of an error. */
function renewOnError<B>(cache: CacheState<B>, selected: Stored<B>, generatedAt: Instant, now: Instant): void {
  const { renewsOnError } = cache.behaviour;
  if (renewsOnError === undefined || !cache.index.remove(selected)) return;
  if (cache.behaviour.removedBy?.includes(selected.status) === true) return;
  const fields = withField(selected.fields, 'Expires', formatDate(now + renewsOnError));
  const { terms } = readIn(cache, { status: selected.status, fields }, now);
  const { lifetime } = terms;
  commit(cache, { ...pendingOf(selected), fields, terms, lifetime, generatedAt }, selected.body);
}
