// What do products make of the directives in Cache-Control that RFC 9111 reads in one way only?
import type { Behaviour } from '../dialects/dialect.ts';
import { seconds } from './cache-control.ts';
import type { CacheControl, Directive } from './cache-control.ts';

/** What a product makes of directives; a standard cache has none of this. */
export type Hearing = Pick<
  Behaviour,
  | 'cutsFractions'
  | 'lowerCaseOnly'
  | 'findsDigits'
  | 'ignoresQuotedSeconds'
  | 'qualified'
  | 'lastOfTwo'
  | 'ignoresUnreadable'
>;

/** Directives whose argument lists field names. */
export const WITH_NAMES = new Set(['no-cache', 'private']);

/** The directives as this product hears them. */
export function heard(
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
