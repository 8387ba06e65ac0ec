// How are instants and durations written, so that they stay in place while they count?
import type { Instant, Interval } from '../../shared/model/interval.ts';

const two = (n: number): string => String(n).padStart(2, '0');

/** Minutes that local time is ahead of UTC at `at`. */
const localOffset = (at: Instant): number => -new Date(at * 1000).getTimezoneOffset();

/** `14:32:10.2`, local time unless `offset` (minutes ahead of UTC) says otherwise; `digits` after the second, 0 to 3. */
export function clockTime(at: Instant, digits = 0, offset: number = localOffset(at)): string {
  const scale = 10 ** digits;
  const ticks = Math.round(at * scale) + offset * 60 * scale;
  const seconds = Math.floor(ticks / scale);
  const fraction = digits === 0 ? '' : `.${String(ticks - seconds * scale).padStart(digits, '0')}`;
  const day = ((seconds % 86_400) + 86_400) % 86_400;
  return `${two(Math.floor(day / 3600))}:${two(Math.floor(day / 60) % 60)}:${two(day % 60)}${fraction}`;
}

/** A length of time in at most two units: `0.4 s`, `12 s`, `4 min 12 s`, `1 h 05 min`, `3 d 4 h`. Never negative. */
export function duration(seconds: number): string {
  const s = Math.max(0, seconds);
  if (s < 9.95) return `${s.toFixed(1)} s`;
  const whole = Math.round(s);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(s / 3600);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How well something is known: `3 ms`, `0.25 s`, `12 s`. */
export function resolution(seconds: number): string {
  const s = Math.abs(seconds);
  if (s < 0.0995) return `${Math.max(1, Math.round(s * 1000))} ms`;
  return s < 9.95 ? `${s.toFixed(2)} s` : duration(s);
}

/** Digits after the second that an interval of this width still supports. */
export const digitsFor = (width: number): number => (width >= 1 ? 0 : width >= 0.05 ? 1 : width >= 0.005 ? 2 : 3);

/** An inferred instant for a person: `14:22:10.204, known to 8 ms`, or both ends where a second or more lies between. */
export function known(i: Interval, offset?: number): string {
  const width = i.latest - i.earliest;
  const digits = digitsFor(width);
  if (width >= 1) return `between ${clockTime(i.earliest, digits, offset)} and ${clockTime(i.latest, digits, offset)}`;
  return `${clockTime((i.earliest + i.latest) / 2, digits, offset)}, known to ${resolution(width)}`;
}
