// What does an answer end or renew besides what it answers? (RFC 9111 sections 4.3.5 and 4.4; RFC 9875)
import type { Exchanged } from '../http/age.ts';
import { keyOf, originOf } from '../http/cache-key.ts';
import { confirms, freshened } from '../http/conditional.ts';
import { controlOf } from '../http/control.ts';
import { combined } from '../http/fields.ts';
import { groupsIn } from '../http/groups.ts';
import type { ResponseHead } from '../http/storage.ts';
import { resolved } from '../http/uri.ts';
import { clocksOf, lengthOf, readIn } from './cache-state.ts';
import type { CacheState } from './cache-state.ts';
import { commit } from './commit.ts';
import { isVariantFor } from './simulate.ts';
import type { Stored } from './stored.ts';
import { pendingOf, StoredResponse } from './stored-response.ts';
import type { CacheRequest, Forward } from './verdict.ts';

/** Section 4.3.5: a response to HEAD renews the stored response to GET, or shows that it is another one. */
export function compareWithHead<B>(
  cache: CacheState<B>,
  selected: Stored<B>,
  response: ResponseHead,
  exchanged: Exchanged,
): void {
  const { headRemoves, failureRemoves, ignoresHead } = cache.behaviour;
  if (ignoresHead === true) return;
  if (headRemoves === true && (response.status < 500 || failureRemoves === true)) cache.index.remove(selected);
  if (response.status !== 200 || !cache.index.remove(selected)) return;
  const length = combined(response.fields, 'content-length');
  const isSameLength = length === undefined || length === String(lengthOf(cache, selected));
  if (!isSameLength || !confirms(response.fields, selected.fields)) return;
  const control = controlOf(response.fields, cache.behaviour);
  const fields = freshened(selected.fields, response, control);
  const { terms } = readIn(cache, { status: selected.status, fields }, exchanged.responseTime);
  const clocks = clocksOf(cache, fields, terms, exchanged);
  commit(cache, { ...pendingOf(selected), ...clocks, fields, terms }, selected.body);
}

/**
 * Section 4.4: an unsafe method that did not fail invalidates its target, and what it points to at the same origin; and the
 * groups that its answer names (RFC 9875 section 3).
 */
export function invalidateAfter<B>(cache: CacheState<B>, forward: Forward<B>, response: ResponseHead): void {
  const { behaviour, index } = cache;
  const failure = behaviour.invalidatesOnSuccess === true ? 300 : 400;
  if (!behaviour.invalidatesOnUnsafe || response.status < 200 || response.status >= failure) return;
  const { url } = forward.request;
  const pointedTo = ['location', 'content-location'].flatMap((name) => {
    const reference = combined(response.fields, name);
    return reference === undefined ? [] : [resolved(reference, url)];
  });
  const origin = originOf(url);
  for (const target of [url, ...pointedTo]) {
    if (originOf(target) !== origin) continue;
    end(cache, { ...forward.request, url: target });
  }
  if (!behaviour.groups || origin === undefined) return;
  for (const group of groupsIn(response.fields, 'cache-group-invalidation')) {
    for (const stored of index.inGroup(origin, group)) index.remove(stored);
  }
}

/** What is stored under this URL goes, or is stale from now on. */
function end<B>(cache: CacheState<B>, request: CacheRequest): void {
  const { behaviour, index, marks } = cache;
  if (behaviour.keepsInvalidated !== true && behaviour.invalidatesOne !== true) marks.delete(keyOf(request.url));
  for (const stored of index.under(keyOf(request.url))) {
    if (behaviour.invalidatesOne === true && !isVariantFor(cache, stored, request)) continue;
    index.remove(stored);
    if (behaviour.keepsInvalidated !== true) continue;
    const terms = { ...stored.terms, alwaysValidate: true, hasValidator: false };
    index.add(new StoredResponse({ ...pendingOf(stored), terms }, stored.body));
  }
}
