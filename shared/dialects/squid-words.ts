// What do the words of Squid say? X-Cache is the outcome, X-Cache-Lookup what the first look into the store found (up to 5); Cache-Status (from 6).
// Source: wiki.squid-cache.org SquidFaq/SquidLogs, src/client_side_reply.cc, src/LogTags.cc.
import { parseCacheStatus } from '../http/cache-status.ts';
import type { CacheStatus } from '../http/cache-status.ts';
import type { FieldLines } from '../http/fields.ts';
import type { Decoded } from './dialect.ts';
import { ageOf, furthest, indicesOf, lastIndex, lastOf, withoutParentsAge } from './read.ts';
import { asksEachTime, hasOutlived } from './said-lifetime.ts';
import { viaOf } from './via.ts';

const outcome = /^(HIT|MISS) from (\S+)$/;
const lookup = /^(HIT|MISS|NONE) from (\S+):\d+$/;

const namesSquid = (comment: string): boolean => comment.startsWith('squid');

/** Index of the last line that only a Squid writes. */
export function signature(fields: FieldLines): number | undefined {
  const nearest = viaOf(fields).at(-1);
  return furthest(
    lastIndex(fields, 'x-cache-lookup', (value) => lookup.test(value.trim())),
    nearest !== undefined && namesSquid(nearest.comment) ? nearest.line : undefined,
    // it joins its member to a Via that it received, and then another has joined behind it
    lastIndex(fields, 'cache-status') === undefined ? undefined : ownStatusLine(fields),
  );
}

function ownStatusLine(fields: FieldLines): number | undefined {
  return nodesIn(fields).length > 0 && statusesIn(fields).length > 0 ? lastIndex(fields, 'cache-status') : undefined;
}

/** What the nearest Squid says; undefined where it says nothing of its store. */
export const decode = (fields: FieldLines, status: number): Decoded | undefined => told(fields, status)[0];

/** Every Squid that speaks, the nearest to the client first. */
export const decodeAll = (fields: FieldLines, status: number): readonly Decoded[] =>
  told(fields, status).map((said) => withoutParentsAge(doubted(fields, status, said)));

function told(fields: FieldLines, status: number): readonly Decoded[] {
  const lookups = indicesOf(fields, 'x-cache-lookup').flatMap((line) => {
    const [, found, node] = lookup.exec(fields[line]![1].trim()) ?? [];
    return found === undefined || node === undefined ? [] : [{ line, found, node }];
  });
  const nodes = nodesIn(fields);
  const isAlone = Math.max(lookups.length, nodes.length) <= 1;
  const spoken = lookups.map((at, i): Decoded => {
    const said = fromWords(fields, status, at, isAlone, i === 0);
    return { ...said, cacheStatus: { cache: at.node, ...said.cacheStatus }, line: at.line };
  });
  if (spoken.length > 0) return spoken;
  return statusesIn(fields).map((member, i) => fromMember(fields, member, isAlone, i === 0));
}

const nodesIn = (fields: FieldLines): string[] =>
  viaOf(fields).flatMap(({ node, comment }) => (namesSquid(comment) ? [node] : []));

interface Lookup {
  readonly line: number;
  readonly found: string;
  readonly node: string;
}

/** Of one Squid up to version 5, from its two fields; of the first alone where another cache took X-Cache away. */
function fromWords(fields: FieldLines, status: number, at: Lookup, isAlone: boolean, isNearest: boolean): Decoded {
  const said = outcomeOf(fields, at.node);
  const by = said === undefined ? 'X-Cache-Lookup' : 'X-Cache';
  const age = isNearest ? ageOf(fields) : undefined;
  const common = { by, ...(age !== undefined && said !== undefined && { age }) };
  const made = isAlone ? madeHere(fields) : undefined;
  if (made !== undefined) return { ...common, made, cacheStatus: asked(fields, at.found, made) };
  if (said === 'HIT') return { ...common, ...reused(fields, age, isAlone) };
  if (at.found === 'NONE') return { ...common, cacheStatus: { fwd: 'bypass' } };
  if (at.found === 'MISS') return { ...common, cacheStatus: { fwd: 'miss' } };
  if (said === undefined) return { ...common, cacheStatus: {}, notSeparable: LOOKUP_ALONE };
  return { ...common, cacheStatus: { fwd: 'stale', fwdStatus: status } };
}

const LOOKUP_ALONE =
  'X-Cache-Lookup tells that Squid had a copy, and X-Cache, which tells whether it was used as it was, confirmed or replaced, did not come through.';

function outcomeOf(fields: FieldLines, node: string): string | undefined {
  const line = lastIndex(fields, 'x-cache', (value) => outcome.exec(value.trim())?.[2] === node);
  return line === undefined ? undefined : outcome.exec(fields[line]![1].trim())?.[1];
}

/** On its own pages it names itself as the Server; X-Squid-Error says which page. */
function madeHere(fields: FieldLines): Decoded['made'] {
  const error = lastOf(fields, 'x-squid-error');
  if (error === undefined) return lastOf(fields, 'server')?.startsWith('squid') === true ? 'answer' : undefined;
  return /^ERR_(?:ACCESS|CACHE_ACCESS|CACHE_MGR)_/.test(error) ? 'answer' : 'error';
}

