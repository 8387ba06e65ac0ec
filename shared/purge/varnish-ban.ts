// A ban: Varnish is given patterns, and lets go of what matches them and was stored before.
import { z } from 'zod';
import { headerName, methodName, sentAlong } from '../topology-values.ts';
import type { PurgeKind } from './kind.ts';

export const varnishBan = {
  id: 'varnish-ban',
  settings: z.object({
    method: methodName.default('BAN'),
    hostHeader: headerName.default('x-host').describe('The header in which its VCL expects the pattern for the host'),
    urlHeader: headerName
      .default('x-url')
      .describe('The header in which its VCL expects the pattern for path and query'),
    tagHeader: headerName
      .default('x-cache-tags')
      .describe('The header in which its VCL expects the pattern for the tags'),
    headers: sentAlong,
  }),
  scopes: ['url', 'tag', 'prefix', 'host', 'all'],
  modes: 'hard',
  reach: 'node',
  variants: 'all',
  source: 'https://varnish-cache.org/docs/trunk/users-guide/purging.html',
} satisfies PurgeKind;
