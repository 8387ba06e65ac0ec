// What do the fields of Traffic Server say? The codes in Via first, then the word of its xdebug plugin, then what is left.
// Source: docs.trafficserver.apache.org (Via decoder, xdebug plugin), src/traffic_via; measured on 9.2.
import { cacheControlOf, has } from '../http/cache-control.ts';
import type { FieldLines } from '../http/fields.ts';
import { parseDate } from '../http/date.ts';
import type { Decoded } from './dialect.ts';
import { ageOf, furthest, lastIndex, lastOf } from './read.ts';
import { saidLifetime } from './said-lifetime.ts';
import { viaCodes } from './trafficserver-via.ts';
import type { ViaCodes } from './trafficserver-via.ts';
import { viaOf } from './via.ts';
import type { ViaMember } from './via.ts';

const namesIt = ({ comment }: ViaMember): boolean => comment.startsWith('ApacheTrafficServer');

/** proxy.config.http.insert_response_via_str 2 or more. */
const codesOf = ({ comment }: ViaMember): ViaCodes | undefined => {
  const open = comment.indexOf('[');
  return open === -1 ? undefined : viaCodes(comment.slice(open + 1, comment.lastIndexOf(']')));
};

/** Index of the last line that only Traffic Server writes: it joins its member to a parent's Via, and writes its Server below. */
export function signature(fields: FieldLines): number | undefined {
  const server = lastIndex(fields, 'server', (value) => value.startsWith('ATS/'));
  const member = viaOf(fields).findLast(namesIt);
  return furthest(member?.line, server);
}

/** What the nearest Traffic Server says. Age is its own on every answer, 0 on a miss; without codes little else is said. */
export function decode(fields: FieldLines, status: number): Decoded | undefined {
  const nearest = viaOf(fields).at(-1);
  const codes = nearest !== undefined && namesIt(nearest) ? codesOf(nearest) : undefined;
  const age = ageOf(fields);
  if (codes !== undefined) return { ...verdict(codes, status, fields), by: 'Via', ...(age !== undefined && { age }) };
  return wordless(fields, status, age);
}

/** Each Traffic Server on the way has a member in Via of its own. */
export function decodeAll(fields: FieldLines, status: number): readonly Decoded[] {
  const members = viaOf(fields).filter(namesIt).toReversed();
  const below = signature(fields);
  const coded = members.flatMap((member, i) => {
    const codes = codesOf(member);
    if (codes === undefined) return [];
    const said = verdict(codes, status, fields);
    const age = i === 0 ? ageOf(fields) : undefined;
    const cacheStatus = { cache: member.node, ...said.cacheStatus };
    const line = i === 0 ? below : member.line;
    return [
      { ...said, cacheStatus, by: 'Via', ...(line !== undefined && { line }), ...(age !== undefined && { age }) },
    ];
  });
  if (coded.length > 0) return coded;
  const said = wordless(fields, status, ageOf(fields));
  if (said === undefined) return [];
  const node = members[0]?.node;
  return [{ ...said, cacheStatus: { ...(node !== undefined && { cache: node }), ...said.cacheStatus } }];
}

type Verdict = Omit<Decoded, 'by' | 'age'>;

function verdict({ result, detail }: ViaCodes, status: number, fields: FieldLines): Verdict {
  // answered by itself, forwarding forbidden: a purge
  if (detail.get('t')?.startsWith('N') === true) return { cacheStatus: {}, made: 'answer' };
  const failed = status >= 500 && !/^(?:N| |)$/.test(result.get('e') ?? '');
  const said = lookedUp({ result, detail }, status, fields);
  if (!failed || said.cacheStatus.hit === true) return said;
  const { fwd } = said.cacheStatus;
  const wasAsked = /[A-Z]/.test(result.get('s') ?? '');
  return { cacheStatus: wasAsked && fwd !== undefined ? { fwd } : {}, made: 'error' };
}

function lookedUp({ result, detail }: ViaCodes, status: number, fields: FieldLines): Verdict {
  switch (result.get('c')?.trim()) {
    case 'H':
    case 'R':
    case 'W':
      return { cacheStatus: { hit: true } };
    case 'M':
      return { cacheStatus: { fwd: 'uri-miss', ...stored(result) } };
    case 'A':
      return { cacheStatus: { fwd: 'vary-miss', ...stored(result) } };
    case 'S':
      return wasStale({ result, detail }, status, fields);
    case '':
      return { cacheStatus: { fwd: detail.get('t')?.startsWith('M') === true ? 'method' : 'bypass' } };
    default:
      return { cacheStatus: {} };
  }
}

/** Found stale. The parent's 5xx, answered with the old copy, is written exactly like a success. */
function wasStale({ result, detail }: ViaCodes, status: number, fields: FieldLines): Verdict {
  const lookup = detail.get('c')?.trim() ?? '';
  const fwd = lookup.endsWith('D') ? ('method' as const) : ('stale' as const);
  switch (result.get('s')?.trim()) {
    case 'N':
      return { cacheStatus: { fwd, fwdStatus: 304, ...stored(result) }, revalidated: true };
    case 'S':
      if (wasKept(fields)) return { cacheStatus: { hit: true }, stale: true };
      return { cacheStatus: { fwd, fwdStatus: status, ...stored(result) } };
    default:
      if (lookup.endsWith('H')) return { cacheStatus: { hit: true }, stale: true };
      return { cacheStatus: { fwd } };
  }
}

