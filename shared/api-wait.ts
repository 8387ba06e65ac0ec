// What does `strata wait` answer? The trace, and beside it a verdict with a line for each place.
import { z } from 'zod';
import { traceDocument } from './api.ts';
import { seconds } from './api-parts.ts';

const standing = z
  .object({
    layer: z.string(),
    node: z.string(),
    target: z.string(),
    variant: z.string(),
    origin: z.boolean().optional().meta({ description: 'It makes the page; absent for caches.' }),
    shows: z.enum(['new', 'old', 'other', 'unsettled', 'unknown']).meta({
      description:
        'unsettled: the new version, but not yet often enough in a row where it had gone back to the old one (twice) or several caches answer (8 times); unknown: it never answered with content.',
    }),
    content: z
      .string()
      .optional()
      .meta({ description: 'The marker that it shows, or the digest where it shows none.' }),
    visibleAfter: z
      .object({ earliest: seconds, latest: seconds })
      .optional()
      .meta({ description: 'Seconds from startedAt to its turn to the new version, certainly between the two.' }),
    cause: z.string().optional().meta({ description: 'Id of the most likely cause that it does not show it.' }),
    because: z.string().meta({ description: 'One sentence.' }),
  })
  .meta({ id: 'Standing' });

const { verb: _verb, ...trace } = traceDocument.shape;

export const waitDocument = z
  .object({
    ...trace,
    verb: z.literal('wait'),
    verdict: z.enum(['visible', 'not-visible', 'origin-not-ready', 'bad-check', 'cannot-tell']),
    sentence: z.string().meta({ description: 'The verdict for a person; names layer, node and cause.' }),
    waited: seconds.meta({ description: 'How long the command waited, in seconds.' }),
    warnings: z.array(z.string()),
    places: z.array(standing).meta({ description: 'Every node, target and variant that was waited for.' }),
  })
  .meta({ id: 'WaitDocument' });

export type WaitDocument = z.infer<typeof waitDocument>;
/** One node, target and variant, and what it shows at the end. */
export type Standing = WaitDocument['places'][number];
