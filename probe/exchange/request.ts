// What exactly do we send, and how much of it may be shown?
import type { Dispatcher } from 'undici';
import type { FieldLine } from '../../shared/http/fields.ts';
import type { ProbeRequest } from '../../shared/observation.ts';
import manifest from '../../package.json' with { type: 'json' };

const USER_AGENT = `strata/${manifest.version}`;
const REDACTED = '[redacted]';
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization']);

export interface Prepared {
  readonly url: URL;
  /** Scheme, host and port only. */
  readonly address: URL;
  /** For the HTTP client, which writes Connection itself; Host is the first of the headers. */
  readonly options: Dispatcher.DispatchOptions;
  readonly shown: ProbeRequest;
  /** Hides the ask's secrets in a text; absent when it has none. */
  readonly redact?: (text: string) => string;
}

/** The parts of an ask that decide what is sent. */
export interface Wish {
  readonly url: string;
  readonly address: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: readonly FieldLine[];
  readonly secrets?: readonly string[];
}

/** Replaces every credential in a text that somebody may read. */
export function redactor(secrets: readonly string[] = []): (text: string) => string {
  // longest first: one secret may hold another
  const hidden = secrets.filter((s) => s !== '').sort((a, b) => b.length - a.length);
  if (hidden.length === 0) return (text) => text;
  return (text) => hidden.reduce((shown, secret) => shown.replaceAll(secret, REDACTED), text);
}

/**
 * @param keepAlive Whether the connection is meant to be used again.
 * @throws TypeError for a URL or address that is none.
 */
export function prepare(wish: Wish, keepAlive: boolean): Prepared {
  const url = new URL(wish.url);
  const address = new URL(wish.address);
  const method = wish.method ?? 'GET';
  const own = wish.headers ?? [];
  const given = new Set(own.map(([name]) => name.toLowerCase()));
  const ours: FieldLine[] = [
    ['user-agent', USER_AGENT],
    ['accept', '*/*'],
    ['accept-encoding', 'gzip, br'],
  ];
  const hidden = (wish.secrets ?? []).some((s) => s !== '');
  const sent = [...ours.filter(([name]) => !given.has(name)), ...own];
  return {
    url,
    address,
    options: {
      method,
      path: url.pathname + url.search,
      headers: ['host', url.host, ...sent.flat()],
      ...(wish.body === undefined ? {} : { body: wish.body }),
      ...(keepAlive ? {} : { reset: true }),
    },
    shown: shownRequest(wish, method, url, address, sent, keepAlive && method !== 'HEAD'),
    ...(hidden ? { redact: redactor(wish.secrets) } : {}),
  };
}

function shownRequest(
  wish: Wish,
  method: string,
  url: URL,
  address: URL,
  sent: readonly FieldLine[],
  keepAlive: boolean,
): ProbeRequest {
  const redact = redactor(wish.secrets);
  const rest = sent.map(([name, value]): FieldLine => {
    return [name, CREDENTIALS.has(name.toLowerCase()) ? REDACTED : redact(value)];
  });
  return {
    method,
    url: redact(`${url.origin}${url.pathname}${url.search}`),
    address: address.origin,
    fields: [['host', url.host], ['connection', keepAlive ? 'keep-alive' : 'close'], ...rest],
  };
}

/** The request of an ask so wrong that nothing could be sent. */
export const unsendable = (wish: Wish): ProbeRequest => {
  const redact = redactor(wish.secrets);
  return { method: wish.method ?? 'GET', url: redact(wish.url), address: redact(wish.address), fields: [] };
};
