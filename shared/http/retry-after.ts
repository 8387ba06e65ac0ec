// For how long does an answer ask to be left alone? (RFC 9110 section 10.2.3)
import { parseDate } from './date.ts';
import { last, type FieldLines } from './fields.ts';

/** Seconds; a date counts from the answer's own Date. Undefined where it does not say, or nothing that can be read. */
export function retryAfterIn(fields: FieldLines): number | undefined {
  const written = last(fields, 'retry-after')?.trim();
  if (written === undefined) return undefined;
  if (/^\d{1,9}$/.test(written)) return Number(written);
  const [until, from] = [parseDate(written, 0), parseDate(last(fields, 'date') ?? '', 0)];
  return until === undefined || from === undefined ? undefined : Math.max(0, until - from);
}

/** Whoever answered turned the request away: this says nothing of what it holds (RFC 6585 section 4, RFC 9110 section 15.6.4). */
export const turnsAway = (status: number, fields: FieldLines): boolean =>
  status === 429 || (status === 503 && last(fields, 'retry-after') !== undefined);
