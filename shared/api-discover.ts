// What is answered to: what stands in front of this page? A topology file in JSON, each of its claims, what is to be filled in.
import { z } from 'zod';
import { ABOUT } from './discover/claim.ts';
import { topologyFile } from './topology-schema.ts';
import { urlParts } from './url-parts.ts';

export const discoverRequest = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'must be a whole URL that begins with http:// or https://' })
      .max(8192)
      .refine((url) => urlParts(url)?.userinfo === undefined, 'holds credentials; take them out'),
    connections: z.number().int().min(1).max(64).optional().meta({ description: 'How many new ones; default 8.' }),
  })
  .meta({ id: 'DiscoverRequest' });

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

const writtenTopology = z
  .custom<z.input<typeof topologyFile>>((value) => topologyFile.safeParse(value).success)
  .meta({ type: 'object', description: 'A topology file, in JSON: strata.schema.json. It loads as it stands.' });

export const discoverDocument = z
  .object({
    strata: z.literal(1),
    verb: z.literal('discover'),
    at: z.iso.datetime(),
    url: z.string().meta({ description: 'Where the redirects end.' }),
    answers: z.number().int(),
    topology: writtenTopology,
    claims: z.array(claim),
    fillIn: z.array(fillIn),
  })
  .meta({ id: 'DiscoverDocument' });

export type DiscoverDocument = z.infer<typeof discoverDocument>;
export type DiscoverRequest = z.infer<typeof discoverRequest>;
