// What is known of a response that was recorded, here or elsewhere?
import type { Decoded } from './dialects/dialect.ts';
import type { FieldLine } from './http/fields.ts';
import type { Instant } from './model/interval.ts';

/** One response, in the order in which it came; a redirect chain is several. */
export interface RecordedResponse {
  /** Empty where the recording does not tell; without a scheme (`//host/path`) where it tells all but that. */
  readonly url: string;
  readonly status: number;
  readonly fields: readonly FieldLine[];
  /** Absent: not told, and most likely GET. */
  readonly method?: string;
  readonly requestFields?: readonly FieldLine[];
  /** When its head came. Absent: not told. */
  readonly receivedAt?: Instant;
  /** What the browser says of its own cache. */
  readonly browser?: Decoded;
  /** Text of the page that was recorded with it, where that tells of a cache; other text may stand around it. */
  readonly page?: string;
  /** There was no status line; 200 was assumed. */
  readonly statusAssumed?: true;
  /** Lines of the head that are no field lines. */
  readonly unreadable?: readonly string[];
}

/** What a recording holds, or in one sentence why it holds nothing to explain: a clause after its name (`is empty`). */
export type Recording =
  | {
      readonly responses: readonly RecordedResponse[];
      /** There were more than are read: `MOST_RESPONSES`. */
      readonly cutOff?: true;
    }
  | { readonly refused: string };

/** No recording needs more; a page with more requests has them cut off at the end. */
export const MOST_RESPONSES = 1000;

/** Characters of one head. curl itself reads no more than 300 kB. */
export const LONGEST_HEAD = 256 * 1024;

/** Whoever recorded it may have been logged in; what stands in the URL is never shown. */
export const withoutUserinfo = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
