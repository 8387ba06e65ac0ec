// Which cache on the way does each field line come from?
import type { FieldLines } from '../../shared/http/fields.ts';
import type { Cache } from './explained.ts';

/** Lower-case names of fields that only this product, network or site sends. */
const OWN: Readonly<Record<string, RegExp>> = {
  rfc9211: /^cache-status$/,
  varnish: /^x-varnish/,
  fastly: /^(?:x-served-by|x-timer|x-cache-hits|fastly-.*)$/,
  cloudflare: /^cf-|^cloudflare-/,
  cloudfront: /^x-amz-cf-/,
  akamai: /^akamai-|^x-akamai-|^x-cache-(?:remote|key.*)$|^x-check-cacheable$|^x-true-cache-key$/,
  google: /^cdn_cache_status$/,
  azure: /^(?:x-azure-ref|x-msedge-ref|x-fd-.*)$/,
  vercel: /^x-vercel-/,
  netlify: /^(?:x-nf-request-id|netlify-.*)$/,
  bunny: /^cdn-(?!cache-control$|loop$)/,
  keycdn: /^(?:x-edge-location|x-shield)$/,
  squid: /^x-cache-lookup$/,
  httpd: /^x-cache-detail$/,
};

/** What they call themselves in Via, Server and Warning, which others use as well. */
const WORDS: Readonly<Record<string, RegExp>> = {
  varnish: /\bvarnish\b/i,
  fastly: /\bvarnish\b/i,
  cloudflare: /^cloudflare$/i,
  cloudfront: /\bcloudfront\b/i,
  akamai: /akamai/i,
  google: /\bgoogle\b/i,
  vercel: /^vercel$/i,
  netlify: /^netlify/i,
  bunny: /^bunnycdn/i,
  keycdn: /^keycdn/i,
  squid: /\bsquid\b/i,
  trafficserver: /trafficserver|^ATS\//i,
  wikimedia: /^ATS\/|\.wmnet/i,
  httpd: /\bApache(?:\/|\b(?!Traffic))/i,
  haproxy: /\bhaproxy\b/i,
};

/**
 * For each field line the indexes into `caches` of those that it tells of; empty where it is the page's own, or where nothing
 * tells. A line that decided about one cache alone is that cache's.
 */
export function whose(fields: FieldLines, caches: readonly Cache[]): number[][] {
  const told = fields.map((_, line) => caches.flatMap((cache, i) => (cache.line === line ? [i] : [])));
  return fields.map(([name, value], line) => {
    if (told[line]!.length > 0) return told[line]!;
    const lower = name.toLowerCase();
    const speak = caches.flatMap((cache, i) => (belongs(cache, i, lower, value) ? [i] : []));
    return oneEach(fields, lower, line, speak);
  });
}

function belongs(cache: Cache, index: number, name: string, value: string): boolean {
  if (name === 'age') return index === 0 && cache.age !== undefined;
  if (cache.line === undefined && cache.by.toLowerCase() === name) return true;
  if (OWN[cache.dialect]?.test(name) === true) return true;
  const speaks = name === 'via' || name === 'server' || name === 'warning';
  return speaks && WORDS[cache.dialect]?.test(value.trim()) === true;
}

/** As many lines of one name as caches: each added its own below those it received. */
function oneEach(fields: FieldLines, name: string, line: number, caches: readonly number[]): number[] {
  if (caches.length < 2) return [...caches];
  const lines = fields.flatMap(([other], i) => (other.toLowerCase() === name ? [i] : []));
  if (lines.length !== caches.length) return [...caches];
  const nearest = caches[lines.length - 1 - lines.indexOf(line)];
  return nearest === undefined ? [] : [nearest];
}