/** Six letters (level 2) leave a written copy and none apart too. */
function stored(result: ReadonlyMap<string, string>): { stored?: boolean } {
  const code = result.get('f')?.trim();
  return code === undefined ? {} : { stored: code === 'W' || code === 'U' };
}

/** proxy.config.http.negative_revalidating_lifetime */
export const KEPT_ON_ERROR = 1800;

/**
 * Whether an old copy was kept because the parent failed: it is older than its own lifetime, and Expires has been put
 * half an hour from now, which is Date plus Age. Each is cut to a second.
 */
function wasKept(fields: FieldLines): boolean {
  const age = ageOf(fields) ?? 0;
  const granted = saidLifetime(fields);
  const date = parseDate(lastOf(fields, 'date') ?? '', 0);
  const expires = parseDate(lastOf(fields, 'expires') ?? '', 0);
  if (granted === undefined || age <= granted || date === undefined || expires === undefined) return false;
  return Math.abs(expires - date - age - KEPT_ON_ERROR) <= 2;
}

const BY_AGE_ALONE =
  'Without codes in Via Traffic Server tells no more than Age, which it writes on misses too, where it counts how long its parent took.';

/** The word of the xdebug plugin is what the look into the store found, not what came of it. */
function wordless(fields: FieldLines, status: number, age: number | undefined): Decoded | undefined {
  const common = { ...(age !== undefined && { age }) };
  if (warnsOfStale(fields)) return { ...common, cacheStatus: { hit: true }, stale: true, by: 'Warning' };
  if (wasKept(fields)) return { ...common, cacheStatus: { hit: true }, stale: true, by: 'Expires' };
  const made = madeHere(fields, status, age);
  if (made !== undefined) return { cacheStatus: {}, by: 'Server', made };
  const word = debugWord(fields);
  if (word !== undefined) return { ...common, ...word, by: 'X-Cache' };
  if (age === undefined) return undefined;
  if (isNeverReused(fields)) return { ...common, cacheStatus: { fwd: 'miss' }, by: 'Cache-Control' };
  return { ...common, cacheStatus: {}, by: 'Age', notSeparable: BY_AGE_ALONE };
}

/** What it may not store, and what it sends on only as it comes: from its store it sends no Set-Cookie. */
function isNeverReused(fields: FieldLines): boolean {
  const said = cacheControlOf(fields);
  if (has(said, 'no-store') || has(said, 'private') || lastOf(fields, 'vary')?.trim() === '*') return true;
  const isChecked = lastOf(fields, 'etag') !== undefined || lastOf(fields, 'last-modified') !== undefined;
  return !isChecked && lastOf(fields, 'set-cookie') !== undefined;
}

/** On what it sends because its parent could not be reached. */
const warnsOfStale = (fields: FieldLines): boolean =>
  lastIndex(fields, 'warning', (value) => value.trim().startsWith('111 ApacheTrafficServer')) !== undefined &&
  viaOf(fields).filter(namesIt).length <= 1;

/** All that it passes on has an Age, except what has no body. Its own pages have none, nor a lifetime. */
function madeHere(fields: FieldLines, status: number, age: number | undefined): Decoded['made'] {
  const isIts = lastIndex(fields, 'server', (value) => value.startsWith('ATS/')) !== undefined;
  if (!isIts || age !== undefined || status === 304 || status === 204) return undefined;
  const control = lastOf(fields, 'cache-control');
  if (status >= 500 && control === 'no-store') return 'error';
  return control === undefined && lastOf(fields, 'content-length') === '0' ? 'answer' : undefined;
}

const FOUND_FRESH = 'hit-fresh says that a fresh copy was found, which a request with another method does not use.';
const FOUND_STALE =
  'hit-stale says that an old copy was found; not whether a 304 confirmed it, another page took its place, or it was sent as it was.';

/** Each proxy adds its word to one list; the last is the nearest's, when it is one of the plugin's own. */
function debugWord(fields: FieldLines): Pick<Decoded, 'cacheStatus' | 'notSeparable'> | undefined {
  const list = lastOf(fields, 'x-cache');
  switch (list?.slice(list.lastIndexOf(',') + 1).trim()) {
    case 'hit-fresh':
      return (ageOf(fields) ?? 1) > 0 ? { cacheStatus: { hit: true } } : { cacheStatus: {}, notSeparable: FOUND_FRESH };
    case 'hit-stale':
      return { cacheStatus: {}, notSeparable: FOUND_STALE };
    case 'miss':
      return { cacheStatus: { fwd: 'uri-miss' } };
    case 'none':
    case 'skipped':
      return { cacheStatus: { fwd: 'bypass' } };
    default:
      return undefined;
  }
}
