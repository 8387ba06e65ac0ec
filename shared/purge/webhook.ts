// A purge that somebody else carries out: told to a URL of the operator's, as a signed JSON document.
import { z } from 'zod';
import { NO_VARIABLE, namesNoVariable, secret, type PurgeKind } from './kind.ts';

/** Signed by HMAC with SHA-256 over the timestamp, a full stop and the body, so that the receiver can refuse what is old. */
export const webhook = {
  id: 'webhook',
  settings: z.object({
    url: z
      .string()
      .regex(/^https?:\/\/[^\s#@]+$/, 'must be a URL without credentials or fragment')
      .refine(namesNoVariable, NO_VARIABLE)
      .describe('Who is told'),
    secret: secret('STRATA_WEBHOOK_SECRET').describe('What the signature is made with, as ${ENV_NAME}'),
  }),
  scopes: ['url', 'tag', 'prefix', 'host', 'all'],
  modes: 'either',
  reach: 'layer',
  variants: 'all',
  atOnce: 100,
  source: 'https://www.rfc-editor.org/rfc/rfc2104',
} satisfies PurgeKind;
