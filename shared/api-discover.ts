// What is answered to: what stands in front of this page? A topology file in JSON, each of its claims, what is to be filled in.
import { z } from 'zod';
import { ABOUT } from './discover/claim.ts';
import { topologyFile } from './topology-schema.ts';

const claim = z
  .object({
    layer: z.string().optional().meta({ description: 'Absent: the whole way, or the page.' }),
    about: z.enum(ABOUT).meta({ description: 'The place in the topology file that it is about.' }),
    node: z.string().optional(),
    what: z.string(),
    kind: z.enum(['measured', 'guessed']),
    because: z.string(),
    line: z.string().optional().meta({ description: 'The field line that it rests on, as received.' }),
  })
  .meta({ id: 'Claim' });
const fillIn = z
  .object({
    layer: z.string().optional(),
    node: z.string().optional(),
    about: z.enum(ABOUT),
    write: z.string().meta({ description: 'The line as it would stand in the file.' }),
    remedy: z.string().meta({ description: 'What to put there, and how one finds out.' }),
  })
  .meta({ id: 'FillIn' });

export const discoverDocument = z
  .object({
    strata: z.literal(1),
    verb: z.literal('discover'),
    at: z.iso.datetime(),
    url: z.string().meta({ description: 'Where the redirects end.' }),
    answers: z.number().int(),
    topology: topologyFile.meta({ description: 'A topology file, in JSON; it loads as it stands.' }),
    claims: z.array(claim),
    fillIn: z.array(fillIn),
  })
  .meta({ id: 'DiscoverDocument' });

/** Its topology as it is written: what a default fills in may be left out. */
export type DiscoverDocument = z.input<typeof discoverDocument>;
