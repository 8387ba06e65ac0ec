// What does a vendor's API say to a purge? Its status, its own words, and whether its content has the form that it promises.
import { z } from 'zod';
import type { FieldLine } from '../../shared/http/fields.ts';
import { retryAfterIn } from '../../shared/http/retry-after.ts';
import { httpReply } from './http-answer.ts';
import type { PurgeAnswer, PurgeReply } from './purger.ts';

/** Sent with what an API takes as JSON; its answer must come as it is, because it is read. */
export const JSON_FIELDS: readonly FieldLine[] = [
  ['accept', 'application/json'],
  ['accept-encoding', 'identity'],
  ['content-type', 'application/json'],
];

/** An answer's content as one vendor's file reads it. */
export interface Said {
  /** It has the form in which this API says that it took the purge. */
  readonly taken: boolean;
  /** What it calls the purge. */
  readonly id?: string | undefined;
  /** Its own words for what is wrong. */
  readonly words?: string | undefined;
  /** It turns the purge away for now, whatever its status. */
  readonly busy?: boolean;
  /** Seconds that it is documented to want, where it names none. */
  readonly wait?: number;
}

/** Accepted only what is answered with success in the API's own form: anything else may come from somebody in between. */
export function apiAnswer(reply: PurgeReply, said: Said): PurgeAnswer {
  const { status, fields } = httpReply(reply);
  const words = said.words === undefined ? undefined : clear(said.words);
  const more = words === undefined || words === '' ? '' : ` It says: ${words}`;
  if (status >= 200 && status < 300) return answerOfSuccess(status, said, more);
  if (said.busy === true || status === 429 || status === 503) {
    const retryAfter = retryAfterIn(fields) ?? said.wait;
    const wait = retryAfter === undefined ? '' : `, for ${retryAfter} s`;
    const summary = `It answered ${status}: it takes no more purges now${wait}; this one was not done and is not sent again by itself.${more}`;
    return { outcome: 'refused', summary, ...(retryAfter === undefined ? {} : { retryAfter }) };
  }
  if (status >= 400 && status < 500) {
    return {
      outcome: 'refused',
      summary: `It answered ${status}: ${WHY[status] ?? 'it does not take this purge'}.${more}`,
    };
  }
  return { outcome: 'failed', summary: `It answered ${status}, which says neither yes nor no.${more}` };
}

/** What a status means that every API uses alike. */
const WHY: Readonly<Record<number, string>> = {
  401: 'it does not accept these credentials',
  403: 'these credentials may not purge here',
  404: 'it does not know what is to be purged; look at the ids in the topology',
};

function answerOfSuccess(status: number, { taken, id }: Said, more: string): PurgeAnswer {
  if (taken) {
    const known = id !== undefined && /^[\u0021-\u007e]{1,500}$/.test(id) ? { vendorId: id } : {};
    return { outcome: 'accepted', summary: `It answered ${status}: the purge was accepted.`, ...known };
  }
  if (more !== '')
    return { outcome: 'failed', summary: `It answered ${status}, and yet the purge was not done.${more}` };
  return {
    outcome: 'unknown',
    summary: `It answered ${status}, but not as its API does: whether the purge was taken is not known, and it is not sent again by itself.`,
  };
}

/** One line of at most 300 characters, closed by a full stop. */
function clear(words: string): string {
  // oxlint-disable-next-line no-control-regex
  const line = words.replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  const short = line.length > 300 ? `${line.slice(0, 299)}…` : line;
  return short === '' || /[.!?…]$/.test(short) ? short : `${short}.`;
}

/** The content as this schema has it; undefined where it is not JSON, or has another form. */
export function jsonIn<T>(reply: PurgeReply, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(httpReply(reply).text)).data;
  } catch {
    return undefined;
  }
}