/** Whether a parent was asked before it wrote its own page. */
function asked(fields: FieldLines, found: string, made: Decoded['made']): CacheStatus {
  if (made === 'answer' || lastOf(fields, 'x-squid-error')?.startsWith('ERR_ONLY_IF_CACHED') === true) return {};
  return { fwd: found === 'HIT' ? 'stale' : found === 'NONE' ? 'bypass' : 'miss' };
}

const RENEWED_OR_NOT =
  'Squid says HIT of a fresh copy and of one that a 304 has confirmed just now; with Age 0 the two look the same.';

const OUTLIVED =
  'Squid says HIT, its Age is past the lifetime in the response, and no Warning tells of a stale copy: a 304 that was itself old has confirmed it, or its operator has set another lifetime.';

/**
 * It calls a hit also what a 304 has just renewed, which is certain where no-cache forbids to use it unasked (since 3.2 no
 * operator can have that ignored); with Age 0 otherwise nothing is claimed.
 */
function reused(fields: FieldLines, age: number | undefined, isAlone: boolean): Omit<Decoded, 'by'> {
  const warned = warnsOfStale(fields);
  if (warned && isAlone) return { cacheStatus: { hit: true }, stale: true };
  if (age !== undefined && age > 0) return { cacheStatus: { hit: true } };
  if (!warned && asksEachTime(fields)) return { cacheStatus: { fwd: 'stale', fwdStatus: 304 }, revalidated: true };
  return age === undefined ? { cacheStatus: { hit: true } } : { cacheStatus: {}, notSeparable: RENEWED_OR_NOT };
}

/**
 * What the order of the lines adds, and what is doubtful of a hit whose topology is not known. The fields of a 304 are taken
 * out of the stored ones and put below them; a 304 carries no Content-Length, and most of the others (RFC 9110 section
 * 15.4.5). So where that stands below all of them, no 304 has confirmed this copy yet.
 */
function doubted(fields: FieldLines, status: number, said: Decoded): Decoded {
  if (said.notSeparable === RENEWED_OR_NOT && wasNeverConfirmed(fields, status)) {
    const { notSeparable: _, ...rest } = said;
    return { ...rest, cacheStatus: { ...said.cacheStatus, hit: true } };
  }
  if (said.by !== 'X-Cache' || said.cacheStatus.hit !== true || said.stale === true) return said;
  if (!hasOutlived(fields, said.age) && !(said.age !== undefined && asksEachTime(fields))) return said;
  const { hit: _, ...cacheStatus } = said.cacheStatus;
  return { ...said, cacheStatus, notSeparable: OUTLIVED };
}

const OF_304 = ['cache-control', 'etag', 'last-modified', 'expires', 'vary', 'content-location'];

function wasNeverConfirmed(fields: FieldLines, status: number): boolean {
  const nearest = viaOf(fields).at(-1);
  const length = lastIndex(fields, 'content-length');
  // another cache in front may have put the lines into an order of its own
  if (nearest === undefined || !namesSquid(nearest.comment) || length === undefined || status === 206) return false;
  if (lastIndex(fields, 'x-varnish') !== undefined || isNginx(lastOf(fields, 'server'))) return false;
  const above = furthest(...OF_304.map((name) => lastIndex(fields, name)));
  return above !== undefined && above < length;
}

const isNginx = (server: string | undefined): boolean => server !== undefined && /nginx|openresty/i.test(server);

/** With more than one Squid on the way a warning may be a parent's, stored with its answer. */
const warnsOfStale = (fields: FieldLines): boolean =>
  lastIndex(fields, 'warning', (value) => /^11[01] squid\//.test(value.trim())) !== undefined;

/** The members of Cache-Status that name a Squid of Via, the nearest first. */
function statusesIn(fields: FieldLines): CacheStatus[] {
  const lines = indicesOf(fields, 'cache-status');
  if (lines.length === 0) return [];
  const nodes = nodesIn(fields);
  if (nodes.length === 0) return [];
  const { members } = parseCacheStatus(lines.toReversed().map((line) => fields[line]![1]));
  return members.filter(({ cache }) => cache !== undefined && nodes.includes(cache)).toReversed();
}

const HIT_OF_6 =
  'From version 6 on Squid says hit also of a copy that a 304 has confirmed just now, and of an old one that it sends because its parent fails.';

/** From version 6 on; without the warning of older ones, so that what has outlived its lifetime may be renewed or old. */
function fromMember(fields: FieldLines, member: CacheStatus, isAlone: boolean, isNearest: boolean): Decoded {
  const age = isNearest ? ageOf(fields) : undefined;
  const line = lastIndex(fields, 'cache-status');
  const common = {
    by: 'Cache-Status',
    ...(age !== undefined && { age }),
    ...(line !== undefined && { line }),
  };
  const made = isAlone ? madeHere(fields) : undefined;
  if (made !== undefined) return { ...common, made, cacheStatus: member };
  if (member.hit !== true) return { ...common, cacheStatus: member };
  if (isNearest && (age === 0 || asksEachTime(fields) || hasOutlived(fields, age))) {
    const { hit: _, ...rest } = member;
    return { ...common, cacheStatus: rest, notSeparable: HIT_OF_6 };
  }
  return { ...common, cacheStatus: member };
}
