// What do the fields mean that one network, product or site adds, in one sentence each? (loaded with the explain view only)
import { cacheControl } from './directives.ts';
import { nginxWords } from './field-words.ts';
import type { Entry } from './field-words.ts';

type Page = Pick<Entry, 'reference' | 'href'>;
const page = (reference: string, href: string): Page => ({ reference, href });

const fastly = (field: string): Page =>
  page('Fastly', `https://www.fastly.com/documentation/reference/http/http-headers/${field}/`);
const cloudflare = page('Cloudflare', 'https://developers.cloudflare.com/fundamentals/reference/http-headers/');
const cloudflareCache = page('Cloudflare', 'https://developers.cloudflare.com/cache/concepts/cache-responses/');
const cloudflareControl = page('Cloudflare', 'https://developers.cloudflare.com/cache/concepts/cdn-cache-control/');
const cloudfront = page(
  'CloudFront',
  'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html',
);
const akamai = page('Akamai', 'https://techdocs.akamai.com/edge-diagnostics/docs/pragma-headers');
const google = page('Google', 'https://docs.cloud.google.com/cdn/docs/caching');
const azure = page('Azure', 'https://learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol');
const vercel = page('Vercel', 'https://vercel.com/docs/headers/response-headers');
const netlify = page('Netlify', 'https://docs.netlify.com/platform/caching/');
const bunny = page('Bunny', 'https://docs.bunny.net/cdn/troubleshooting/run-traceroute');
const keycdn = page('KeyCDN', 'https://www.keycdn.com/support/frequently-asked-questions');
const wikimedia = page('Wikimedia', 'https://wikitech.wikimedia.org/wiki/CDN');
const squid = page('Squid', 'https://wiki.squid-cache.org/SquidFaq/SquidLogs');
const httpd = page('httpd', 'https://httpd.apache.org/docs/2.4/mod/mod_cache.html#cacheheader');

const cloudflareWords: Readonly<Record<string, string>> = {
  HIT: 'answered from its store',
  MISS: 'had no copy, asked the origin, and may store the answer',
  EXPIRED: 'had a copy that had run out, and fetched a new one',
  STALE: 'answered with a copy that had run out, because it could not reach the origin',
  REVALIDATED: 'had a copy that had run out; the origin confirmed it',
  UPDATING: 'answered with a copy that had run out while it fetches a new one',
  BYPASS: 'was told by the origin, or by a rule, not to store this',
  DYNAMIC: 'does not take this for something to store, and asked the origin',
  'NONE/UNKNOWN': 'made this answer itself, or does not store such content',
};

const vercelWords: Readonly<Record<string, string>> = {
  HIT: 'answered from its store',
  MISS: 'had no copy and asked the origin',
  STALE: 'answered with a copy that had run out while it fetches a new one',
  PRERENDER: 'answered with the page that was made when the site was built',
  REVALIDATED: 'made a new copy before it answered, because the old one had been deleted or was not wanted',
  BYPASS: 'did not look into its store',
};

const spoken =
  (who: string, words: Readonly<Record<string, string>>) =>
  (value: string): string => {
    const said = words[value.trim().toUpperCase()];
    return said === undefined ? `What ${who} did with the request, in a word of its own.` : `${who} ${said}.`;
  };

const hitsOf = (value: string): string =>
  value
    .split(',')
    .map((n) => n.trim())
    .join(', then ');

