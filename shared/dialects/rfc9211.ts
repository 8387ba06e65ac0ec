// How does a cache speak that follows the standards? (RFC 9211 Cache-Status, RFC 9111)
import { parseCacheStatus, serializeCacheStatus } from '../http/cache-status.ts';
import { combined, last, valuesOf, type FieldLine, type FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastIndex, wholeNumber } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

/** The last member is the nearest cache's (RFC 9211 section 2). */
function decodeAll(fields: FieldLines): readonly Decoded[] {
  const age = wholeNumber(last(fields, 'age'));
  return parseCacheStatus(valuesOf(fields, 'cache-status'))
    .members.toReversed()
    .map((member) => ({
      cacheStatus: member,
      by: 'Cache-Status',
      ...(age === undefined ? {} : { age }),
      ...(member.hit === true && member.ttl !== undefined ? { stale: member.ttl < 0 } : {}),
      ...(member.fwd === 'stale' && member.fwdStatus === 304 ? { revalidated: true } : {}),
    }));
}

const speak = (event: Spoken): FieldLine[] => [
  ['Cache-Status', serializeCacheStatus({ ...event.cacheStatus, cache: event.node })],
];

export const rfc9211: Dialect = {
  id: 'rfc9211',
  title: 'RFC 9211',
  reference: 'https://www.rfc-editor.org/rfc/rfc9211',
  reads: ['cache-status', 'age'],
  signature: (fields) =>
    combined(fields, 'cache-status') === undefined ? undefined : lastIndex(fields, 'cache-status', () => true),
  decode: (fields) => decodeAll(fields)[0],
  decodeAll,
  speak,
  behaviour: rfcBehaviour,
  grounds: { usual: 'documented', by: 'https://www.rfc-editor.org/rfc/rfc9111' },
};
