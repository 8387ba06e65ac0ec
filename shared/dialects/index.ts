// Which dialects are known, and which of them did the nearest node speak?
import type { FieldLines } from '../http/fields.ts';
import type { Dialect } from './dialect.ts';
import { akamai } from './akamai.ts';
import { azure } from './azure.ts';
import { browser } from './browser.ts';
import { bunny } from './bunny.ts';
import { cloudflare } from './cloudflare.ts';
import { cloudfront } from './cloudfront.ts';
import { fastly } from './fastly.ts';
import { generic } from './generic.ts';
import { google } from './google.ts';
import { haproxy } from './haproxy.ts';
import { httpd } from './httpd.ts';
import { keycdn } from './keycdn.ts';
import { netlify } from './netlify.ts';
import { nginx } from './nginx.ts';
import { rfc9211 } from './rfc9211.ts';
import { souin } from './souin.ts';
import { squid } from './squid.ts';
import { trafficserver } from './trafficserver.ts';
import { undici } from './undici.ts';
import { varnish } from './varnish.ts';
import { vercel } from './vercel.ts';
import { wikimedia } from './wikimedia.ts';

/** Every dialect; `generic` last, because it claims least. */
export const dialects: readonly Dialect[] = [
  rfc9211,
  varnish,
  nginx,
  squid,
  trafficserver,
  httpd,
  haproxy,
  souin,
  undici,
  fastly,
  cloudflare,
  cloudfront,
  akamai,
  google,
  azure,
  vercel,
  netlify,
  bunny,
  keycdn,
  wikimedia,
  browser,
  generic,
];

/** The dialect with this id; undefined when there is none. */
export function dialectOf(id: string): Dialect | undefined {
  return dialects.find((d) => d.id === id);
}

/**
 * The dialect of the node that sent these fields, nearest cache first.
 * Caches append their field lines, so of several signatures the one furthest down the wire is the nearest node's.
 * Falls back to `generic`, which reads Age and nothing else.
 */
export function recognise(fields: FieldLines): Dialect {
  let best: { dialect: Dialect; at: number } | undefined;
  for (const dialect of dialects) {
    const at = dialect.signature(fields);
    if (at !== undefined && (best === undefined || at > best.at)) best = { dialect, at };
  }
  return best?.dialect ?? generic;
}
