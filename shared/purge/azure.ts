// What can be purged at Azure Front Door (Standard, Premium), and what has to be known for it?
import { z } from 'zod';
import { endpoint, name, secret, type PurgeKind } from './kind.ts';

const client = z
  .strictObject({
    tenant: z.string().default('${AZURE_TENANT_ID}'),
    id: z.string().default('${AZURE_CLIENT_ID}'),
    secret: secret('AZURE_CLIENT_SECRET'),
  })
  .describe('Instead of a token: the credentials of an application, each as ${ENV_NAME}');

/**
 * Paths are compared without their query and without regard to case. How many paths a request may name is not documented:
 * fifty are sent. It may take ten minutes.
 */
export const azure = {
  id: 'azure',
  settings: z.object({
    subscription: name('a subscription id').describe('The subscription id'),
    resourceGroup: z
      .string()
      .regex(/^(?!\.+$)[-\w.()]{1,90}$/, 'must be the name of a resource group')
      .describe('The resource group'),
    profile: name('the name of a Front Door profile').describe('The Front Door profile'),
    frontDoor: name('the name of an endpoint of the profile').describe('The endpoint of that profile'),
    token: secret('AZURE_ACCESS_TOKEN').describe('An access token, as ${ENV_NAME}'),
    client: client.optional(),
    endpoint: endpoint('https://management.azure.com'),
    loginEndpoint: endpoint('https://login.microsoftonline.com').describe('Where an application gets its token'),
  }),
  scopes: ['url', 'prefix', 'host', 'all'],
  modes: 'hard',
  reach: 'layer',
  variants: 'all',
  atOnce: 50,
  settles: 600,
  fault: ({ scope, prefix }) =>
    scope === 'prefix' && prefix?.endsWith('/') === false
      ? { key: 'prefix', message: 'must end with "/": it takes whole folders only' }
      : undefined,
  source: 'https://learn.microsoft.com/en-us/azure/frontdoor/cache-purge',
} satisfies PurgeKind;
