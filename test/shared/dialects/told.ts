// What was decoded of a response, as one line for each cache that speaks, for tests to compare.
import { cityOf } from '../../../shared/places.ts';
import { hopsIn, type Hop } from '../../../shared/hops.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';
import { fixture } from './fixture.ts';

/** `fastly cache-ord1720-ORD: hit, age 142, hits 7, in Chicago US`; `then` marks history. */
export function lineOf(hop: Hop): string {
  const { cacheStatus: status, dialect, place } = hop;
  const city = place === undefined ? undefined : cityOf(dialect, place);
  const parts = [
    verdictOf(hop),
    ...(status.stored === undefined ? [] : [status.stored ? 'stored' : 'not stored']),
    ...(status.ttl === undefined ? [] : [`ttl ${status.ttl}`]),
    ...(hop.age === undefined ? [] : [`age ${hop.age}`]),
    ...(hop.frozenAge === undefined ? [] : [`frozen age ${hop.frozenAge}`]),
    ...(hop.hits === undefined ? [] : [`hits ${hop.hits}`]),
    ...(hop.storeId === undefined ? [] : [`copy ${hop.storeId}`]),
    ...(place === undefined ? [] : [`in ${[city?.city, city?.country ?? place].filter(Boolean).join(' ')}`]),
    ...(hop.replayed === true ? ['then'] : []),
  ];
  return `${[dialect, ...(status.cache === undefined ? [] : [status.cache])].join(' ')}: ${parts.join(', ')}`;
}

function verdictOf({ cacheStatus: { hit, fwd, fwdStatus }, stale, revalidated, made }: Hop): string {
  if (hit === true) return stale === true ? 'stale hit' : 'hit';
  if (revalidated === true) return 'revalidated';
  if (made !== undefined) return `made ${made}`;
  return fwd === undefined ? 'cannot tell' : [fwd, ...(fwdStatus === undefined ? [] : [fwdStatus])].join(' ');
}

export const toldOf = (fields: FieldLines, status = 200): string[] => hopsIn(fields, status).map(lineOf);

export function told(name: string): string[] {
  const { fields, status } = fixture(name);
  return toldOf(fields, status);
}

/** What the nearest cache's fields do not tell. */
export function hidden(name: string): string | undefined {
  const { fields, status } = fixture(name);
  return hopsIn(fields, status)[0]?.notSeparable;
}
