// How does a request prove to Akamai who sends it? EG1-HMAC-SHA256: a keyed hash over method, address, content and time.
// https://techdocs.akamai.com/developer/docs/authenticate-with-edgegrid
import { createHash, createHmac } from 'node:crypto';
import type { Instant } from '../../../shared/model/interval.ts';

export interface EdgeGridCredentials {
  readonly clientToken: string;
  readonly clientSecret: string;
  readonly accessToken: string;
}

export interface EdgeGridRequest {
  readonly method: string;
  readonly url: string;
  /** At most 131,072 bytes; only that of a POST is signed. */
  readonly body: string;
}

/**
 * The value of Authorization.
 * @param nonce a word that no other request has
 */
export function edgeGrid(
  { method, url, body }: EdgeGridRequest,
  { clientToken, clientSecret, accessToken }: EdgeGridCredentials,
  nonce: string,
  now: Instant,
): string {
  const time = `${new Date(now * 1000).toISOString().slice(0, 19).replaceAll('-', '')}+0000`;
  const { protocol, host, pathname, search } = new URL(url);
  const content = method === 'POST' && body !== '' ? createHash('sha256').update(body).digest('base64') : '';
  const unsigned = `EG1-HMAC-SHA256 client_token=${clientToken};access_token=${accessToken};timestamp=${time};nonce=${nonce};`;
  // no request fields are signed: the fifth place stays empty
  const data = [method, protocol.slice(0, -1), host, `${pathname}${search}`, '', content, unsigned].join('\t');
  return `${unsigned}signature=${hmac(hmac(clientSecret, time), data)}`;
}

const hmac = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('base64');