export const VENDOR_FIELDS: readonly Entry[] = [
  { names: ['cf-cache-status'], ...cloudflareCache, say: spoken('Cloudflare', cloudflareWords) },
  {
    names: ['cf-ray'],
    ...cloudflare,
    say: (value) => {
      const place = /-([A-Z]{3})$/.exec(value.trim())?.[1];
      return `Names this request at Cloudflare${place === undefined ? '' : `; the end (${place}) is the data centre that answered`}.`;
    },
  },
  {
    names: ['cf-apo-via', 'cf-edge-cache'],
    ...cloudflareCache,
    say: () => 'How Cloudflare’s page optimisation treated this page.',
  },
  {
    names: ['cloudflare-cdn-cache-control'],
    ...cloudflareControl,
    say: (value) => `For Cloudflare only, before all others: ${cacheControl(value)}`,
  },
  {
    names: ['x-served-by'],
    ...fastly('X-Served-By'),
    say: (value) =>
      value.includes(',')
        ? 'The servers that handled the request, the nearest to you last.'
        : 'The server that handled the request.',
  },
  {
    names: ['x-timer'],
    ...fastly('X-Timer'),
    say: () => 'When Fastly began (S), and after how many milliseconds it had finished (VE).',
  },
  {
    names: ['fastly-debug-path'],
    ...fastly('Fastly-Debug'),
    say: () => 'Every Fastly server that was passed, for requests and for fetches.',
  },
  {
    names: ['fastly-debug-ttl'],
    ...fastly('Fastly-Debug'),
    say: () => 'For each server: hit or miss, lifetime left, grace, and age.',
  },
  { names: ['fastly-debug-digest'], ...fastly('Fastly-Debug'), say: () => 'Under which key the copy is stored.' },
  {
    names: ['x-amz-cf-pop'],
    ...cloudfront,
    say: (value) => `The CloudFront location that answered: ${value.trim().slice(0, 3)} is the nearest airport.`,
  },
  { names: ['x-amz-cf-id'], ...cloudfront, say: () => 'Names this request at CloudFront; its support asks for it.' },
  {
    names: [
      'x-cache-remote',
      'x-check-cacheable',
      'x-cache-key',
      'x-true-cache-key',
      'x-cache-key-extended-internal-use-only',
    ],
    ...akamai,
    say: () => 'Said by Akamai because the request asked for it by a Pragma.',
  },
  {
    names: ['akamai-cache-status'],
    ...akamai,
    say: () => 'What Akamai’s servers did, and whether a child or a parent tells it.',
  },
  {
    names: ['akamai-grn', 'x-akamai-request-id', 'x-akamai-staging'],
    ...akamai,
    say: () => 'Names this request at Akamai.',
  },
  { names: ['edge-control'], ...akamai, say: (v) => `For Akamai only, before Cache-Control: ${v}.` },
  { names: ['x-azure-ref', 'x-msedge-ref'], ...azure, say: () => 'Names this request at Azure Front Door.' },
  { names: ['x-fd-int-roxy-purgeid'], ...azure, say: () => 'Azure Front Door’s own, for purges.' },
  {
    names: ['x-goog-hash', 'x-goog-generation', 'x-goog-stored-content-length'],
    ...google,
    say: () => 'Which version of a stored file this is; its storage says so, no cache.',
  },
  {
    names: ['cdn_cache_status', 'cdn-cache-status', 'x-cache-hit'],
    ...google,
    say: () => 'What a cache did, in a field that the operator has named.',
  },
  { names: ['x-vercel-cache'], ...vercel, say: spoken('Vercel', vercelWords) },
  {
    names: ['x-vercel-id'],
    ...vercel,
    say: () => 'The regions that the request passed, the nearest to you first, and its name.',
  },
  {
    names: ['vercel-cdn-cache-control'],
    ...vercel,
    say: (v) => `For Vercel only, before all others: ${cacheControl(v)}`,
  },
  { names: ['x-nf-request-id'], ...netlify, say: () => 'Names this request at Netlify.' },
  {
    names: ['netlify-cdn-cache-control'],
    ...netlify,
    say: (v) => `For Netlify only, before all others: ${cacheControl(v)}`,
  },
  { names: ['netlify-vary'], ...netlify, say: () => 'What of the request Netlify keeps copies apart by.' },
  { names: ['cdn-cache'], ...bunny, say: (v) => `Bunny’s word for what it did: ${v.trim()}.` },
  { names: ['cdn-cachedat', 'cdn-edgestorageid'], ...bunny, say: () => 'When, or where, Bunny stored this copy.' },
  {
    names: [
      'cdn-pullzone',
      'cdn-uid',
      'cdn-requestid',
      'cdn-requestcountrycode',
      'cdn-requestpullcode',
      'cdn-requestpullsuccess',
      'cdn-proxyver',
      'cdn-status',
      'cdn-requesttime',
    ],
    ...bunny,
    say: () => 'Bunny’s own: which zone, request or fetch this was.',
  },
  {
    names: ['x-edge-location', 'x-shield'],
    ...keycdn,
    say: () => 'The KeyCDN location that answered, or whether its shield is on.',
  },
  {
    names: ['x-cache-status'],
    reference: 'nginx',
    href: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#var_upstream_cache_status',
    say: (value) => {
      const said = nginxWords[value.trim().toUpperCase()];
      return said === undefined ? 'What the caches on the way did, in words of their own.' : `The cache ${said}.`;
    },
  },
  {
    names: ['x-cache-info', 'x-client-ip', 'x-analytics'],
    ...wikimedia,
    say: () => 'Added for the operators of the site.',
  },
  {
    names: ['x-cache-lookup'],
    ...squid,
    say: () => 'What Squid’s look into its store found, before it decided what to do.',
  },
  {
    names: ['x-squid-error'],
    ...squid,
    say: () => 'Squid wrote this answer itself, and says which of its errors it is.',
  },
  { names: ['x-cache-detail'], ...httpd, say: () => 'Why httpd’s cache did what it did, in words.' },
  {
    names: ['x-cache-hits'],
    ...fastly('X-Cache-Hits'),
    say: (v) =>
      v.includes(',')
        ? `How often each server had served its copy: ${hitsOf(v)}, the nearest to you last.`
        : `How often this server had served this copy: ${v.trim()}.`,
  },
];
