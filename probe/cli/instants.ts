// How is an instant said to a person who reads a terminal?
import { spokenDuration } from '../../shared/duration.ts';
import type { IsoInterval } from '../../shared/documents.ts';
import type { Instant } from '../../shared/model/interval.ts';

/** Seconds since the epoch of an ISO 8601 instant. */
export const epoch = (iso: string): Instant => Date.parse(iso) / 1000;

/** `23:11:02.140` in UTC, with the day before it where that is another than today. */
export function clock(at: Instant, now: Instant): string {
  const text = new Date(at * 1000).toISOString();
  const today = new Date(now * 1000).toISOString().slice(0, 10);
  return text.slice(0, 10) === today ? text.slice(11, 23) : `${text.slice(0, 10)} ${text.slice(11, 23)}`;
}

/** `23:11:02.140 ± 20 ms`, or `after …`, `before …` where one end is open. */
export function clockInterval(i: IsoInterval | undefined, now: Instant): string {
  if (i?.earliest === undefined) return i?.latest === undefined ? '' : `before ${clock(epoch(i.latest), now)}`;
  if (i.latest === undefined) return `after ${clock(epoch(i.earliest), now)}`;
  const [from, to] = [epoch(i.earliest), epoch(i.latest)];
  return `${clock((from + to) / 2, now)} ± ${spokenDuration((to - from) / 2)}`;
}

/** `in 4 min 12 s`, `12 s ago`, `now`. */
export function fromNow(at: Instant, now: Instant): string {
  const seconds = at - now;
  if (Math.abs(seconds) < 0.05) return 'now';
  return seconds > 0 ? `in ${spokenDuration(seconds)}` : `${spokenDuration(-seconds)} ago`;
}
