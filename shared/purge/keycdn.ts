// What can be purged at KeyCDN, and what has to be known for it?
import { z } from 'zod';
import { endpoint, name, secret, type PurgeKind } from './kind.ts';

/** Done "in a few seconds" everywhere. The rate it admits was raised in 2019 to a number that is not documented. */
export const keycdn = {
  id: 'keycdn',
  settings: z.object({
    zone: name('a zone id').describe('The zone id'),
    host: z
      .string()
      .regex(/^[\w.-]+$/, 'must be a host name')
      .optional()
      .describe('The zone URL without scheme, where the cache key holds that instead of the visitor’s host'),
    key: secret('KEYCDN_API_KEY'),
    endpoint: endpoint('https://api.keycdn.com'),
  }),
  scopes: ['url', 'tag', 'all'],
  modes: 'hard',
  reach: 'layer',
  variants: 'all',
  atOnce: 100,
  rate: 0.33,
  settles: 5,
  source: 'https://www.keycdn.com/api',
} satisfies PurgeKind;
