// How does Netlify speak and behave? By members of Cache-Status for its edge and for the store that its edges share.
// Source: docs.netlify.com, caching; what its members hold was also seen in responses; nothing was measured.
import { parseCacheStatus, serializeCacheStatus, type CacheStatus } from '../http/cache-status.ts';
import { valuesOf, type FieldLine, type FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { sentAge } from './members.ts';
import { furthest, lastIndex } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

const EDGE = 'Netlify Edge';

/** Whether a member of Cache-Status is Netlify's: its edge, or the durable store behind all edges. */
export const isNetlify = (member: CacheStatus): boolean => member.cache === EDGE || member.cache === 'Netlify Durable';

const signature = (fields: FieldLines): number | undefined =>
  furthest(
    lastIndex(fields, 'cache-status', (value) => value.includes('Netlify Edge') || value.includes('Netlify Durable')),
    lastIndex(fields, 'x-nf-request-id'),
  );

/** The last member is the nearest cache's (RFC 9211 section 2): first the edge, then what it asked. */
function decodeAll(fields: FieldLines): readonly Decoded[] {
  const members = parseCacheStatus(valuesOf(fields, 'cache-status')).members.filter(isNetlify).toReversed();
  if (members.length === 0) {
    if (lastIndex(fields, 'x-nf-request-id') === undefined) return [];
    return [
      {
        cacheStatus: {},
        by: 'X-NF-Request-ID',
        notSeparable: 'Without Cache-Status nothing tells what Netlify’s stores had.',
      },
    ];
  }
  return members.map((member) => ({
    ...said(member),
    by: 'Cache-Status',
    ...lineOf(fields, member),
    ...sentAge(fields),
  }));
}

/** It writes each member into a line of its own, or all into one. */
function lineOf(fields: FieldLines, { cache = EDGE }: CacheStatus): { line?: number } {
  const line = lastIndex(fields, 'cache-status', (value) => value.includes(cache));
  return line === undefined ? {} : { line };
}

/** It says hit and fwd=stale at once of a stale copy that it refreshes behind the answer. */
function said(member: CacheStatus): Omit<Decoded, 'by'> {
  const { fwd, fwdStatus: _none, ...rest } = member;
  if (member.hit === true) {
    const stale = fwd === 'stale' || (member.ttl !== undefined && member.ttl < 0);
    return { cacheStatus: rest, ...((stale || member.ttl !== undefined) && { stale }) };
  }
  if (fwd === undefined)
    return { cacheStatus: member, notSeparable: 'A member without hit or fwd tells only that it was there.' };
  return { cacheStatus: member, ...(fwd === 'stale' && member.fwdStatus === 304 && { revalidated: true }) };
}

const speak = (event: Spoken): FieldLine[] => [
  ['Cache-Status', serializeCacheStatus({ ...event.cacheStatus, cache: EDGE })],
];

export const netlify: Dialect = {
  id: 'netlify',
  title: 'Netlify',
  reference: 'https://docs.netlify.com/platform/caching/',
  reads: ['cache-status', 'x-nf-request-id', 'age'],
  signature,
  decode: (fields) => decodeAll(fields)[0],
  decodeAll,
  speak,
  behaviour: {
    ...rfcBehaviour,
    targetedFields: ['netlify-cdn-cache-control', 'cdn-cache-control'],
    // what belongs to a deploy it keeps until the next, whatever it tells browsers
    rewritesCacheControl: true,
    heuristicShare: 0,
    storesPost: false,
  },
  grounds: {
    usual: 'assumed',
    by: 'https://docs.netlify.com/platform/caching/',
    except: {
      documented: [
        'targetedFields',
        'rewritesCacheControl',
        'heuristicShare',
        'grace',
        'obeysStaleWhileRevalidate',
        'storesPost',
      ],
    },
  },
};
