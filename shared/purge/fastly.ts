// What can be purged at Fastly, and what has to be known for it?
import { z } from 'zod';
import { endpoint, name, secret, type PurgeKind } from './kind.ts';

/**
 * A URL goes with all its variants, and with its query as it is written: both are of the cache key. No quota an hour is
 * documented for purges, so no rate stands here.
 */
export const fastly = {
  id: 'fastly',
  settings: z.object({
    service: name('a service id').optional().describe('The service id; a purge by URL needs none'),
    token: secret('FASTLY_API_TOKEN'),
    endpoint: endpoint('https://api.fastly.com'),
  }),
  scopes: ['url', 'tag', 'all'],
  modes: 'either',
  reach: 'layer',
  variants: 'all',
  mostTags: 256,
  settles: 0.15,
  fault: ({ scope, soft, service }) => {
    if (scope !== 'url' && service === undefined)
      return { key: 'service', message: `is missing: scope: ${scope} needs the service id` };
    if (scope === 'all' && soft) return { key: 'soft', message: 'is not possible with scope: all; leave it out' };
    return undefined;
  },
  source: 'https://www.fastly.com/documentation/reference/api/purging/',
} satisfies PurgeKind;
