// How are exchanges written as a HAR that other programs read? (HAR 1.2; nothing in it proves who asked)
import manifest from '../../package.json' with { type: 'json' };
import { first, type FieldLine } from '../../shared/http/fields.ts';
import { fittingTrace } from '../../shared/trace-file.ts';
import type { Trace } from '../../shared/trace.ts';
import { withoutCookieValue, withoutPassword } from '../exchange/cookie-values.ts';
import type { Exchanged } from '../exchange/exchange.ts';

/** The parts of HAR 1.2 that are written. */
export interface Har {
  readonly log: {
    readonly version: '1.2';
    readonly creator: { readonly name: string; readonly version: string };
    readonly entries: readonly object[];
    readonly comment?: string;
  };
}

/** Every exchange of a trace that a HAR has room for; it says how many it has not. */
export function harOfTrace(trace: Trace): Har {
  const { observations, omitted } = fittingTrace(trace);
  const comment =
    omitted === undefined ? undefined : `${omitted} exchanges are left out; each is like those beside it.`;
  return harOf(observations, comment);
}

/** One entry for each exchange, in their order; what failed has status 0 and `_error`, as browsers write it. */
export const harOf = (exchanges: readonly Exchanged[], comment?: string): Har => ({
  log: {
    version: '1.2',
    creator: { name: manifest.name, version: manifest.version },
    entries: exchanges.map(entryOf),
    ...(comment !== undefined && { comment }),
  },
});

function entryOf(exchanged: Exchanged): object {
  const { request, requestTime, timings, result } = exchanged;
  const failed = result.kind === 'failure';
  const version = failed ? 'unknown' : `HTTP/${result.httpVersion}`;
  return {
    startedDateTime: new Date((requestTime - before(timings)) * 1000).toISOString(),
    time: milliseconds(timings.total),
    request: {
      method: request.method,
      url: request.url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: named(request.fields),
      queryString: [...new URL(request.url).searchParams].map(([name, value]) => ({ name, value })),
      headersSize: -1,
      bodySize: 0,
    },
    response: failed ? { ...NO_RESPONSE, httpVersion: version, _error: result.message } : responseOf(result, version),
    cache: {},
    timings: phases(timings),
  };
}

const NO_RESPONSE = {
  status: 0,
  statusText: '',
  cookies: [],
  headers: [],
  content: { size: 0, mimeType: 'x-unknown' },
  redirectURL: '',
  headersSize: -1,
  bodySize: -1,
};

function responseOf(answer: Extract<Exchanged['result'], { kind: 'answer' }>, httpVersion: string): object {
  const { status, reason, fields, bytes, decodedBytes } = answer;
  return {
    status,
    statusText: reason,
    httpVersion,
    cookies: [],
    headers: named(fields.map(withoutCookieValue)),
    content: { size: decodedBytes, mimeType: first(fields, 'content-type') ?? 'x-unknown' },
    redirectURL: withoutPassword(first(fields, 'location') ?? ''),
    headersSize: -1,
    bodySize: bytes,
  };
}

const named = (fields: readonly FieldLine[]) => fields.map(([name, value]) => ({ name, value }));

const milliseconds = (seconds: number): number => Math.round(seconds * 1e6) / 1000;

/** Seconds from the beginning to the first byte of the request. */
const before = ({ dns = 0, connect = 0, tls = 0 }: Exchanged['timings']): number => dns + connect + tls;

/** HAR counts TLS as part of connecting, and -1 for what did not happen. */
function phases(timings: Exchanged['timings']): object {
  const { dns, connect, tls, ttfb = 0, total } = timings;
  const receive = Math.max(0, total - before(timings) - ttfb);
  return {
    blocked: -1,
    dns: dns === undefined ? -1 : milliseconds(dns),
    connect: connect === undefined ? -1 : milliseconds(connect + (tls ?? 0)),
    ssl: tls === undefined ? -1 : milliseconds(tls),
    send: 0,
    wait: milliseconds(ttfb),
    receive: milliseconds(receive),
  };
}
