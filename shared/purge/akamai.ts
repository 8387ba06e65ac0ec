// What can be purged at Akamai by Fast Purge, and what has to be known for it?
import { z } from 'zod';
import { endpoint, secret, type PurgeKind } from './kind.ts';

/** A request holds at most 50,000 bytes. Its API has no word for done, so a purge stays accepted. */
export const akamai = {
  id: 'akamai',
  settings: z.object({
    endpoint: endpoint('').unwrap().describe('The host of the API client: "https://akab-….luna.akamaiapis.net"'),
    clientToken: secret('AKAMAI_CLIENT_TOKEN'),
    clientSecret: secret('AKAMAI_CLIENT_SECRET'),
    accessToken: secret('AKAMAI_ACCESS_TOKEN'),
    network: z.enum(['production', 'staging']).default('production'),
    cpcodes: z.array(z.int().positive()).default([]).describe('With scope: all, the CP codes that hold the site'),
  }),
  scopes: ['url', 'tag', 'all'],
  modes: 'either',
  reach: 'layer',
  variants: 'all',
  atOnce: 10_000,
  // what is left of the body for the objects
  atOnceBytes: 49_900,
  mostTags: 300,
  rate: 50,
  settles: 5,
  fault: ({ scope, cpcodes }) =>
    scope === 'all' && (!Array.isArray(cpcodes) || cpcodes.length === 0)
      ? { key: 'cpcodes', message: 'is missing: scope: all needs the CP codes that hold the site' }
      : undefined,
  source: 'https://techdocs.akamai.com/purge-cache/reference/api',
} satisfies PurgeKind;
