// What can be purged at Netlify, and what has to be known for it?
import { z } from 'zod';
import { endpoint, name, secret, type PurgeKind } from './kind.ts';

/** There is no purge by URL. "Almost immediately", without a number. */
export const netlify = {
  id: 'netlify',
  settings: z.object({
    site: name('a site id').describe('The site id'),
    deployAlias: name('a deploy alias').optional().describe('Only this deploy alias'),
    token: secret('NETLIFY_AUTH_TOKEN'),
    endpoint: endpoint('https://api.netlify.com'),
  }),
  scopes: ['tag', 'all'],
  modes: 'hard',
  reach: 'layer',
  variants: 'all',
  source: 'https://docs.netlify.com/platform/caching/#on-demand-invalidation',
} satisfies PurgeKind;
