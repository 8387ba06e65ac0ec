// Which directives does a Cache-Control field carry, as they were written? (RFC 9111 section 5.2)
import { combined, listMembers } from './fields.ts';
import type { FieldLines } from './fields.ts';
import { Remembered } from './remembered.ts';

export interface Directive {
  /** Lower case. */
  readonly name: string;
  /** The argument without its quotes; absent when there was no `=`. */
  readonly value?: string;
  /** What stood on the wire. */
  readonly raw: string;
  /** Not `token [ "=" ( token / quoted-string ) ]`: a restriction still counts, a number does not. */
  readonly malformed?: true;
}

/** In wire order, duplicates kept. */
export type CacheControl = readonly Directive[];

/** What overflow becomes (RFC 9111 section 1.2.2), in seconds. */
export const MAX_DELTA_SECONDS = 2 ** 31;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const QUOTED = /^"(?:[^"\\]|\\.)*"$/s;

/** The directives of the field's lines; nothing that can be sent makes it throw. */
export function parseCacheControl(lines: readonly string[]): CacheControl {
  return directivesIn(lines.length === 0 ? undefined : lines.join(', '));
}

/** The same of the field's combined value; none where it is absent. */
export function directivesIn(text: string | undefined): CacheControl {
  if (text === undefined) return NONE;
  return remembered.get(text) ?? remembered.keep(text, listMembers(text).map(parseDirective));
}

const NONE: CacheControl = [];

/** A site says the same few things of all its pages. */
const remembered = new Remembered<CacheControl>();

/** The directives of a message; empty when it has no such field. `field` may name a targeted one. */
export function cacheControlOf(fields: FieldLines, field = 'cache-control'): CacheControl {
  return directivesIn(combined(fields, field));
}

/** The first directive of this (lower-case) name: of duplicates the first counts (RFC 9111 section 4.2.1). */
export function directive(cc: CacheControl, name: string): Directive | undefined {
  for (const said of cc) if (said.name === name) return said;
  return undefined;
}

export function has(cc: CacheControl, name: string): boolean {
  return directive(cc, name) !== undefined;
}

/** The directive's argument in seconds; undefined when the directive is absent, `invalid` when it is no delta-seconds. */
export function seconds(cc: CacheControl, name: string): number | 'invalid' | undefined {
  const found = directive(cc, name);
  if (found === undefined) return undefined;
  if (found.malformed === true || found.value === undefined) return 'invalid';
  return deltaSeconds(found.value) ?? 'invalid';
}

/** Whole non-negative seconds, capped at 2^31; undefined for anything but digits (RFC 9111 section 1.2.2). */
export function deltaSeconds(text: string): number | undefined {
  return /^\d+$/.test(text) ? Math.min(Number(text), MAX_DELTA_SECONDS) : undefined;
}

/**
 * The lower-case field names that a qualified `private` or `no-cache` lists (RFC 9111 sections 5.2.2.4 and 5.2.2.7);
 * undefined when the directive is absent or covers the whole response.
 */
export function qualifiedBy(cc: CacheControl, name: 'private' | 'no-cache'): string[] | undefined {
  const found = cc.filter((d) => d.name === name);
  if (found.length === 0 || found.some((d) => d.malformed === true || d.value === undefined)) return undefined;
  const names = found.flatMap((d) => (d.value ?? '').split(',')).map((n) => n.trim().toLowerCase());
  return names.every((n) => TOKEN.test(n)) ? names : undefined;
}

function parseDirective(raw: string): Directive {
  const equals = raw.indexOf('=');
  const name = (equals === -1 ? raw : raw.slice(0, equals)).trimEnd();
  const lower = name.toLowerCase();
  if (equals === -1) return TOKEN.test(name) ? { name: lower, raw } : { name: lower, raw, malformed: true };
  const argument = raw.slice(equals + 1);
  const wellFormed = TOKEN.test(raw.slice(0, equals)) && (TOKEN.test(argument) || QUOTED.test(argument));
  return { name: lower, value: unquoted(argument), raw, ...(wellFormed ? {} : { malformed: true }) };
}

function unquoted(argument: string): string {
  return QUOTED.test(argument) ? argument.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : argument.trim();
}
