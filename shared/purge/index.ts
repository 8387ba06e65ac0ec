// Which ways to purge are there, and what can each do? To add one: a file here, a file in probe/purgers, a line in both lists.
import { z } from 'zod';
import { secondsOf } from '../duration.ts';
import type { PurgeConfig } from '../topology.ts';
import { akamai } from './akamai.ts';
import { azure } from './azure.ts';
import { cloudflare } from './cloudflare.ts';
import { cloudfront } from './cloudfront.ts';
import { fastly } from './fastly.ts';
import { google } from './google.ts';
import { httpPurge } from './http-purge.ts';
import { htcp } from './htcp.ts';
import { nginxPurge } from './nginx-purge.ts';
import { varnishBan } from './varnish-ban.ts';
import { varnishXkey } from './varnish-xkey.ts';
import { bunny } from './bunny.ts';
import { command } from './command.ts';
import { keycdn } from './keycdn.ts';
import { mediawiki } from './mediawiki.ts';
import { netlify } from './netlify.ts';
import { souin } from './souin.ts';
import { vercel } from './vercel.ts';
import { webhook } from './webhook.ts';
import { purgeSchema, type PurgeKind } from './kind.ts';

export const purgeKinds: readonly PurgeKind[] = [
  httpPurge,
  varnishBan,
  varnishXkey,
  nginxPurge,
  htcp,
  akamai,
  azure,
  cloudflare,
  cloudfront,
  fastly,
  google,
  bunny,
  keycdn,
  netlify,
  vercel,
  mediawiki,
  souin,
  command,
  webhook,
];

/** `purge:` as it may stand in the file. */
export const purge = z
  .discriminatedUnion('by', [
    purgeSchema(httpPurge),
    purgeSchema(varnishBan),
    purgeSchema(varnishXkey),
    purgeSchema(nginxPurge),
    purgeSchema(htcp),
    purgeSchema(akamai),
    purgeSchema(azure),
    purgeSchema(cloudflare),
    purgeSchema(cloudfront),
    purgeSchema(fastly),
    purgeSchema(google),
    purgeSchema(bunny),
    purgeSchema(keycdn),
    purgeSchema(netlify),
    purgeSchema(vercel),
    purgeSchema(mediawiki),
    purgeSchema(souin),
    purgeSchema(command),
    purgeSchema(webhook),
  ])
  .describe(`How to ask it to forget; by: ${purgeKinds.map((k) => k.id).join(', ')}`);

/** The kind that `purge.by` names; the schema lets no other word through. */
export function purgeKind(by: string): PurgeKind {
  const kind = purgeKinds.find((k) => k.id === by);
  if (kind === undefined) throw new Error(`no kind of purge is called ${by}`);
  return kind;
}

/** What was written, as every other part reads it: durations in seconds, what only this kind has under `settings`. */
export function purgeConfig(written: z.output<typeof purge>): PurgeConfig {
  const { by, scope, soft, tags, prefix, wait, rebound, ...settings } = written;
  return {
    by,
    scope,
    soft,
    tags,
    ...(prefix !== undefined && { prefix }),
    ...(wait !== undefined && { wait: secondsOf(wait) }),
    ...(rebound !== undefined && { rebound: secondsOf(rebound) }),
    settings,
  };
}

/** The same from what stands in a file, defaults left out. @throws ZodError for what the schema does not let through */
export const readPurge = (raw: z.input<typeof purge>): PurgeConfig => purgeConfig(purge.parse(raw));
