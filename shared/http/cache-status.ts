// What did each cache on the way say it did? (RFC 9211)
import { Token, parseList, serializeList } from 'structured-headers';
import type { Parameters } from 'structured-headers';
import { dividedAt, listMembers } from './fields.ts';

const FWD = ['bypass', 'method', 'uri-miss', 'vary-miss', 'miss', 'request', 'stale', 'partial'] as const;

export type Fwd = (typeof FWD)[number];

/** One member of Cache-Status; absent parameters stay absent. `hit` and `fwd` exclude each other. */
export interface CacheStatus {
  /** The name the cache gave itself. */
  readonly cache?: string;
  readonly hit?: boolean;
  readonly fwd?: Fwd;
  readonly fwdStatus?: number;
  /** Seconds of freshness left as this cache computes it; negative when stale. */
  readonly ttl?: number;
  readonly stored?: boolean;
  readonly collapsed?: boolean;
  readonly key?: string;
  readonly detail?: string;
}

export interface ParsedCacheStatus {
  /** First is nearest the origin, last nearest the user. */
  readonly members: CacheStatus[];
  /** What had to be overlooked, one sentence each; empty for a valid field. */
  readonly problems: string[];
}

interface Named {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, unknown>;
}

/** Reads the field's lines: as structured field values where they are valid, else as many producers mean them. */
export function parseCacheStatus(lines: readonly string[]): ParsedCacheStatus {
  const value = lines.join(', ');
  if (value.trim() === '') return { members: [], problems: [] };
  const problems: string[] = [];
  const named = strictly(value) ?? leniently(value, problems);
  return { members: named.map((member) => statusOf(member, problems)), problems };
}

/** Field text of one member; its name and `key` are strings, `detail` a token where it can be one. */
export function serializeCacheStatus(status: CacheStatus): string {
  const parameters: Parameters = new Map();
  const put = (key: string, value: Token | string | number | boolean | undefined): void => {
    if (value !== undefined) parameters.set(key, value);
  };
  put('hit', status.hit);
  put('fwd', status.fwd === undefined ? undefined : new Token(status.fwd));
  put('fwd-status', status.fwdStatus);
  put('ttl', status.ttl === undefined ? undefined : Math.trunc(status.ttl));
  put('stored', status.stored);
  put('collapsed', status.collapsed);
  put('key', status.key === undefined ? undefined : printable(status.key));
  put('detail', status.detail === undefined ? undefined : tokenOrString(status.detail));
  return serializeList([[tokenOrString(status.cache ?? 'cache'), parameters]]);
}

/** Structured field strings hold printable ASCII only (RFC 9651 section 3.3.3). */
const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?');

const tokenOrString = (text: string): Token | string =>
  /^[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*$/.test(text) ? new Token(text) : printable(text);

function strictly(value: string): Named[] | undefined {
  try {
    return parseList(value).map(([item, parameters]) => {
      if (typeof item === 'string' || item instanceof Token) return { name: item.toString(), parameters };
      throw new TypeError('neither a string nor a token');
    });
  } catch {
    // the library's only way to say that a stranger's text is invalid
    return undefined;
  }
}

function leniently(value: string, problems: string[]): Named[] {
  problems.push('Cache-Status is not a valid structured field; it was read as its sender probably meant it.');
  const members: string[][] = [];
  for (const parts of listMembers(value).map((member) => dividedAt(';', member))) {
    const before = members.at(-1);
    // a comma in place of a semicolon: what follows has no name of its own
    if (before !== undefined && NAMELESS.test(parts[0] ?? '')) before.push(...parts);
    else members.push(parts);
  }
  return members.map(([name = '', ...rest]) => ({ name: bare(name), parameters: new Map(rest.map(lenientParameter)) }));
}

/** A parameter of section 2 where a name should be. */
const NAMELESS = /^(?:hit|stored|collapsed|(?:hit|fwd|fwd-status|ttl|stored|collapsed|key|detail)\s*=.*)$/is;

function lenientParameter(text: string): [string, unknown] {
  const equals = text.indexOf('=');
  if (equals === -1) return [text.toLowerCase(), true];
  const value = bare(text.slice(equals + 1));
  return [text.slice(0, equals).trim().toLowerCase(), /^-?\d{1,15}$/.test(value) ? Number(value) : booleanOr(value)];
}

function booleanOr(value: string): boolean | string {
  if (value === '?1' || value === 'true') return true;
  return value === '?0' || value === 'false' ? false : value;
}

function bare(text: string): string {
  const trimmed = text.trim();
  return /^".*"$/s.test(trimmed) ? trimmed.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : trimmed;
}

function statusOf({ name, parameters }: Named, problems: string[]): CacheStatus {
  const typed = <T>(key: string, read: Reading<T>): T | undefined => {
    const value = parameters.get(key);
    if (value === undefined) return undefined;
    const exact = read.exactly(value);
    if (exact === undefined) problems.push(`The parameter ${key} of ${name} has a wrong type or value.`);
    return exact ?? read.leniently?.(value);
  };
  const status: { -readonly [K in keyof CacheStatus]?: CacheStatus[K] | undefined } = {
    cache: name === '' ? undefined : name,
    hit: typed('hit', boolean),
    fwd: typed('fwd', fwd),
    fwdStatus: typed('fwd-status', integer),
    ttl: typed('ttl', integer),
    stored: typed('stored', boolean),
    collapsed: typed('collapsed', boolean),
    key: typed('key', quoted),
    detail: typed('detail', { exactly: textOf }),
  };
  if (status.hit === true && status.fwd !== undefined) {
    problems.push(`${name} says both hit and fwd, which exclude each other.`);
  }
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== undefined));
}

/** As the RFC types a parameter, and as it is meant where its sender got the type wrong. */
interface Reading<T> {
  exactly(value: unknown): T | undefined;
  leniently?(value: unknown): T | undefined;
}

const boolean: Reading<boolean> = {
  exactly: (value) => (typeof value === 'boolean' ? value : undefined),
  leniently: (value) => ({ true: true, false: false })[textOf(value) ?? ''],
};

const integer: Reading<number> = {
  exactly: (value) => (Number.isSafeInteger(value) ? Number(value) : undefined),
};

const fwd: Reading<Fwd> = { exactly: (value) => FWD.find((known) => known === textOf(value)) };

const quoted: Reading<string> = {
  exactly: (value) => (typeof value === 'string' ? value : undefined),
  leniently: textOf,
};

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' || value instanceof Token ? value.toString() : undefined;
}
