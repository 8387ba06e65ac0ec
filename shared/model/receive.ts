// What does a simulated cache make of the answer that came back? (RFC 9111 sections 3, 4.3.3 to 4.3.5 and 4.4; RFC 5861)
import type { Spoken } from '../dialects/dialect.ts';
import { ageValue, remaining } from '../http/age.ts';
import type { Clocks, Exchanged } from '../http/age.ts';
import { has } from '../http/cache-control.ts';
import { keyOf, matchesVary, originOf, selectingFields } from '../http/cache-key.ts';
import type { Comparing } from '../http/cache-key.ts';
import type { CacheStatus } from '../http/cache-status.ts';
import { confirms, freshened, withDate } from '../http/conditional.ts';
import { controlOf } from '../http/control.ts';
import type { Control } from '../http/control.ts';
import { parseDate } from '../http/date.ts';
import type { FieldLines } from '../http/fields.ts';
import { combined, first, without } from '../http/fields.ts';
import { groupsIn } from '../http/groups.ts';
import { partOf } from '../http/range.ts';
import { requestDirectives } from '../http/reuse.ts';
import { isSafe, isServerFailure } from '../http/status.ts';
import { mayStore, storableFields } from '../http/storage.ts';
import type { Read, ResponseHead } from '../http/storage.ts';
import { resolved } from '../http/uri.ts';
import { cutFrom, headFor, isAgeless, isBodyless, sliceFor, wantedOf, wantedOnceValidated } from './answer-from.ts';
import type { Wanted } from './answer-from.ts';
import { clocksOf, heardIn, lengthOf, readIn } from './cache-state.ts';
import type { CacheState } from './cache-state.ts';
import type { Instant } from './interval.ts';
import { passedOnHead, storedHead } from './response-head.ts';
import { purge } from './simulate.ts';
import type { PendingStore, Stored } from './stored.ts';
import { StoredResponse } from './stored-response.ts';
import type { Forward, Head, Received, Slice } from './verdict.ts';

