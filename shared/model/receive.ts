// What does a simulated cache make of the answer that came back? (RFC 9111 sections 3, 4.3.3 to 4.3.5 and 4.4; RFC 5861)
import type { Spoken } from '../dialects/dialect.ts';
import { ageValue, remaining } from '../http/age.ts';
import type { Clocks, Exchanged } from '../http/age.ts';
import { selectingFields } from '../http/cache-key.ts';
import { has } from '../http/cache-control.ts';
import type { CacheStatus } from '../http/cache-status.ts';
import { confirms, freshened, withDate } from '../http/conditional.ts';
import { controlOf } from '../http/control.ts';
import type { Control } from '../http/control.ts';
import { formatDate, parseDate } from '../http/date.ts';
import type { FieldLines } from '../http/fields.ts';
import { combined, first, withField, without } from '../http/fields.ts';
import { isSafe, isServerFailure } from '../http/status.ts';
import { mayStore } from '../http/storage.ts';
import type { ResponseHead } from '../http/storage.ts';
import type { Terms } from '../http/terms.ts';
import {
  headFor,
  isAgeless,
  isBodyless,
  multipartFor,
  sliceFor,
  wantedOnceValidated,
  wantedOnError,
} from './answer-from.ts';
import type { Wanted } from './answer-from.ts';
import { clocksOf, heardIn, readIn } from './cache-state.ts';
import type { CacheState } from './cache-state.ts';
import { commit } from './commit.ts';
import { completed } from './complete.ts';
import type { Instant } from './interval.ts';
import { compareWithHead, invalidateAfter } from './invalidate.ts';
import { passedOn } from './passed-on.ts';
import { passedOnHead, storedHead } from './response-head.ts';
import { saysOne } from './simulate.ts';
import { spokenOf } from './spoken.ts';
import type { PendingStore, Stored } from './stored.ts';
import { pendingOf, StoredResponse } from './stored-response.ts';
import type { Forward, Head, Received } from './verdict.ts';

export { commit } from './commit.ts';
export { commitIncomplete } from './incomplete.ts';

/** What goes to the client after the head of the answer came, and whether its body is to be stored. */
export function receive<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  response: ResponseHead,
  exchanged: Exchanged,
  now: Instant,
): Received<B> {
  if (forward.selected !== undefined) forward.selected.refreshing = false;
  const answer = staysUndated(cache, forward, response)
    ? response
    : { status: response.status, fields: withDate(response.fields, exchanged.responseTime) };
  if (!isSafe(forward.request.method)) invalidateAfter(cache, forward, answer);
  if (forward.completing !== undefined) {
    const made = completed(cache, forward, forward.completing, answer, exchanged, now);
    if (made !== undefined) return made;
  }
  if (forward.selected !== undefined) {
    const mayRenew = forward.conditional || cache.behaviour.renewsByAny304 === true;
    if (mayRenew && response.status === 304) {
      const cameDated = first(response.fields, 'date') !== undefined;
      return validated(cache, forward, forward.selected, answer, exchanged, now, cameDated);
    }
    const { selected } = forward;
    if (isEarlier(cache, forward, response)) return keptLatest(cache, forward, selected, response.status);
    if (isFailure(cache, response.status) && now < forward.ifErrorUntil) {
      return staleOnError(cache, forward, forward.selected, response.status, now);
    }
    if (forward.request.method === 'HEAD') compareWithHead(cache, forward.selected, answer, exchanged);
  }
  const isDated = first(response.fields, 'date') !== undefined;
  return passedOn(cache, forward, answer, exchanged, now, isDated);
}

/** Whether the stored Date stands for that of a 304 too. */
const staysUndated = <B>({ behaviour }: CacheState<B>, forward: Forward<B>, { status }: ResponseHead): boolean =>
  behaviour.leavesUndated === true &&
  status === 304 &&
  forward.conditional &&
  forward.selected !== undefined &&
  forward.selected.terms.date !== -Infinity;

const isFailure = <B>({ behaviour }: CacheState<B>, status: number): boolean =>
  behaviour.errorStatus?.includes(status) ?? isServerFailure(status);

/** Whether this answer is of before what is stored, for a product that looks. */
function isEarlier<B>({ behaviour }: CacheState<B>, forward: Forward<B>, { status, fields }: ResponseHead): boolean {
  if (behaviour.keepsLatest !== true || forward.selected === undefined || !forward.conditional) return false;
  if (status >= 500) return false;
  const date = parseDate(first(fields, 'date') ?? '', forward.selected.storedAt) ?? -Infinity;
  return date < forward.selected.terms.date;
}

