// A datagram that asks a Squid, or what listens to MediaWiki, to clear one URL: HTCP CLR.
import { z } from 'zod';
import type { PurgeKind } from './kind.ts';

export const htcp = {
  id: 'htcp',
  settings: z.object({
    port: z.int().min(1).max(65_535).default(4827).describe('The UDP port on which each node listens'),
    minor: z
      .literal([0, 1])
      .default(1)
      .describe('1: the bits as in RFC 2756; 0: as MediaWiki and Squids of old order them'),
    reply: z.boolean().default(true).describe('Ask for a reply; without one a lost datagram is never noticed'),
    keyedAs: z
      .string()
      .regex(/^https?:\/\/[^/?#\s]+$/, 'must be scheme and host only, such as "http://shop.example"')
      .optional()
      .describe("Scheme and host under which the cache keeps the page, where they are not the target's"),
  }),
  scopes: ['url'],
  modes: 'hard',
  reach: 'node',
  variants: 'one',
  source: 'https://www.rfc-editor.org/rfc/rfc2756',
} satisfies PurgeKind;
