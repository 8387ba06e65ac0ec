// Was this request meant for us, and sent by our own page or by no page at all? Against DNS rebinding and cross-site requests.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { ConfigError } from '../../shared/config-problem.ts';
import { Refusal } from './problem.ts';

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/** Only this machine can reach an address of this kind. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback';
}

/** `host` as it stands in a URL. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** The names under which we answer, in lower case. Throws ConfigError for an open address that is not protected. */
export function allowedNames(host: string, token: string, allowedHosts: readonly string[]): Set<string> {
  const told = allowedHosts.map((h) => h.toLowerCase());
  if (isLoopback(host)) return new Set([...LOOPBACK_NAMES, bracketed(host), ...told]);
  if (token === '' || told.length === 0) {
    const missing = told.length === 0 ? 'name the hosts to answer for with --allowed-host' : 'give it a token';
    throw new ConfigError(`${host} can be reached from elsewhere: ${missing}, or listen on 127.0.0.1.`);
  }
  return new Set(told);
}

/** Why this request is not answered; undefined when it may pass. Reads the head only. */
export function refuse(request: IncomingMessage, allowed: ReadonlySet<string>): Refusal | undefined {
  if (request.url?.startsWith('/') !== true) return new Refusal(421, 'Ask with a path, not with a whole URL.');
  const hosts = request.rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'host').length;
  const { host = '' } = request.headers;
  // RFC 9112 section 3.2
  if (hosts !== 1) return new Refusal(400, 'A request carries exactly one Host field.');
  const name = /^(\[[\da-f:.]+\]|[a-z\d._-]+)(?::\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase();
  if (name === undefined || !allowed.has(name)) {
    return new Refusal(421, 'This service does not answer for that host; see --allowed-host.');
  }
  const isNavigation =
    request.method === 'GET' &&
    request.headers['sec-fetch-mode'] === 'navigate' &&
    request.headers['sec-fetch-dest'] === 'document';
  if (isFromElsewhere(request.headers) && !isNavigation) return crossSite();
  return undefined;
}

/** Whether another site's page sent it. Programs that are no browser send neither field. */
export function isFromElsewhere(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin, host = '' } = headers;
  if (origin === undefined) return false;
  const own = host.toLowerCase();
  return origin !== `http://${own}` && origin !== `https://${own}`;
}

export const crossSite = (): Refusal => new Refusal(403, "Another site's page may not ask this service.");
