// Which stored responses may stand for this request? (RFC 9111 sections 2 and 4.1)
import { combined } from './fields.ts';
import type { FieldLine, FieldLines } from './fields.ts';

const ABSOLUTE = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^#]*)/i;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/**
 * The primary key of a target URI: scheme and host in lower case, path and query as they are, no fragment.
 * GET and HEAD share it. What is no absolute URI stands for itself.
 */
export function keyOf(url: string): string {
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
export function varyNames(responseFields: FieldLines): string[] {
  const names = (combined(responseFields, 'vary') ?? '').split(',').map((n) => n.trim().toLowerCase());
  if (names.includes('*')) return ['*'];
  return [...new Set(names.filter((n) => n !== ''))].sort();
}

/** One line for each nominated request field that was present, normalised: what must be kept beside a stored response. */
export function selectingFields(responseFields: FieldLines, requestFields: FieldLines): FieldLine[] {
  return varyNames(responseFields).flatMap((name) => {
    const value = normalised(requestFields, name);
    return value === undefined ? [] : [[name, value] as const];
  });
}

/** What a stored response must remember to be matched again. */
export interface Selectable {
  readonly fields: FieldLines;
  /** The request fields of the exchange that stored it; the selecting ones suffice. */
  readonly selecting: FieldLines;
}

/** Whether this request's nominated fields equal the stored request's; `Vary: *` never matches. */
export function matchesVary(stored: Selectable, requestFields: FieldLines): boolean {
  return varyNames(stored.fields).every(
    (name) => name !== '*' && normalised(stored.selecting, name) === normalised(requestFields, name),
  );
}

/** Lines combined, white space around commas and at the ends removed: changes that section 4.1 allows for every field. */
function normalised(fields: FieldLines, name: string): string | undefined {
  return combined(fields, name)
    ?.trim()
    .replaceAll(/[ \t]*,[ \t]*/g, ',');
}
