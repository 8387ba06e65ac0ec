// Which instant does an HTTP-date name? (RFC 9110 section 5.6.7; case-insensitive as RFC 9111 section 4.2 asks of caches)
import type { Instant } from '../model/interval.ts';
import { Remembered } from './remembered.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
const MONTH = `(?<month>${MONTHS.join('|')})`;
const DAY = '(?:mon|tue|wed|thu|fri|sat|sun)';
const LONG_DAY = '(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)';

const IMF_FIXDATE = new RegExp(String.raw`^${DAY}, (?<day>\d\d) ${MONTH} (?<year>\d{4}) ${TIME} gmt$`, 'i');
const RFC_850 = new RegExp(String.raw`^${LONG_DAY}, (?<day>\d\d)-${MONTH}-(?<shortYear>\d\d) ${TIME} gmt$`, 'i');
const ASCTIME = new RegExp(String.raw`^${DAY} ${MONTH} (?<day>\d\d| \d) ${TIME} (?<year>\d{4})$`, 'i');

/** Seconds since the epoch; undefined when `text` is none of the three forms. `now` settles the century of a two-digit year. */
export function parseDate(text: string, now: Instant): Instant | undefined {
  if (text === '') return undefined;
  // one exchange asks for the same date several times
  if (text === lastText) return lastAt;
  // clocks say the same many times
  const known = remembered.get(text);
  const at = known ?? parsed(text, now);
  if (at === undefined || text.length !== IMF_LENGTH) return at;
  if (known === undefined) remembered.keep(text, at);
  lastText = text;
  lastAt = at;
  return at;
}

let lastText = '';
let lastAt: Instant = 0;

const IMF_LENGTH = 'Sun, 06 Nov 1994 08:49:37 GMT'.length;

const remembered = new Remembered<Instant>(4096);

function parsed(text: string, now: Instant): Instant | undefined {
  const parts = (IMF_FIXDATE.exec(text) ?? RFC_850.exec(text) ?? ASCTIME.exec(text))?.groups;
  if (parts === undefined) return undefined;
  const at = (year: number): Instant | undefined => instantOf(year, parts);
  return parts['shortYear'] === undefined
    ? at(Number(parts['year']))
    : inTheRightCentury(Number(parts['shortYear']), at, now);
}

/** IMF-fixdate; fractions of a second are cut off. */
export function formatDate(at: Instant): string {
  const date = new Date(Math.floor(at) * 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const month = MONTHS[date.getUTCMonth()] ?? '';
  const day = `${DAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${month.charAt(0).toUpperCase()}${month.slice(1)}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day} ${String(date.getUTCFullYear()).padStart(4, '0')} ${time} GMT`;
}

/** A date that seems more than 50 years ahead is the latest past year with the same two digits. */
function inTheRightCentury(
  shortYear: number,
  at: (year: number) => Instant | undefined,
  now: Instant,
): Instant | undefined {
  const today = new Date(now * 1000);
  const century = today.getUTCFullYear() - (today.getUTCFullYear() % 100);
  const fiftyYearsOn = today.setUTCFullYear(today.getUTCFullYear() + 50) / 1000;
  const candidates = [100, 0, -100].map((shift) => at(century + shift + shortYear));
  return candidates.find((instant) => instant !== undefined && instant <= fiftyYearsOn);
}

function instantOf(year: number, parts: Record<string, string>): Instant | undefined {
  const month = MONTHS.indexOf((parts['month'] ?? '').toLowerCase());
  const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map((name) => Number(parts[name]));
  if (day === undefined || hour === undefined || minute === undefined || second === undefined) return undefined;
  // 60 is a leap second
  if (hour > 23 || minute > 59 || second > 60 || day < 1) return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month, day);
  if (midnight.getUTCDate() !== day) return undefined;
  return midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second;
}
