// Which fields speak to one layer only, and does that layer hear them? (RFC 9213; vendors' own)
import { combined } from '../http/fields.ts';
import { controlOf } from '../http/control.ts';
import { spokenDuration } from '../duration.ts';
import type { Hop } from '../hops.ts';
import { NOTHING_TO_DO, rfc, topic, type Say } from './note.ts';
import { behaviourOf, common, nameOf, quoted, type Scene } from './scene.ts';

const kinds = {
  'cdn-cache-control': {
    level: 'info',
    why: 'CDNs that know it go by CDN-Cache-Control alone and pass over Cache-Control and Expires; browsers and other caches do the reverse.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9213, '3.1'),
  },
  'targeted-unreadable': {
    level: 'bad',
    why: 'A targeted field is a structured one. If any of it cannot be read, all of it is passed over and Cache-Control counts, which may say the opposite.',
    remedy: 'Write it like max-age=60, stale-while-revalidate=30: lower case, no quotes around numbers.',
    reference: rfc(9213, '2.1'),
  },
  'targeted-unheard': {
    level: 'warning',
    why: 'A cache on the way is not known to read this field, and goes by Cache-Control.',
    remedy: 'Say the same in a field that this product reads, or in its settings.',
    reference: rfc(9213, '2.2'),
  },
  'targeted-foreign': {
    level: 'warning',
    why: 'The field speaks to one CDN, and no sign of that CDN is in the response.',
    remedy: 'Drop it, or look why the traffic does not go through that CDN.',
    reference: rfc(9213, '2'),
  },
  'surrogate-control-unheard': {
    level: 'warning',
    why: 'The cache that obeys Surrogate-Control removes it before it answers a browser. Here it came all the way, so that no layer obeyed it, or the last one does not remove it.',
    remedy: 'Say it in a field that the product in front reads; let the edge remove it.',
    reference: 'https://www.fastly.com/documentation/reference/http/http-headers/Surrogate-Control/',
  },
  'x-accel-expires-unheard': {
    level: 'warning',
    why: 'nginx obeys X-Accel-Expires and does not pass it on. Here it came all the way, so that no nginx cached by it.',
    remedy:
      'Look whether proxy_ignore_headers or proxy_pass_header is set, or whether another product stands where nginx stood.',
    reference: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_valid',
  },
  'edge-control-unheard': {
    level: 'info',
    why: 'Edge-Control is Akamai’s own. Other products do not read it, and Akamai is asked to remove it before the browser.',
    remedy: 'Use Cache-Control or Akamai-Cache-Control; remove it at the edge.',
    reference: 'https://techdocs.akamai.com/property-mgr/docs/know-caching',
  },
} as const;

/** Targeted fields of one vendor, and the dialect that reads each. */
const VENDORS: Readonly<Record<string, string>> = {
  'cloudflare-cdn-cache-control': 'cloudflare',
  'vercel-cdn-cache-control': 'vercel',
  'netlify-cdn-cache-control': 'netlify',
  'akamai-cache-control': 'akamai',
};

export const targeted = topic(kinds, (scene: Scene, say) => {
  const { fields, hops } = scene;
  for (const name of ['cdn-cache-control', ...Object.keys(VENDORS)]) {
    const text = combined(fields, name);
    if (text !== undefined) spoken(name, text, scene, say);
  }
  const surrogate = combined(fields, 'surrogate-control');
  if (surrogate !== undefined && !heardBy(hops, 'surrogate-control'))
    say('surrogate-control-unheard', `Surrogate-Control ${quoted(surrogate)} reached the client.`);
  const accel = combined(fields, 'x-accel-expires');
  if (accel !== undefined) say('x-accel-expires-unheard', `X-Accel-Expires ${quoted(accel)} reached the client.`);
  const edge = combined(fields, 'edge-control');
  if (edge !== undefined && !hops.some((hop) => hop.dialect === 'akamai'))
    say('edge-control-unheard', `Edge-Control ${quoted(edge)} reached the client.`);
});

const heardBy = (hops: readonly Hop[], field: string): boolean =>
  hops.some((hop) => behaviourOf(hop).targetedFields?.includes(field) === true);

function spoken(name: string, text: string, { fields, hops }: Scene, say: Say<keyof typeof kinds>): void {
  const control = controlOf(fields, { ...common, targetedFields: [name] });
  if (control.by !== name)
    return say('targeted-unreadable', `${name}: ${quoted(text)} cannot be read, and so is passed over.`);
  const vendor = VENDORS[name];
  if (vendor !== undefined) {
    if (!hops.some((hop) => hop.dialect === vendor))
      say('targeted-foreign', `${name} is there, but no sign of ${vendor}.`);
    return;
  }
  const { maxAge, sMaxage, noStore } = control;
  const granted = sMaxage ?? maxAge;
  const told = noStore
    ? 'not to store it'
    : typeof granted === 'number'
      ? `to keep it for ${spokenDuration(granted)}`
      : quoted(text);
  say('cdn-cache-control', `CDN-Cache-Control tells CDNs ${told}.`);
  const deaf = hops.filter(
    (hop) =>
      hop.dialect !== 'generic' &&
      hop.dialect !== 'rfc9211' &&
      behaviourOf(hop).targetedFields?.includes(name) !== true,
  );
  if (deaf.length > 0)
    say('targeted-unheard', `${deaf.map(nameOf).join(', ')} is not known to read CDN-Cache-Control.`);
}
