// Which shapes do several documents of the API have in common?
import { z } from 'zod';

export const seconds = z.number().meta({ description: 'Seconds.' });

/** What one cache did (RFC 9211). */
export const cacheStatus = z
  .object({
    hit: z.boolean().optional(),
    fwd: z.enum(['bypass', 'method', 'uri-miss', 'vary-miss', 'miss', 'request', 'stale', 'partial']).optional(),
    fwdStatus: z.number().optional(),
    ttl: seconds.optional(),
    stored: z.boolean().optional(),
    collapsed: z.boolean().optional(),
    key: z.string().optional(),
    detail: z.string().optional(),
  })
  .meta({ id: 'CacheStatus', description: 'RFC 9211.' });
