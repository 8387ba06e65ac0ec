// What can be purged at Cloudflare, and what has to be known for it?
import { z } from 'zod';
import { endpoint, name, secret, type PurgeKind } from './kind.ts';

/**
 * Limits are those of an account and differ by plan; here stand the ones that hold on every plan for a first burst of 25.
 * Other plans are told by the layer's own words, as soon as one is refused.
 */
export const cloudflare = {
  id: 'cloudflare',
  settings: z.object({
    zone: name('a zone id').describe('The zone id'),
    token: secret('CLOUDFLARE_API_TOKEN'),
    endpoint: endpoint('https://api.cloudflare.com'),
  }),
  scopes: ['url', 'tag', 'prefix', 'host', 'all'],
  modes: 'either',
  reach: 'layer',
  // a cache key may hold request fields; these are named with the URL
  variants: 'one',
  atOnce: 100,
  mostTags: 100,
  rate: 5,
  settles: 0.15,
  source: 'https://developers.cloudflare.com/cache/how-to/purge-cache/',
} satisfies PurgeKind;
