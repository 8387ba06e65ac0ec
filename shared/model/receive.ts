// What does a simulated cache make of the answer that came back? (RFC 9111 sections 3, 4.3.3 to 4.3.5 and 4.4; RFC 5861)
import type { Exchanged } from '../http/age.ts';
import { withDate } from '../http/conditional.ts';
import { parseDate } from '../http/date.ts';
import { first } from '../http/fields.ts';
import { isSafe, isServerFailure } from '../http/status.ts';
import type { ResponseHead } from '../http/storage.ts';
import type { CacheState } from './cache-state.ts';
import { completed } from './complete.ts';
import { keptLatest } from './from-store.ts';
import type { Instant } from './interval.ts';
import { compareWithHead, invalidateAfter } from './invalidate.ts';
import { staleOnError } from './on-error.ts';
import { passedOn } from './passed-on.ts';
import { saysOne } from './simulate.ts';
import { spokenOf } from './spoken.ts';
import type { Stored } from './stored.ts';
import { validated } from './validated.ts';
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
