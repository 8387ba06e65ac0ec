// What does a response itself say about how long it is fresh, whoever stores it? (RFC 9111 section 4.2.1)
import { cacheControlOf, directive, qualifiedBy, seconds } from '../http/cache-control.ts';
import { parseDate } from '../http/date.ts';
import type { FieldLines } from '../http/fields.ts';
import { lastOf } from './read.ts';

/** Seconds, as a shared cache reads them; undefined where the response gives no lifetime that can be read. */
export function saidLifetime(fields: FieldLines): number | undefined {
  const said = cacheControlOf(fields);
  for (const name of ['s-maxage', 'max-age']) {
    const granted = seconds(said, name);
    if (granted !== undefined) return granted === 'invalid' ? undefined : granted;
  }
  const expires = parseDate(lastOf(fields, 'expires') ?? '', 0);
  const date = parseDate(lastOf(fields, 'date') ?? '', 0);
  return expires === undefined || date === undefined ? undefined : Math.max(0, expires - date);
}

/** Whether it must not be reused without asking (RFC 9111 section 5.2.2.4), all of it. */
export function asksEachTime(fields: FieldLines): boolean {
  const said = cacheControlOf(fields);
  return directive(said, 'no-cache') !== undefined && qualifiedBy(said, 'no-cache') === undefined;
}

/** Whether an age in seconds has reached the lifetime that the response gives, where that is more than nothing. */
export function hasOutlived(fields: FieldLines, age: number | undefined): boolean {
  const lifetime = saidLifetime(fields);
  return age !== undefined && lifetime !== undefined && lifetime > 0 && age >= lifetime;
}
