// What is answered to: what was recorded before? One line for each trace, and how one asks for fewer of them.
import { z } from 'zod';
import { percentiles } from './api-parts.ts';

const epoch = z.number().meta({ description: 'Seconds since the Unix epoch; fractions are kept.' });
const name = z.string().min(1).max(200);
const kind = z.enum(['trace', 'purge', 'wait', 'serve']);
const told = z.iso.datetime({ offset: true });

/** What one asks for a list; all of it must fit. */
export const tracesQuery = z
  .strictObject({
    kind: kind.optional(),
    target: name.optional(),
    layer: name.optional(),
    search: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'Text in its id, title, marker, targets, layers or causes; upper and lower case are one.' }),
    since: told.optional().meta({ description: 'Still going on, or recorded, at this instant or later.' }),
    until: told.optional().meta({ description: 'Begun at this instant or before.' }),
    limit: z
      .string()
      .regex(/^[1-9]\d{0,3}$/, 'must be a number from 1 to 9999')
      .optional()
      .meta({ description: 'The newest so many.' }),
  })
  .meta({ id: 'TracesQuery' });

export const tracesDocument = z
  .object({
    strata: z.literal(1),
    verb: z.literal('traces'),
    traces: z.array(
      z.object({
        id: z.string(),
        kind: kind.meta({ description: 'The command that recorded it; serve watches until it is stopped.' }),
        state: z
          .enum(['running', 'finished', 'interrupted'])
          .meta({ description: 'interrupted: who recorded it died; what is certain ends at interruptedAt.' }),
        startedAt: epoch,
        endedAt: epoch.optional(),
        interruptedAt: epoch.optional(),
        title: z.string().optional(),
        expect: z.string().optional(),
        targets: z.array(z.string()),
        layerIds: z.array(z.string()),
        observations: z.number().optional().meta({ description: 'Absent while another process still writes them.' }),
        events: z.number().optional(),
        deployedAt: epoch.optional().meta({ description: 'The last deploy that it knows of.' }),
        purgedAt: epoch.optional().meta({ description: 'When the last purge was sent.' }),
        purges: z.record(z.string(), z.number()).optional().meta({
          description: 'How many purges had which outcome; unknown: sent, or about to be, and never answered.',
        }),
        percentiles: percentiles.optional(),
        layers: z
          .array(z.object({ layer: z.string(), percentiles, seen: z.number(), of: z.number() }))
          .optional()
          .meta({ description: 'The same for each layer, and how many of its places were seen to turn.' }),
        turned: z
          .number()
          .optional()
          .meta({ description: 'Turns to the new version that were seen; 0: nothing changed.' }),
        notSeen: z.number().optional().meta({ description: 'Places on which the change was not seen.' }),
        causes: z.array(z.string()).optional().meta({ description: 'Ids of what was found.' }),
        requests: z.number().optional(),
      }),
    ),
    elsewhere: z
      .string()
      .optional()
      .meta({ description: 'What could not be read because somebody else writes there: one sentence.' }),
  })
  .meta({ id: 'TracesDocument' });

export const forgottenDocument = z
  .object({ strata: z.literal(1), verb: z.literal('forgotten'), trace: z.string() })
  .meta({ id: 'ForgottenDocument' });

export type TracesQuery = z.infer<typeof tracesQuery>;
export type TracesDocument = z.infer<typeof tracesDocument>;
export type ForgottenDocument = z.infer<typeof forgottenDocument>;
