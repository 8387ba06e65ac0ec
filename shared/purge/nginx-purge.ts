// The purge modules of nginx: a method of its own, or GET to a path in front of the page's; one key, and so one variant.
import { z } from 'zod';
import { methodName, sentAlong } from '../topology-values.ts';
import type { PurgeKind } from './kind.ts';

export const nginxPurge = {
  id: 'nginx-purge',
  settings: z.object({
    location: z
      .string()
      .regex(/^\/[^\s?#]*[^\s?#/]$/, 'must be a path without a "/" at its end, such as "/purge"')
      .optional()
      .describe(
        "Ask GET of this path with the page's own behind it; absent: a request of the method below for the page",
      ),
    method: methodName.default('PURGE'),
    headers: sentAlong,
  }),
  scopes: ['url', 'prefix', 'host'],
  modes: 'hard',
  reach: 'node',
  variants: 'one',
  source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_purge',
} satisfies PurgeKind;
