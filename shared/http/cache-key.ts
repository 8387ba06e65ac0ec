// Which stored responses may stand for this request? (RFC 9111 sections 2 and 4.1)
import type { Behaviour } from '../dialects/dialect.ts';
import { combined } from './fields.ts';
import type { FieldLine, FieldLines } from './fields.ts';
import { Remembered } from './remembered.ts';

const ABSOLUTE = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^#]*)/i;
/** Nothing to change: most URLs are so. */
const NORMAL = /^https?:\/\/[a-z0-9.-]+(?::(?!80\/|443\/)\d+)?\/[^#]*$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/**
 * The primary key of a target URI: scheme and host in lower case, path and query as they are, no fragment.
 * GET and HEAD share it. What is no absolute URI stands for itself.
 */
export function keyOf(url: string): string {
  if (url === lastUrl) return lastKey;
  lastKey = NORMAL.test(url) ? url : madeKey(url);
  lastUrl = url;
  return lastKey;
}

/** One exchange asks for the same key several times. */
let lastUrl = '';
let lastKey = '';

function madeKey(url: string): string {
  const parts = ABSOLUTE.exec(url);
  if (parts === null) return url.replace(/#.*$/s, '');
  const rest = parts[3] ?? '';
  return `${originOf(url)}${rest.startsWith('/') ? rest : `/${rest}`}`;
}

/** Scheme and authority, lower case, without the scheme's default port; undefined when `url` is no absolute URI. */
export function originOf(url: string): string | undefined {
  const parts = ABSOLUTE.exec(url);
  if (parts === null) return undefined;
  const scheme = (parts[1] ?? '').toLowerCase();
  const authority = (parts[2] ?? '').toLowerCase();
  const port = DEFAULT_PORTS[scheme];
  const shown = port !== undefined && authority.endsWith(port) ? authority.slice(0, -port.length) : authority;
  return `${scheme}://${shown}`;
}

/** The request field names that Vary nominates, lower case, sorted, each once; `*` alone when anything may decide. */
export function varyNames(responseFields: FieldLines): readonly string[] {
  const vary = combined(responseFields, 'vary');
  if (vary === undefined) return NONE;
  return varied.get(vary) ?? varied.keep(vary, namesIn(vary));
}

/** Clients are many, what they prefer is not; nor is what pages vary by. */
const varied = new Remembered<readonly string[]>();

function namesIn(vary: string): readonly string[] {
  const names = vary.split(',').map((n) => n.trim().toLowerCase());
  if (names.includes('*')) return ['*'];
  return [...new Set(names.filter((n) => n !== ''))].sort();
}

const NONE: readonly never[] = [];

/** One line for each nominated request field that was present, normalised: what must be kept beside a stored response. */
export function selectingFields(vary: readonly string[], requestFields: FieldLines, how: Comparing): FieldLines {
  if (vary.length === 0) return NONE;
  const selecting: FieldLine[] = [];
  for (const name of vary) {
    const value = normalised(requestFields, name, how);
    if (value !== undefined) selecting.push([name, value]);
  }
  return selecting;
}

/**
 * How request fields are compared: as they are, with white space around commas left out, or also by what they mean where
 * order and case mean nothing (section 4.1).
 */
export type VaryMatch = 'exact' | 'spaced' | 'meaning';

/** Whether this request's nominated fields equal the stored request's; `*` never matches. */
export function matchesVary(
  vary: readonly string[],
  selecting: FieldLines,
  requestFields: FieldLines,
  how: Comparing,
): boolean {
  for (const name of vary) {
    if (name === '*') return false;
    const value = normalised(requestFields, name, how);
    if (keptValue(selecting, name) === value) continue;
    if (value !== undefined || how.absentMatchesAny?.includes(name) !== true) return false;
  }
  return true;
}

function keptValue(selecting: FieldLines, name: string): string | undefined {
  for (const line of selecting) if (line[0] === name) return line[1];
  return undefined;
}

/** What a product makes of request fields before it compares them. */
export type Comparing = Pick<Behaviour, 'matchesVary' | 'wantsGzipOrNothing' | 'absentMatchesAny'>;

/** Lists of preferences: case-insensitive, and their order decides nothing (RFC 9110 section 12.5). */
const PREFERENCES = new Set(['accept', 'accept-charset', 'accept-encoding', 'accept-language']);

function normalised(
  fields: FieldLines,
  name: string,
  { matchesVary: how, wantsGzipOrNothing }: Comparing,
): string | undefined {
  const value = combined(fields, name);
  if (value === undefined) return undefined;
  if (wantsGzipOrNothing === true && name === 'accept-encoding') return /\bgzip\b/i.test(value) ? 'gzip' : undefined;
  if (how === 'exact') return value;
  const byMeaning = how === 'meaning' && PREFERENCES.has(name);
  const known = remembered[byMeaning ? 'meaning' : 'spaced'];
  return known.get(value) ?? known.keep(value, byMeaning ? meaningOf(value) : spaced(value, ','));
}

const remembered = { spaced: new Remembered<string>(), meaning: new Remembered<string>() };

/** White space around separators left out. */
const spaced = (value: string, separator: ',' | ';'): string =>
  value
    .split(separator)
    .map((part) => part.trim())
    .join(separator);

function meaningOf(value: string): string {
  const members = value.toLowerCase().split(',');
  return members
    .map((member) => spaced(member, ';'))
    .filter((member) => member !== '')
    .sort()
    .join(',');
}
