// A purge that is a program of the operator's own, started without a shell.
import { z } from 'zod';
import { TEMPLATE_WORDS } from './http-purge.ts';
import { namesNoVariable, type PurgeKind } from './kind.ts';

const NAME = /^[A-Za-z_]\w*$/;

/** Exit code 0 says that it was taken; what the program needs from the environment is named, and it gets no more. */
export const command = {
  id: 'command',
  settings: z.object({
    run: z
      .array(
        z
          .string()
          .refine(namesNoVariable, 'may not refer to the environment: name the variable in env, and read it there'),
      )
      .refine(([program]) => program !== undefined && program !== '', 'is empty; write the program and its arguments')
      .describe(
        `The program and its arguments, without a shell; they may hold ${TEMPLATE_WORDS.map((w) => `{${w}}`).join(', ')}; a path counts from where strata runs`,
      ),
    env: z
      .array(z.string().regex(NAME, 'must be the name of an environment variable'))
      .default([])
      .describe('Names of the environment variables that it gets, beside PATH'),
  }),
  scopes: ['url', 'tag', 'prefix', 'host', 'all'],
  modes: 'either',
  reach: 'layer',
  variants: 'all',
  source: 'https://nodejs.org/api/child_process.html#child_processspawncommand-args-options',
} satisfies PurgeKind;
