// What does a URL answer, and where does it lead? Every redirect is judged before it is followed.
import type { RecordedResponse } from '../../shared/recorded-response.ts';
import { last } from '../../shared/http/fields.ts';
import { createExchanger } from '../exchange/exchange.ts';
import { createGuard } from '../exchange/guard.ts';
import { authorizeRedirect } from '../exchange/redirect.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface Followed {
  readonly responses: readonly RecordedResponse[];
  /** Why the chain ends early. One sentence. */
  readonly problem?: string;
}

/** @param timeout seconds for one request */
export async function followed(start: string, timeout: number | undefined): Promise<Followed> {
  const guard = createGuard({ named: [start] });
  const exchanger = createExchanger({ guard });
  const limits = timeout === undefined ? {} : { limits: { total: timeout } };
  const responses: RecordedResponse[] = [];
  try {
    for (let url = start; ;) {
      const { result } = await exchanger.exchange({ url, address: new URL(url).origin, headOnly: true, ...limits });
      if (result.kind === 'failure') return { responses, problem: `${url}: ${result.message}` };
      responses.push({ url, status: result.status, fields: result.fields });
      const location = last(result.fields, 'location');
      if (location === undefined || !REDIRECTS.has(result.status)) return { responses };
      const next = await authorizeRedirect(guard, url, location, responses.length - 1);
      if (!next.allowed) return { responses, problem: `The redirect is not followed: ${next.message}.` };
      url = next.url;
    }
  } finally {
    await exchanger.close();
  }
}