/** What goes to the client when no answer came; 504 where the response forbids to serve it stale (section 5.2.2.2). */
export function receiveFailure<B>(cache: CacheState<B>, forward: Forward<B>, now: Instant): Received<B> {
  abandon(forward);
  const { selected } = forward;
  const forbids = cache.behaviour.disconnectedForbiddenBy;
  const isForbidden = forbids !== undefined && selected !== undefined && saysOne(cache, selected, forbids);
  if (
    !isForbidden &&
    selected !== undefined &&
    (now < forward.ifErrorUntil || maySpeakForSilence(cache, forward, selected))
  )
    return staleOnError(cache, forward, selected, undefined, now);
  const status = selected?.terms.forbidsStale === true ? 504 : (cache.behaviour.unreachableStatus ?? 502);
  const head: Head = { status, fields: [['Content-Length', '0']] };
  return { head, bodyFrom: 'none', spoken: spokenOf(cache, forward, { fwd: forward.fwd }) };
}

/** Disconnected, a cache may serve what nobody forbids: neither the response nor this client. */
const maySpeakForSilence = <B>(
  { behaviour }: CacheState<B>,
  { ifErrorUntil }: Forward<B>,
  { terms }: Stored<B>,
): boolean => behaviour.servesWhenDisconnected === true && ifErrorUntil !== -Infinity && !terms.forbidsStale;

/** To be called when a forwarded request ends without `receive`: its stored response may be refreshed by another. */
export function abandon<B>(forward: Forward<B>): void {
  if (forward.selected !== undefined) forward.selected.refreshing = false;
}

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

/** Section 4.3.4: the stored response lives on with the fields and the clocks of the 304. */
function validated<B>(
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
  const { validatesByDate, believesNotModified, mergesNotModified } = cache.behaviour;
  const believes = (validatesByDate ?? believesNotModified) === true || mergesNotModified === false;
  const confirmed = believes || confirms(response.fields, selected.fields);
  const isHeard = confirmed && (mergesNotModified !== false || grantsAnew(cache, forward, response, exchanged));
  const updated = isHeard ? updatedBy(cache, response, selected.fields, control) : selected.fields;
  // where the stored fields stay, the 304 still says how long they may
  const fields = mergesNotModified === false ? selected.fields : updated;
  const head = heardIn(cache.policy, { status: selected.status, fields });
  const isDated = selected.terms.date !== -Infinity || cameDated;
  const { control: said, terms: merged } = readIn(
    cache,
    { status: selected.status, fields: updated },
    exchanged.responseTime,
    isDated,
  );
  const terms = strict(cache, selected.terms, granted(cache, merged, selected.status, response, exchanged));
  const read = { control: said, terms };
  const clocks = clocksOf(cache, updated, terms, exchanged);
  const wasThere = cache.index.remove(selected);
  // what is renewed answered a GET, whoever asked about it
  const request = { ...forward.request, method: 'GET' };
  const mayKeep =
    cache.behaviour.keepsValidated !== undefined || mayStore(request, head, cache.behaviour, read, clocks).store;
  const keeps = confirmed && wasThere && mayKeep;
  const selecting = selectingFields(terms.vary, forward.request.fields, cache.behaviour);
  const renewed: PendingStore = {
    ...pendingOf(selected),
    ...clocks,
    fields,
    terms,
    selecting,
    storedBy: forward.exchange,
  };
  // whoever purged it meanwhile meant it: this client gets the bytes, the store does not
  const stored = keeps ? commit(cache, renewed, selected.body) : selected;
  const status: CacheStatus = {
    fwd: forward.fwd,
    fwdStatus: 304,
    ...(keeps ? { stored: true, ttl: remaining(stored, cache.behaviour, now) } : {}),
  };
  const spoken = {
    ...spokenOf(cache, forward, status),
    revalidated: true,
    storedBy: stored.storedBy,
    hits: stored.hits,
  };
  const { behaviour } = cache;
  const shown = behaviour.addsAgeToDate === true ? clocksByDate(clocks, read.terms, updated) : clocks;
  const sent =
    behaviour.agesValidated === true
      ? storedHead(fields, shown, behaviour, now)
      : passedOnHead(fields, shown, behaviour, now, keeps);
  const answering = new StoredResponse(renewed, selected.body);
  return fromStore(cache, answering, sent, spoken, wantedOnceValidated(cache, forward.request, answering));
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

/** A stored response goes to the client after all. */
function fromStore<B>(
  cache: CacheState<B>,
  stored: Stored<B>,
  fields: FieldLines,
  spoken: Spoken,
  wanted: Wanted,
): Received<B> {
  const head = headFor(wanted, stored.status, isAgeless(cache.behaviour, wanted) ? without(fields, 'age') : fields);
  const bodyFrom = isBodyless(wanted) ? 'none' : stored;
  return { head, slice: sliceFor(wanted), multipart: multipartFor(wanted), bodyFrom, spoken };
}

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
function staleOnError<B>(
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

/** The stored response as it is, for it is the later one. */
function keptLatest<B>(cache: CacheState<B>, forward: Forward<B>, selected: Stored<B>, fwdStatus: number): Received<B> {
  const { fields, storedBy, hits } = selected;
  const spoken = { ...spokenOf(cache, forward, { fwd: forward.fwd, fwdStatus }), storedBy, hits };
  return fromStore(cache, selected, fields, spoken, { what: 'whole' });
}
