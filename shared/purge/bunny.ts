// What can be purged at Bunny, and what has to be known for it?
import { z } from 'zod';
import { endpoint, name, secret, type PurgeKind } from './kind.ts';

/**
 * Exact URLs are admitted 5 a second after a burst of 120, paths with an asterisk one in two seconds after 20; the rate of
 * the latter stands here. How soon a purge holds everywhere is not documented.
 */
export const bunny = {
  id: 'bunny',
  settings: z.object({
    pullZone: name('the id of a pull zone').optional().describe('The id of the pull zone; a purge by URL needs none'),
    token: secret('BUNNY_API_KEY'),
    endpoint: endpoint('https://api.bunny.net'),
  }),
  scopes: ['url', 'tag', 'prefix', 'all'],
  modes: 'hard',
  reach: 'layer',
  variants: 'all',
  mostTags: 1,
  rate: 0.5,
  fault: ({ scope, pullZone }) =>
    (scope === 'tag' || scope === 'all') && pullZone === undefined
      ? { key: 'pullZone', message: `is missing: scope: ${scope} needs the id of the pull zone` }
      : undefined,
  source: 'https://docs.bunny.net/cdn/purge-cache',
} satisfies PurgeKind;
