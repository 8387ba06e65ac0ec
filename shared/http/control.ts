// Which field decides about this response's caching, and what does it say? (RFC 9111 section 5.2; RFC 9213)
import { parseDictionary } from 'structured-headers';
import type { Behaviour } from '../dialects/dialect.ts';
import type { CacheControl, Directive } from './cache-control.ts';
import { directivesIn, seconds } from './cache-control.ts';
import type { FieldLines } from './fields.ts';
import { combined } from './fields.ts';

export interface Control {
  /** Lower-case name of the field that decides. */
  readonly by: string;
  readonly directives: CacheControl;
  /** Whether Expires gives a lifetime where no directive does: not where a targeted field decides. */
  readonly expiresCounts: boolean;
}

/** What a product makes of directives; a standard cache has only targeted fields. */
export type Hearing = Pick<
  Behaviour,
  | 'targetedFields'
  | 'cutsFractions'
  | 'lowerCaseOnly'
  | 'findsDigits'
  | 'ignoresQuotedSeconds'
  | 'qualified'
  | 'lastOfTwo'
  | 'ignoresUnreadable'
>;

/** Of the targeted fields the first with a valid value decides (RFC 9213 section 2.2). */
export function controlOf(fields: FieldLines, hearing: Hearing = {}): Control {
  for (const by of hearing.targetedFields ?? NONE) {
    const directives = targetedDirectives(combined(fields, by));
    if (directives.length > 0) return { by, directives, expiresCounts: false };
  }
  const directives = heard(directivesIn(combined(fields, 'cache-control')), hearing);
  return { by: 'cache-control', directives, expiresCounts: true };
}

const NONE: readonly string[] = [];

function heard(
  said: CacheControl,
  { cutsFractions, lowerCaseOnly, findsDigits, ignoresQuotedSeconds, qualified, lastOfTwo, ignoresUnreadable }: Hearing,
): CacheControl {
  let directives = lowerCaseOnly === true ? said.filter(({ name, raw }) => raw.startsWith(name)) : said;
  if (cutsFractions === true) directives = directives.filter((d) => !isLifetime(d) || d.value !== undefined).map(cut);
  if (ignoresQuotedSeconds === true) directives = directives.map((d) => (isQuotedLifetime(d) ? unread(d) : d));
  if (findsDigits === true) directives = directives.map((d) => (isLifetime(d) ? withFirstDigits(d) : d));
  if (ignoresUnreadable === true) directives = directives.filter((d) => !isLifetime(d) || isSeconds(d));
  if (lastOfTwo === true) directives = directives.toReversed();
  if (qualified === 'as-absent') return directives.filter((d) => !WITH_NAMES.has(d.name) || d.value === undefined);
  if (qualified === undefined) return directives;
  return directives.map((d) => (WITH_NAMES.has(d.name) ? { name: d.name, raw: d.raw } : d));
}

const isLifetime = ({ name }: Directive): boolean => name === 'max-age' || name === 's-maxage';
const cut = (d: Directive): Directive =>
  isLifetime(d) && /^\d+\./.test(d.value ?? '') ? { ...d, value: d.value!.split('.')[0]! } : d;
const isQuotedLifetime = (d: Directive): boolean => isLifetime(d) && d.raw.includes('"');
const isSeconds = (d: Directive): boolean => typeof seconds([d], d.name) === 'number';
const withFirstDigits = (d: Directive): Directive => {
  const [value] = /(?<![-\d])\d+/.exec(d.raw.slice(d.raw.indexOf('=') + 1)) ?? [];
  return d.raw.includes('=') && value !== undefined ? { name: d.name, value, raw: d.raw } : d;
};
const unread = ({ name, raw }: Directive): Directive => ({ name, raw, malformed: true });

/** Empty when there is no such field, or when it is to be ignored because it is empty or no structured field. */
function targetedDirectives(value: string | undefined): CacheControl {
  if (value === undefined) return [];
  try {
    const members = [...parseDictionary(value)];
    return members.flatMap(([name, [value]]) => (value === false ? [] : [directiveOf(name, value)]));
  } catch {
    return [];
  }
}

/** Directives whose argument lists field names. */
const WITH_NAMES = new Set(['no-cache', 'private']);

/** A value of another type than its directive has is not accepted, as what stands there was not said (section 2.1). */
function directiveOf(name: string, value: unknown): Directive {
  if (value === true) return { name, raw: name };
  if (Number.isInteger(value)) return { name, value: String(value), raw: `${name}=${String(value)}` };
  if (typeof value === 'string' && WITH_NAMES.has(name)) return { name, value, raw: `${name}="${value}"` };
  if (Array.isArray(value)) return listed(name, value as readonly unknown[]);
  return { name, raw: name, malformed: true };
}

function listed(name: string, members: readonly unknown[]): Directive {
  const names = members.map((member) => String(Array.isArray(member) ? member[0] : member));
  return { name, value: names.join(','), raw: `${name}=(${names.join(' ')})` };
}
