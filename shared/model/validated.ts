// What does a 304 make of the stored response that it confirms? (RFC 9111 sections 3.2 and 4.3.4)
import { ageValue, remaining } from '../http/age.ts';
import type { Clocks, Exchanged } from '../http/age.ts';
import { has } from '../http/cache-control.ts';
import { selectingFields } from '../http/cache-key.ts';
import type { CacheStatus } from '../http/cache-status.ts';
import { confirms, freshened } from '../http/conditional.ts';
import { controlOf } from '../http/control.ts';
import type { Control } from '../http/control.ts';
import type { FieldLines } from '../http/fields.ts';
import { combined, without } from '../http/fields.ts';
import { mayStore } from '../http/storage.ts';
import type { Read, ResponseHead } from '../http/storage.ts';
import type { Terms } from '../http/terms.ts';
import { wantedOnceValidated } from './answer-from.ts';
import { clocksOf, heardIn, readIn } from './cache-state.ts';
import type { CacheState } from './cache-state.ts';
import { commit } from './commit.ts';
import { fromStore } from './from-store.ts';
import type { Instant } from './interval.ts';
import { passedOnHead, storedHead } from './response-head.ts';
import { spokenOf } from './spoken.ts';
import type { PendingStore, Stored } from './stored.ts';
import { pendingOf, StoredResponse } from './stored-response.ts';
import type { Forward, Received } from './verdict.ts';

/**
 * The stored response lives on with the fields and the clocks of the 304, where that speaks of it.
 * @param cameDated Whether the 304 came with a Date of its own
 */
export function validated<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  selected: Stored<B>,
  response: ResponseHead,
  exchanged: Exchanged,
  now: Instant,
  cameDated: boolean,
): Received<B> {
  const control = controlOf(response.fields, cache.behaviour);
  if (forbidsRenewal(cache, control)) return unchanged(cache, forward, selected, now);
  const { confirmed, updated, fields } = mergedFrom(cache, forward, selected, response, exchanged, control);
  const isDated = selected.terms.date !== -Infinity || cameDated;
  const read = readAnew(cache, selected, updated, response, exchanged, isDated);
  const { terms } = read;
  const clocks = clocksOf(cache, updated, terms, exchanged);
  const selecting = selectingFields(terms.vary, forward.request.fields, cache.behaviour);
  const storedBy = forward.exchange;
  const renewed: PendingStore = { ...pendingOf(selected), ...clocks, fields, terms, selecting, storedBy };
  // whoever purged it meanwhile meant it: this client gets the bytes, the store does not
  const wasThere = cache.index.remove(selected);
  const keeps = confirmed && wasThere && mayKeep(cache, forward, renewed, read, clocks);
  const stored = keeps ? commit(cache, renewed, selected.body) : selected;
  const shown = cache.behaviour.addsAgeToDate === true ? clocksByDate(clocks, terms, updated) : clocks;
  const sent =
    cache.behaviour.agesValidated === true
      ? storedHead(fields, shown, cache.behaviour, now)
      : passedOnHead(fields, shown, cache.behaviour, now, keeps);
  const status: CacheStatus = {
    fwd: forward.fwd,
    fwdStatus: 304,
    ...(keeps ? { stored: true, ttl: remaining(stored, cache.behaviour, now) } : {}),
  };
  const said = spokenOf(cache, forward, status);
  const spoken = { ...said, revalidated: true, storedBy: stored.storedBy, hits: stored.hits };
  const answering = new StoredResponse(renewed, selected.body);
  return fromStore(cache, answering, sent, spoken, wantedOnceValidated(cache, forward.request, answering));
}

interface Merged {
  /** The 304 speaks of this stored response. */
  readonly confirmed: boolean;
  /** What clocks and terms are read from. */
  readonly updated: FieldLines;
  /** What is stored and sent; for some products the stored fields stay, and the 304 only says how long they may. */
  readonly fields: FieldLines;
}

function mergedFrom<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  selected: Stored<B>,
  response: ResponseHead,
  exchanged: Exchanged,
  control: Control,
): Merged {
  const { validatesByDate, believesNotModified, mergesNotModified } = cache.behaviour;
  const believes = (validatesByDate ?? believesNotModified) === true || mergesNotModified === false;
  const confirmed = believes || confirms(response.fields, selected.fields);
  const isHeard = confirmed && (mergesNotModified !== false || grantsAnew(cache, forward, response, exchanged));
  const updated = isHeard ? updatedBy(cache, response, selected.fields, control) : selected.fields;
  return { confirmed, updated, fields: mergesNotModified === false ? selected.fields : updated };
}

