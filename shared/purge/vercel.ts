// What can be purged at Vercel, and what has to be known for it?
import { z } from 'zod';
import { endpoint, name, secret, type PurgeKind } from './kind.ts';

/** There is no purge by URL: pages go by their tags, and the CDN's, the runtime's and the data cache together. */
export const vercel = {
  id: 'vercel',
  settings: z.object({
    project: name('a project’s id or name').describe('The id or the name of the project'),
    team: name('a team id').optional().describe('The team id, for a project that belongs to a team'),
    environment: z.enum(['production', 'preview']).optional().describe('Only there'),
    token: secret('VERCEL_TOKEN'),
    endpoint: endpoint('https://api.vercel.com'),
  }),
  scopes: ['tag'],
  modes: 'either',
  reach: 'layer',
  variants: 'all',
  mostTags: 16,
  settles: 0.3,
  source: 'https://vercel.com/docs/rest-api/edge-cache/invalidate-by-tag',
} satisfies PurgeKind;
