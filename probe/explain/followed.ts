// What does a URL answer, and where does it lead? Every redirect is judged before it is followed.
import { last } from '../../shared/http/fields.ts';
import type { RecordedResponse } from '../../shared/recorded-response.ts';
import type { Exchanged, Exchanger } from '../exchange/exchange.ts';
import type { Guard } from '../exchange/guard.ts';
import { authorizeRedirect } from '../exchange/redirect.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface Followed {
  readonly exchanges: readonly Exchanged[];
  readonly responses: readonly RecordedResponse[];
  /** Why the chain ends early. One sentence. */
  readonly problem?: string;
}

/** @param timeout seconds for one request */
export async function followed(
  start: string,
  guard: Guard,
  exchanger: Exchanger,
  timeout: number | undefined,
): Promise<Followed> {
  const limits = timeout === undefined ? {} : { limits: { total: timeout } };
  const exchanges: Exchanged[] = [];
  const responses: RecordedResponse[] = [];
  for (let url = start; ;) {
    const exchanged = await exchanger.exchange({ url, address: new URL(url).origin, headOnly: true, ...limits });
    exchanges.push(exchanged);
    const { result } = exchanged;
    if (result.kind === 'failure') return { exchanges, responses, problem: `${url}: ${result.message}` };
    responses.push(recordedFrom(exchanged, url));
    const location = last(result.fields, 'location');
    if (location === undefined || !REDIRECTS.has(result.status)) return { exchanges, responses };
    const next = await authorizeRedirect(guard, url, location, responses.length - 1);
    if (!next.allowed) return { exchanges, responses, problem: `The redirect is not followed: ${next.message}.` };
    url = next.url;
  }
}

/** What was answered, as a recording tells it. @throws Error for a failure, which has no response */
export function recordedFrom(
  { request, responseTime, result }: Exchanged,
  url: string = request.url,
): RecordedResponse {
  if (result.kind === 'failure') throw new Error(`no response: ${result.message}`);
  const { method, fields: requestFields } = request;
  return { url, status: result.status, fields: result.fields, method, requestFields, receivedAt: responseTime };
}
