// Surrogate keys at Varnish: the xkey module forgets everything that was stored under a key, or makes it stale.
import { z } from 'zod';
import { headerName, methodName, sentAlong } from '../topology-values.ts';
import type { PurgeKind } from './kind.ts';

export const varnishXkey = {
  id: 'varnish-xkey',
  settings: z.object({
    method: methodName.default('PURGEKEYS'),
    hardHeader: headerName.default('xkey-purge').describe('The header in which its VCL expects the keys that go'),
    softHeader: headerName
      .default('xkey-softpurge')
      .describe('The header in which its VCL expects the keys that become stale'),
    headers: sentAlong,
  }),
  scopes: ['tag'],
  modes: 'either',
  reach: 'node',
  variants: 'all',
  source: 'https://github.com/varnish/varnish-modules/blob/master/src/vmod_xkey.vcc',
} satisfies PurgeKind;
