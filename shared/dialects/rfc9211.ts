// How does a cache speak that follows the standards? (RFC 9211 Cache-Status, RFC 9111)
import { parseCacheStatus, serializeCacheStatus } from '../http/cache-status.ts';
import type { CacheStatus } from '../http/cache-status.ts';
import type { FieldLine, FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { ageOf, indicesOf, lastIndex } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';
import { isSouins } from './souin.ts';

/** The last member is the nearest cache's (RFC 9211 section 2); Age is that of the nearest that answered from its store. */
function decodeAll(fields: FieldLines): readonly Decoded[] {
  const lines = indicesOf(fields, 'cache-status').filter((line) => !isSouins(fields[line]![1]));
  if (lines.length === 0) return [];
  const age = ageOf(fields);
  const { members } = parseCacheStatus(lines.toReversed().map((line) => fields[line]![1]));
  const told = members.toReversed().map((member) => ({ ...meant(member), by: 'Cache-Status', line: lines[0]! }));
  const owner = told.findIndex(({ cacheStatus, revalidated }) => cacheStatus.fwd === undefined || revalidated === true);
  return told.map((said, i) => (i === owner && age !== undefined ? { ...said, age } : said));
}

/** Of a node that is known to be one, with the Age that it sent. */
function decode(fields: FieldLines): Decoded | undefined {
  const age = ageOf(fields);
  const nearest = decodeAll(fields)[0];
  return nearest === undefined || age === undefined ? nearest : { ...nearest, age };
}

/** hit and fwd exclude each other (section 2.2); who sends both, as Souin does, means a copy that was no longer fresh. */
function meant(member: CacheStatus): Omit<Decoded, 'by'> {
  if (member.hit === true) {
    const { fwd, fwdStatus: _, ...cacheStatus } = member;
    const isOld = fwd === 'stale' || (member.ttl !== undefined && member.ttl < 0);
    return { cacheStatus, ...((isOld || member.ttl !== undefined) && { stale: isOld }) };
  }
  if (member.fwd === 'stale' && member.fwdStatus === 304) return { cacheStatus: member, revalidated: true };
  if (member.fwd === undefined) return { cacheStatus: member, notSeparable: NEITHER };
  return { cacheStatus: member };
}

const NEITHER =
  'The member has neither hit nor fwd: it tells only that this cache handled the request (RFC 9211 section 2).';

const speak = (event: Spoken): FieldLine[] => [
  ['Cache-Status', serializeCacheStatus({ ...event.cacheStatus, cache: event.node })],
];

export const rfc9211: Dialect = {
  id: 'rfc9211',
  title: 'RFC 9211',
  reference: 'https://www.rfc-editor.org/rfc/rfc9211',
  reads: ['cache-status', 'age'],
  // Souin's own form of the field is read by its own dialect
  signature: (fields) => lastIndex(fields, 'cache-status', (value) => !isSouins(value)),
  decode,
  decodeAll,
  speak,
  behaviour: rfcBehaviour,
  grounds: { usual: 'documented', by: 'https://www.rfc-editor.org/rfc/rfc9111' },
};
