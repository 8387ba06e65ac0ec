// What does a plain HTTP status say to a purge? For caches, and for vendors whose API says no more.
import type { FieldLine } from '../../shared/http/fields.ts';
import { retryAfterIn } from '../../shared/http/retry-after.ts';
import type { HttpReply, PurgeAnswer, PurgeReply } from './purger.ts';

/** The reply of a purger that speaks HTTP; anything else is a mistake of ours. */
export function httpReply(reply: PurgeReply): HttpReply {
  if (reply.over !== 'http') throw new Error(`an HTTP purge was answered over ${reply.over}`);
  return reply;
}

/** @param said what the vendor's own words add, one sentence */
export function httpAnswer(reply: PurgeReply, said?: string): PurgeAnswer {
  const { status, fields } = httpReply(reply);
  const more = said === undefined ? '' : ` ${said}`;
  switch (status) {
    case 200:
    case 201:
    case 202:
    case 204:
      return { outcome: 'accepted', summary: `It answered ${status}: the purge was accepted.${more}` };
    case 404:
    case 412:
      return { outcome: 'was-not-there', summary: `It answered ${status}: there was nothing to forget.${more}` };
    case 401:
    case 403:
    case 405:
    case 501:
      return { outcome: 'refused', summary: `It answered ${status}: it does not take this purge from here.${more}` };
    case 429:
    case 503:
      return { outcome: 'refused', ...tooMuch(status, fields, more) };
    default:
      return { outcome: 'failed', summary: `It answered ${status}, which says neither yes nor no.${more}` };
  }
}

function tooMuch(
  status: number,
  fields: readonly FieldLine[],
  more: string,
): Pick<PurgeAnswer, 'summary' | 'retryAfter'> {
  const retryAfter = retryAfterIn(fields);
  const why = status === 429 ? 'too many purges' : 'it takes none now';
  const wait = retryAfter === undefined ? '' : `, and asks to wait ${retryAfter} s`;
  return {
    summary: `It answered ${status}: ${why}${wait}; this purge was not done and is not sent again by itself.${more}`,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}
