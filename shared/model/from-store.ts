// What goes to the client when what is stored answers after the next hop was asked?
import type { Spoken } from '../dialects/dialect.ts';
import type { FieldLines } from '../http/fields.ts';
import { without } from '../http/fields.ts';
import { headFor, isAgeless, isBodyless, multipartFor, sliceFor } from './answer-from.ts';
import type { Wanted } from './answer-from.ts';
import type { CacheState } from './cache-state.ts';
import { spokenOf } from './spoken.ts';
import type { Stored } from './stored.ts';
import type { Forward, Received } from './verdict.ts';

/** @param fields Those of the stored response as they are sent now. */
export function fromStore<B>(
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

/** The stored response as it is, for it is the later one. */
export function keptLatest<B>(
  cache: CacheState<B>,
  forward: Forward<B>,
  selected: Stored<B>,
  fwdStatus: number,
): Received<B> {
  const { fields, storedBy, hits } = selected;
  const spoken = { ...spokenOf(cache, forward, { fwd: forward.fwd, fwdStatus }), storedBy, hits };
  return fromStore(cache, selected, fields, spoken, { what: 'whole' });
}
