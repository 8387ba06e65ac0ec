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

const sinceStart = z
  .object({
    earliest: seconds,
    latest: seconds,
    likely: z
      .object({ earliest: seconds, latest: seconds })
      .optional()
      .meta({ description: 'Where in between, most likely (Turnbull).' }),
    band90: z.tuple([seconds, seconds]).optional().meta({ description: 'Of 90 in 100 repetitions with such places.' }),
  })
  .meta({ id: 'SinceStart', description: 'Seconds since the start event, certainly between the two.' });
export const percentiles = z
  .object({ p50: sinceStart.optional(), p90: sinceStart.optional(), p99: sinceStart.optional() })
  .meta({ id: 'Percentiles', description: 'Absent where so many places were not seen to arrive.' });
