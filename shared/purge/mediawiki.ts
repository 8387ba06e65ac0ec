// What can be purged at a MediaWiki, and what has to be known for it?
import { z } from 'zod';
import { NO_VARIABLE, namesNoVariable, secret, type PurgeKind } from './kind.ts';

/**
 * Purges the wiki's own parser cache, and has it tell the caches that it knows of: accepted is not done there. At most 50
 * titles a request; visitors without an account may be limited to few purges a minute.
 */
export const mediawiki = {
  id: 'mediawiki',
  settings: z.object({
    api: z
      .string()
      .regex(/^https?:\/\/[^?#\s]+$/, 'must be the URL of api.php, such as "https://wiki.example/w/api.php"')
      .refine(namesNoVariable, NO_VARIABLE)
      .describe('The URL of api.php'),
    articlePath: z
      .string()
      .regex(/^\/\S*\$1$/, 'must be a path that ends with $1, such as "/wiki/$1"')
      .default('/wiki/$1')
      .describe('Where titles stand in the path of a page'),
    token: secret('MEDIAWIKI_TOKEN')
      .unwrap()
      .optional()
      .describe('An OAuth 2.0 access token, as ${ENV_NAME}; left out: as a visitor without an account'),
  }),
  scopes: ['url'],
  modes: 'hard',
  reach: 'layer',
  variants: 'all',
  atOnce: 50,
  settles: 1,
  source: 'https://www.mediawiki.org/wiki/API:Purge',
} satisfies PurgeKind;
