// What can be purged at Souin and Caddy's cache-handler, and what has to be known for it?
import { z } from 'zod';
import { secret, type PurgeKind } from './kind.ts';

/** A key begins with the method, so that HEAD is another one; a regular expression names all variants of it. */
export const souin = {
  id: 'souin',
  settings: z.object({
    api: z
      .string()
      .regex(/^\/\S*[^/]$/, 'must be a path that begins with "/" and does not end with it')
      .default('/souin-api/souin')
      .describe('The path of its API on each node'),
    token: secret('SOUIN_TOKEN')
      .unwrap()
      .optional()
      .describe('A bearer token of whatever protects the route, as ${ENV_NAME}'),
  }),
  scopes: ['url', 'tag', 'prefix', 'all'],
  modes: 'either',
  reach: 'node',
  variants: 'all',
  fault: ({ scope, soft }) =>
    soft && scope !== 'url' && scope !== 'prefix'
      ? { key: 'soft', message: `is not possible with scope: ${scope}; leave it out` }
      : undefined,
  source: 'https://github.com/darkweak/souin#souin-api',
} satisfies PurgeKind;
