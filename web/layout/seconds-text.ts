// How are seconds since an event written, with no more digits than were measured?
import type { Interval } from '../../shared/model/interval.ts';
import { duration } from './clock-text.ts';

/** Digits after the point that an interval of this width still supports, 0 to 3. */
const digitsOf = (width: number): number =>
  width <= 0 ? 3 : Math.min(3, Math.max(0, Math.ceil(-Math.log10(width) - 1e-9)));

/** `0.212 s`, `12.3 s`, `4 min 12 s`; as many digits as a width of `width` seconds supports. */
export function secondsText(seconds: number, width = 0.1): string {
  if (Math.abs(seconds) >= 100) return duration(seconds);
  const text = seconds.toFixed(Math.abs(seconds) >= 10 ? Math.min(1, digitsOf(width)) : digitsOf(width));
  return `${text} s`;
}

/** An inferred number of seconds: one number where both ends read alike, else both: `between 0.2 s and 1.4 s`. */
export function betweenText({ earliest, latest }: Interval): string {
  const width = latest - earliest;
  const middle = secondsText((earliest + latest) / 2, width);
  // two ends that differ by a hundredth of the whole are one number to a reader
  if (width <= 0.005 || width < latest * 0.02) return middle;
  const digits = Math.min(width, Math.max(latest / 10, 0.001));
  const low = earliest <= 0 ? '0 s' : secondsText(earliest, digits);
  const high = secondsText(latest, digits);
  return low === high ? high : `between ${low} and ${high}`;
}

/** The same in little room: `0.2–1.4 s`. */
export function rangeText(i: Interval): string {
  const text = betweenText(i);
  const both = /^between (.*?)( s)? and (.*)$/.exec(text);
  if (both === null) return text;
  return i.latest < 100 ? `${both[1]}–${both[3]}` : `${both[1]}${both[2] ?? ''} – ${both[3]}`;
}