/** What goes to the client after the head of the answer came, and whether its body is to be stored. */
export function receive<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  response: ResponseHead,
  exchanged: Exchanged,
  now: Instant,
): Received<B> {
  if (forward.selected !== undefined) forward.selected.refreshing = false;
  const answer = { status: response.status, fields: withDate(response.fields, exchanged.responseTime) };
  if (!isSafe(forward.request.method)) invalidateAfter(cache, forward, answer);
  if (forward.selected !== undefined) {
    const mayRenew = forward.conditional || cache.behaviour.renewsByAny304 === true;
    if (mayRenew && response.status === 304) {
      return validated(cache, forward, forward.selected, answer, exchanged, now);
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
  if (selected !== undefined && (now < forward.ifErrorUntil || maySpeakForSilence(cache, forward, selected)))
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

/** Stores a response whose body has arrived whole, in place of what its request would have selected before. */
export function commit<B>(cache: CacheState<B>, pending: PendingStore, body: B): Stored<B> {
  const stored = new StoredResponse(pending, body);
  for (const old of cache.index.under(pending.key)) {
    if (replaces(stored, old, cache.behaviour)) cache.index.remove(old);
  }
  cache.index.add(stored);
  cache.apartUntil.delete(pending.key);
  return stored;
}

/** To be called when a forwarded request ends without `receive`: its stored response may be refreshed by another. */
export function abandon<B>(forward: Forward<B>): void {
  if (forward.selected !== undefined) forward.selected.refreshing = false;
}

/** Parts stand beside each other while they are parts of the same thing; a whole takes the place of all. */
function replaces<B>(fresh: Stored<B>, old: Stored<B>, how: Comparing): boolean {
  if (!matchesVary(old.terms.vary, old.selecting, fresh.selecting, how)) return false;
  if (!matchesVary(fresh.terms.vary, fresh.selecting, old.selecting, how)) return false;
  if (fresh.part === undefined || old.part === undefined) return true;
  const holdsOld = fresh.part.first <= old.part.first && fresh.part.last >= old.part.last;
  return holdsOld || combined(fresh.fields, 'etag') !== combined(old.fields, 'etag');
}

/** Section 3.2; some products keep the Age that was stored where the 304 has none. */
function updatedBy<B>(
  { behaviour }: CacheState<B>,
  response: ResponseHead,
  stored: FieldLines,
  control: Control,
): FieldLines {
  const fields = freshened(stored, response, control);
  const age = combined(stored, 'age');
  if (behaviour.keepsAgeField !== true || age === undefined) return fields;
  return combined(fields, 'age') === undefined ? [...fields, ['Age', age]] : fields;
}

/** Section 4.3.4: the stored response lives on with the fields and the clocks of the 304. */
function validated<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  selected: Stored<B>,
  response: ResponseHead,
  exchanged: Exchanged,
  now: Instant,
): Received<B> {
  const confirmed = cache.behaviour.validatesByDate === true || confirms(response.fields, selected.fields);
  const control = controlOf(response.fields, cache.behaviour);
  const updated = confirmed ? updatedBy(cache, response, selected.fields, control) : selected.fields;
  // where the stored fields stay, the 304 still says how long they may
  const fields = cache.behaviour.mergesNotModified === false ? selected.fields : updated;
  const head = { status: selected.status, fields };
  const read = readIn(cache, { status: selected.status, fields: updated }, exchanged.responseTime);
  const { terms } = read;
  const clocks = clocksOf(cache, updated, terms, exchanged);
  const wasThere = cache.index.remove(selected);
  // what is renewed answered a GET, whoever asked about it
  const request = { ...forward.request, method: 'GET' };
  const mayKeep =
    cache.behaviour.keepsValidated === true || mayStore(request, head, cache.behaviour, read, exchanged).store;
  const keeps = confirmed && wasThere && mayKeep;
  const selecting = selectingFields(terms.vary, forward.request.fields, cache.behaviour);
  const { key, status: storedStatus, part } = selected;
  const renewed: PendingStore = {
    ...clocks,
    key,
    status: storedStatus,
    fields,
    terms,
    selecting,
    storedBy: forward.exchange,
    part,
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
  const sent =
    behaviour.agesValidated === true
      ? storedHead(fields, clocks, behaviour, now)
      : passedOnHead(fields, clocks, behaviour, now, keeps);
  const answering = new StoredResponse(renewed, selected.body);
  return fromStore(cache, answering, sent, spoken, wantedOnceValidated(cache, forward.request, answering));
}

/** A stored response goes to the client after all. */
function fromStore<B>(
  cache: CacheState<B>,
  stored: Stored<B>,
  fields: FieldLines,
  spoken: Spoken,
  wanted: Wanted,
): Received<B> {
  const head = headFor(wanted, stored.status, isAgeless(cache.behaviour, wanted) ? without(fields, 'age') : fields);
  return { head, slice: sliceFor(wanted), bodyFrom: isBodyless(wanted) ? 'none' : stored, spoken };
}

/** By which clocks Age counts of what is served when the next hop failed. */
function clocksOnError<B>({ behaviour }: CacheState<B>, selected: Stored<B>, now: Instant): Clocks {
  if (behaviour.agesByDateOnError !== true) return selected;
  const generatedAt = Math.min(now, selected.terms.date, now - (ageValue(selected.fields) ?? 0));
  return { generatedAt, storedAt: selected.storedAt, lifetime: selected.lifetime };
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
  const aged = storedHead(selected.fields, clocksOnError(cache, selected, now), cache.behaviour, now);
  // without an Age of its own the parent's is replayed
  const fields = cache.behaviour.noAgeIn?.includes('stale-on-error') === true ? selected.fields : aged;
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
  const wanted: Wanted =
    cache.behaviour.wholeOnError === true ? { what: 'whole' } : wantedOf(cache, forward.request, selected);
  return fromStore(cache, selected, fields, spoken, wanted);
}

/** The stored response as it is, for it is the later one. */
function keptLatest<B>(cache: CacheState<B>, forward: Forward<B>, selected: Stored<B>, fwdStatus: number): Received<B> {
  const { fields, storedBy, hits } = selected;
  const spoken = { ...spokenOf(cache, forward, { fwd: forward.fwd, fwdStatus }), storedBy, hits };
  return fromStore(cache, selected, fields, spoken, wantedOf(cache, forward.request, selected));
}

function passedOn<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  response: ResponseHead,
  exchanged: Exchanged,
  now: Instant,
  isDated: boolean,
): Received<B> {
  const read = readIn(cache, response, exchanged.responseTime, isDated);
  const clocks = clocksOf(cache, response.fields, read.terms, exchanged);
  const store = toStore(cache, forward, response, read, clocks, exchanged);
  if (store === undefined) {
    dropReplaced(cache, forward, response);
    fetchApart(cache, forward, read.terms.vary, now);
  }
  return new PassedOn(cache, forward, response, clocks, store, now);
}

/** The next hop's answer goes to the client. What is sent is worked out when somebody asks for it. */
class PassedOn<B> implements Received<B> {
  readonly bodyFrom = 'response';
  readonly store: PendingStore | undefined;
  readonly #cache: CacheState<B>;
  readonly #forward: Forward<B>;
  readonly #response: ResponseHead;
  readonly #clocks: Clocks;
  readonly #now: Instant;
  readonly #wanted: Wanted;

  constructor(
    cache: CacheState<B>,
    forward: Forward<B>,
    response: ResponseHead,
    clocks: Clocks,
    store: PendingStore | undefined,
    now: Instant,
  ) {
    this.store = store;
    this.#cache = cache;
    this.#forward = forward;
    this.#response = response;
    this.#clocks = clocks;
    this.#now = now;
    this.#wanted = cutFrom(cache, forward, response, now, store !== undefined);
  }

  get head(): Head {
    const { status, fields } = this.#response;
    const { noAgeIn } = this.#cache.behaviour;
    const stored = this.store !== undefined;
    const sent = passedOnHead(fields, this.#clocks, this.#cache.behaviour, this.#now, stored);
    const { behaviour } = this.#cache;
    const isBare = status === 304 && noAgeIn?.includes('bodyless') === true;
    return headFor(this.#wanted, status, isBare || isAgeless(behaviour, this.#wanted) ? without(sent, 'age') : sent);
  }

  get slice(): Slice | undefined {
    return isBodyless(this.#wanted) ? { from: 0, to: 0 } : sliceFor(this.#wanted);
  }

  get spoken(): Spoken {
    const { fwd, selected } = this.#forward;
    const { behaviour } = this.#cache;
    return spokenOf(this.#cache, this.#forward, {
      fwd,
      ...(selected === undefined ? {} : { fwdStatus: this.#response.status }),
      ...(this.store === undefined ? {} : { stored: true, ttl: remaining(this.#clocks, behaviour, this.#now) }),
    });
  }
}

function toStore<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  response: ResponseHead,
  read: Read,
  clocks: Clocks,
  exchanged: Exchanged,
): PendingStore | undefined {
  const { request, exchange } = forward;
  const heard = heardIn(cache.policy, response);
  if (!mayStore(request, heard, cache.behaviour, read, exchanged).store) return undefined;
  const { control, terms } = read;
  return {
    generatedAt: clocks.generatedAt,
    storedAt: clocks.storedAt,
    lifetime: clocks.lifetime,
    key: keyOf(request.url),
    status: response.status,
    fields: storableFields(response, control),
    terms,
    selecting: selectingFields(terms.vary, request.fields, cache.behaviour),
    storedBy: exchange,
    part: response.status === 206 ? partOf(response.fields) : undefined,
  };
}

/** A whole answer to a validation says that the stored response is no longer suitable (section 4.3.3). */
function dropReplaced<B>(cache: CacheState<B>, forward: Forward<B>, response: ResponseHead): void {
  const { selected, request } = forward;
  if (
    cache.behaviour.keepsWhatNoStoreReplaces === true &&
    has(requestDirectives(request.fields, cache.behaviour), 'no-store')
  )
    return;
  if (selected !== undefined && request.method === 'GET' && response.status < 500) cache.index.remove(selected);
}

/** Some products remember that nothing could be stored, in place of whatever that would have replaced. */
function fetchApart<B>(cache: CacheState<B>, forward: Forward<B>, vary: readonly string[], now: Instant): void {
  const { behaviour, index } = cache;
  const { request, collapse } = forward;
  if (behaviour.fetchesApartFor === undefined || collapse === undefined) return;
  cache.fetchApart(collapse, now + behaviour.fetchesApartFor);
  const selecting = selectingFields(vary, request.fields, behaviour);
  for (const old of index.under(collapse)) {
    if (matchesVary(vary, selecting, old.selecting, behaviour)) index.remove(old);
  }
}

/** Section 4.3.5: a response to HEAD renews the stored response to GET, or shows that it is another one. */
function compareWithHead<B>(
  cache: CacheState<B>,
  selected: Stored<B>,
  response: ResponseHead,
  exchanged: Exchanged,
): void {
  if (cache.behaviour.headRemoves === true && response.status < 500) cache.index.remove(selected);
  if (response.status !== 200 || !cache.index.remove(selected)) return;
  const length = combined(response.fields, 'content-length');
  const isSameLength = length === undefined || length === String(lengthOf(cache, selected));
  if (!isSameLength || !confirms(response.fields, selected.fields)) return;
  const control = controlOf(response.fields, cache.behaviour);
  const fields = freshened(selected.fields, response, control);
  const { key, status, selecting, storedBy, part } = selected;
  const { terms } = readIn(cache, { status, fields }, exchanged.responseTime);
  const clocks = clocksOf(cache, fields, terms, exchanged);
  commit(cache, { ...clocks, key, status, fields, terms, selecting, storedBy, part }, selected.body);
}

/**
 * Section 4.4: an unsafe method that did not fail invalidates its target, and what it points to at the same origin; and the
 * groups that its answer names (RFC 9875 section 3).
 */
function invalidateAfter<B>(cache: CacheState<B>, forward: Forward<B>, response: ResponseHead): void {
  const { behaviour, index } = cache;
  const end = behaviour.invalidatesOnSuccess === true ? 300 : 400;
  if (!behaviour.invalidatesOnUnsafe || response.status < 200 || response.status >= end) return;
  const { url } = forward.request;
  const pointedTo = ['location', 'content-location'].flatMap((name) => {
    const reference = combined(response.fields, name);
    return reference === undefined ? [] : [resolved(reference, url)];
  });
  const origin = originOf(url);
  for (const target of [url, ...pointedTo]) {
    if (originOf(target) !== origin) continue;
    if (behaviour.keepsInvalidated === true) expire(cache, target);
    else purge(cache, { ...forward.request, url: target }, 'all');
  }
  if (!behaviour.groups || origin === undefined) return;
  for (const group of groupsIn(response.fields, 'cache-group-invalidation')) {
    for (const stored of index.inGroup(origin, group)) index.remove(stored);
  }
}

/** What is stored under this URL is stale from now on. */
function expire<B>({ index }: CacheState<B>, url: string): void {
  for (const stored of index.under(keyOf(url))) {
    const { key, status, fields, terms, selecting, generatedAt, storedAt, storedBy, part } = stored;
    index.remove(stored);
    const ended = { ...terms, alwaysValidate: true, hasValidator: false };
    index.add(
      new StoredResponse(
        { key, status, fields, terms: ended, selecting, generatedAt, storedAt, storedBy, part },
        stored.body,
      ),
    );
  }
}

function spokenOf<B>(cache: CacheState<B>, forward: Forward<B>, cacheStatus: CacheStatus): Spoken {
  const { exchange, collapsed } = forward;
  const status = { cache: cache.name, ...cacheStatus, ...(collapsed === undefined ? {} : { collapsed }) };
  return { cacheStatus: status, stale: false, revalidated: false, exchange, hits: 0, node: cache.name };
}
