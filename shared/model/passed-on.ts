// What becomes of an answer that goes to the client as it came: is it stored, and in place of what?
import type { Spoken } from '../dialects/dialect.ts';
import { initialAge, remaining } from '../http/age.ts';
import type { Clocks, Exchanged } from '../http/age.ts';
import { has } from '../http/cache-control.ts';
import { keyOf, selectingFields } from '../http/cache-key.ts';
import { combined, without } from '../http/fields.ts';
import { partOf } from '../http/range.ts';
import { asksAnew, requestDirectives } from '../http/reuse.ts';
import { mayStore, storableFields } from '../http/storage.ts';
import type { Read, ResponseHead } from '../http/storage.ts';
import { cutFrom, headFor, isAgeless, isBodyless, sliceFor } from './answer-from.ts';
import type { Wanted } from './answer-from.ts';
import { clocksOf, heardIn, readIn } from './cache-state.ts';
import type { CacheState } from './cache-state.ts';
import type { Instant } from './interval.ts';
import { markNotStored, replaceMark } from './not-stored.ts';
import { passedOnHead } from './response-head.ts';
import { spokenOf } from './spoken.ts';
import type { PendingStore } from './stored.ts';
import type { Forward, Head, Received, Slice } from './verdict.ts';

/** @param isDated Whether the answer came with a Date of its own. */
export function passedOn<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  response: ResponseHead,
  exchanged: Exchanged,
  now: Instant,
  isDated: boolean,
): Received<B> {
  const read = readIn(cache, response, exchanged.responseTime, isDated);
  const clocks = clocksOf(cache, response.fields, read.terms, exchanged);
  const store = toStore(cache, forward, response, read, clocks);
  if (forward.mark !== undefined) replaceMark(cache, keyOf(forward.request.url), forward);
  if (store !== undefined && cache.behaviour.absentMatchesAny !== undefined && forward.selected !== undefined) {
    // it may have been selected by what another request did not say
    cache.index.remove(forward.selected);
  }
  if (store === undefined) {
    dropReplaced(cache, forward, response, read.terms.date);
    markNotStored(cache, keyOf(forward.request.url), forward, read.terms.vary, now);
  }
  const compares = mayCompare(cache, forward, response, store !== undefined, exchanged);
  return new PassedOn(cache, forward, response, clocks, store, now, compares);
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
    mayCompare: boolean,
  ) {
    this.store = store;
    this.#cache = cache;
    this.#forward = forward;
    this.#response = response;
    this.#clocks = clocks;
    this.#now = now;
    this.#wanted = cutFrom(cache, forward, response, now, store !== undefined, mayCompare);
  }

  get head(): Head {
    const { status, fields } = this.#response;
    const stored = this.store !== undefined;
    const sent = passedOnHead(fields, this.#clocks, this.#cache.behaviour, this.#now, stored);
    const { behaviour } = this.#cache;
    return headFor(this.#wanted, status, isAgeless(behaviour, this.#wanted) ? without(sent, 'age') : sent);
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

/** What is to be stored of an answer; undefined where it must not be. */
export function toStore<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  response: ResponseHead,
  read: Read,
  clocks: Clocks,
): PendingStore | undefined {
  const { request, exchange } = forward;
  const heard = heardIn(cache.policy, response);
  if (!mayStore(request, heard, cache.behaviour, read, clocks).store) return undefined;
  if (!mayReplace(cache, forward, response.status) || isEarlier(cache, forward, read.terms.date)) return undefined;
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

const PRECONDITIONS = ['if-none-match', 'if-modified-since'];

/** Whether a precondition is compared with what has just come. */
function mayCompare<B>(
  { behaviour, policy }: CacheState<B>,
  { request }: Forward<B>,
  response: ResponseHead,
  isStored: boolean,
  exchanged: Exchanged,
): boolean {
  const { comparesAll, comparesFetched } = behaviour;
  if (comparesFetched !== 'storable') return (comparesAll ?? comparesFetched) === true;
  if (isStored || !PRECONDITIONS.some((name) => combined(request.fields, name) !== undefined)) return isStored;
  const told = { behaviour, policy: { ...policy, defaultTtl: 1 } };
  const read = readIn(told, response, exchanged.responseTime);
  const { responseTime } = exchanged;
  const generatedAt = responseTime - initialAge(response.fields, behaviour, exchanged);
  const clocks = { generatedAt, storedAt: responseTime, lifetime: read.terms.lifetime };
  return mayStore(request, heardIn(policy, response), behaviour, read, clocks).store;
}

/** What a product asks besides of an answer, with an eye to what it would replace. */
function mayReplace<B>({ behaviour }: CacheState<B>, { selected, request }: Forward<B>, status: number): boolean {
  if (selected !== undefined) return behaviour.removedBy?.includes(status) !== true;
  return behaviour.refusesRanges !== true || combined(request.fields, 'range') === undefined;
}

/** Whether what came is of before what it was to replace, for a product that stores later ones only. */
const isEarlier = <B>({ behaviour }: CacheState<B>, { selected }: Forward<B>, date: Instant): boolean =>
  behaviour.storesLaterOnly === true && selected !== undefined && date < selected.terms.date;

/** A whole answer to a validation says that the stored response is no longer suitable (section 4.3.3). */
function dropReplaced<B>(cache: CacheState<B>, forward: Forward<B>, response: ResponseHead, date: Instant): void {
  const { selected, request } = forward;
  const { failureRemoves, keptBy, keepsWhatIsNotReplaced, keepsWhatNoCacheReplaces } = cache.behaviour;
  if (keepsWhatIsNotReplaced === true || keptBy?.includes(response.status) === true) return;
  if (keepsWhatNoCacheReplaces === true && asksAnew(request.fields)) return;
  if (isEarlier(cache, forward, date)) return;
  const isEnd = response.status < 500 || failureRemoves === true;
  if (
    cache.behaviour.keepsWhatNoStoreReplaces === true &&
    has(requestDirectives(request.fields, cache.behaviour), 'no-store')
  )
    return;
  if (selected !== undefined && request.method === 'GET' && isEnd) cache.index.remove(selected);
}