/** The terms on which it lives on. */
function readAnew<B>(
  cache: CacheState<B>,
  { status, terms: old }: Stored<B>,
  updated: FieldLines,
  response: ResponseHead,
  exchanged: Exchanged,
  isDated: boolean,
): Read {
  const { control, terms } = readIn(cache, { status, fields: updated }, exchanged.responseTime, isDated);
  return { control, terms: strict(cache, old, granted(cache, terms, status, response, exchanged)) };
}

/** What is renewed answered a GET, whoever asked about it. */
function mayKeep<B>(
  { behaviour, policy }: CacheState<B>,
  forward: Forward<B>,
  { status, fields }: PendingStore,
  read: Read,
  clocks: Clocks,
): boolean {
  if (behaviour.keepsValidated !== undefined) return true;
  const request = { ...forward.request, method: 'GET' };
  return mayStore(request, heardIn(policy, { status, fields }), behaviour, read, clocks).store;
}

/** Whether a 304 confirms, and renews nothing. */
const forbidsRenewal = <B>({ behaviour }: CacheState<B>, { directives }: Control): boolean =>
  behaviour.keepsValidated === 'as-it-was' && (has(directives, 'no-store') || has(directives, 'private'));

/** The stored response goes to the client, and stays as it was. */
function unchanged<B>(cache: CacheState<B>, forward: Forward<B>, selected: Stored<B>, now: Instant): Received<B> {
  const { storedBy, hits } = selected;
  const said = spokenOf(cache, forward, { fwd: forward.fwd, fwdStatus: 304 });
  const sent = storedHead(selected.fields, selected, cache.behaviour, now);
  const spoken = { ...said, revalidated: true, storedBy, hits };
  return fromStore(cache, selected, sent, spoken, wantedOnceValidated(cache, forward.request, selected));
}

const clocksByDate = (clocks: Clocks, { date }: Terms, fields: FieldLines): Clocks => ({
  generatedAt: Math.min(clocks.storedAt, date) - (ageValue(fields) ?? 0),
  storedAt: clocks.storedAt,
  lifetime: clocks.lifetime,
});

/** Section 3.2; some products keep the Age that was stored where the 304 has none. */
function updatedBy<B>(
  { behaviour }: CacheState<B>,
  response: ResponseHead,
  stored: FieldLines,
  control: Control,
): FieldLines {
  const fields = freshened(stored, response, control);
  const age = ageValue(stored);
  if (behaviour.keepsAgeField !== true || age === undefined) return fields;
  return combined(fields, 'age') === undefined ? [...fields, ['Age', String(age)]] : fields;
}

/** Whether a 304 says by itself that and how long the response may be stored: where not, what is stored says it again. */
function grantsAnew<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  { fields }: ResponseHead,
  exchanged: Exchanged,
): boolean {
  // neither cookies nor variants keep what is stored from being renewed
  const whole = heardIn(cache.policy, { status: 200, fields: without(fields, 'set-cookie', 'vary') });
  const read = readIn(cache, whole, exchanged.responseTime);
  const from = read.terms.lifetime?.from;
  if (from === undefined || from === 'policy' || from === 'default') return false;
  const clocks = clocksOf(cache, fields, read.terms, exchanged);
  return mayStore({ ...forward.request, method: 'GET' }, whole, cache.behaviour, read, clocks).store;
}

/** Some products read how long the response lives on in the 304 alone. */
function granted<B>(
  cache: CacheState<B>,
  merged: Terms,
  status: number,
  { fields }: ResponseHead,
  exchanged: Exchanged,
): Terms {
  if (cache.behaviour.renewsBy304Alone !== true) return merged;
  const { lifetime } = readIn(cache, { status, fields }, exchanged.responseTime).terms;
  return { ...merged, lifetime };
}

/** For a product that goes on validating as the stored response told it to. */
function strict<B>({ behaviour }: CacheState<B>, old: Terms, terms: Terms): Terms {
  if (behaviour.keepsValidationTerms !== true) return terms;
  const { alwaysValidate, forbidsStale, ifErrorFor } = old;
  return { ...terms, alwaysValidate, forbidsStale, ifErrorFor };
}
