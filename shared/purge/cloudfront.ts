// What can be invalidated at CloudFront, and what has to be known for it?
import { z } from 'zod';
import { endpoint, name, secret, type PurgeKind } from './kind.ts';

/** A distribution takes 3,000 paths, and 15 that end in `*`, while they are in progress. All variants of a path go. */
export const cloudfront = {
  id: 'cloudfront',
  settings: z.object({
    distribution: name('a distribution id').describe('The distribution id'),
    accessKeyId: secret('AWS_ACCESS_KEY_ID'),
    secretAccessKey: secret('AWS_SECRET_ACCESS_KEY'),
    sessionToken: secret('AWS_SESSION_TOKEN').describe('As ${ENV_NAME}; not needed where that variable is not set'),
    region: name('a region').default('us-east-1').describe('For the signature; another one only in China'),
    endpoint: endpoint('https://cloudfront.amazonaws.com'),
  }),
  // by tag only where the distribution names the field that holds them
  scopes: ['url', 'prefix', 'tag', 'all'],
  modes: 'hard',
  reach: 'layer',
  variants: 'all',
  atOnce: 3000,
  mostTags: 3000,
  settles: 5,
  source: 'https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html',
} satisfies PurgeKind;
