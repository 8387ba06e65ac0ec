// What can be invalidated at Google Cloud CDN, and what has to be known for it?
import { z } from 'zod';
import { endpoint, name, secret, type PurgeKind } from './kind.ts';

/** A path is compared without its query, so that all queries and variants of it go. 500 requests a minute. */
export const google = {
  id: 'google',
  settings: z.object({
    project: name('a project id').describe('The project id'),
    urlMap: name('the name of a URL map').describe('The URL map of the load balancer'),
    token: secret('CLOUDSDK_AUTH_ACCESS_TOKEN').describe('An access token, as ${ENV_NAME}'),
    serviceAccount: secret('GOOGLE_CREDENTIALS')
      .unwrap()
      .optional()
      .describe('Instead of a token: a service account key (the JSON text), as ${ENV_NAME}'),
    endpoint: endpoint('https://compute.googleapis.com'),
    loginEndpoint: endpoint('https://oauth2.googleapis.com').describe('Where a service account gets its token'),
  }),
  scopes: ['url', 'prefix', 'host', 'tag', 'all'],
  modes: 'hard',
  reach: 'layer',
  variants: 'all',
  mostTags: 10,
  rate: 8,
  settles: 10,
  fault: ({ scope, prefix }) =>
    scope === 'prefix' && prefix?.endsWith('/') === false
      ? { key: 'prefix', message: 'must end with "/": it takes whole folders only' }
      : undefined,
  source: 'https://cloud.google.com/cdn/docs/cache-invalidation-overview',
} satisfies PurgeKind;
