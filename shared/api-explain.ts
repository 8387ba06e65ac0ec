// What may be asked of explain, and what does it answer? The contract for programs.
import { z } from 'zod';
import { cacheStatus, seconds } from './api-parts.ts';
import { urlParts } from './url-parts.ts';

export const explainRequest = z
  .union(
    [
      z.strictObject({
        url: z
          .url({ protocol: /^https?$/, error: 'must be a whole URL that begins with http:// or https://' })
          .max(8192)
          .refine((url) => urlParts(url)?.userinfo === undefined, 'holds credentials; take them out'),
      }),
      z.strictObject({ har: z.looseObject({ log: z.looseObject({}) }) }),
    ],
    { error: 'must be { "url": "https://…" } or { "har": { … } }' },
  )
  .meta({ id: 'ExplainRequest', description: 'A URL to ask, or a HAR that was recorded elsewhere.' });

const explainedCache = z.object({
  dialect: z.string(),
  node: z.string().optional(),
  cacheStatus,
  age: seconds.optional(),
  hits: z.number().optional(),
  stale: z.boolean().optional().meta({ description: 'It answered with a copy that was no longer fresh.' }),
  replayed: z
    .literal(true)
    .optional()
    .meta({ description: 'It tells of the request that filled the store of a cache nearer to the client.' }),
  says: z.string().meta({ description: 'What it did with the request, in words.' }),
  freshFor: seconds.optional().meta({ description: 'Freshness left as it counts it; negative: expired so long ago.' }),
  place: z.string().optional().meta({ description: 'The point of presence, as the node sent it.' }),
  city: z
    .string()
    .optional()
    .meta({ description: 'The city of the point of presence; the country where only that is known.' }),
  frozenAge: seconds.optional().meta({ description: 'Age that it passes on as stored, without counting on.' }),
  made: z.enum(['error', 'answer']).optional().meta({ description: 'It wrote this answer itself.' }),
  notSeparable: z.string().optional().meta({ description: 'What the fields do not tell, and why.' }),
  by: z.string().meta({ description: 'The field that decided.' }),
  line: z.number().int().optional().meta({ description: 'The field line that decided, counted from 0.' }),
});
const note = z.object({
  id: z.string(),
  level: z.enum(['good', 'info', 'warning', 'bad']),
  summary: z.string().meta({ description: 'What was found here.' }),
  why: z.string().meta({ description: 'Why it matters.' }),
  remedy: z.string().meta({ description: 'What to do about it.' }),
  reference: z.string().meta({ description: 'The section of the standard, or the vendor’s page.' }),
  evidence: z.array(z.string()).optional().meta({ description: 'What was asked and answered to find out.' }),
});

export const explainDocument = z
  .object({
    strata: z.literal(1),
    verb: z.literal('explain'),
    responses: z.array(
      z.object({
        url: z.string(),
        status: z.number(),
        age: seconds.optional().meta({ description: 'Age as it was sent.' }),
        lifetime: z.object({ seconds, from: z.string() }).optional().meta({ description: 'For a shared cache.' }),
        freshFor: seconds.optional().meta({ description: 'What Age leaves of it; negative: expired so long ago.' }),
        caches: z.array(explainedCache).meta({ description: 'Outermost first.' }),
        notes: z.array(note),
        fields: z
          .array(z.tuple([z.string(), z.string()]))
          .optional()
          .meta({ description: 'As received, where asked for.' }),
      }),
    ),
    requests: z.number().int().optional().meta({ description: 'How many were sent.' }),
  })
  .meta({ id: 'ExplainDocument' });

export type ExplainRequest = z.infer<typeof explainRequest>;
export type ExplainDocument = z.infer<typeof explainDocument>;
