// Which ways to purge can be sent? To add one: its kind in shared/purge, a file beside this, a line here.
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
import type { Purger } from './purger.ts';

export const purgers: readonly Purger[] = [
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

/** The purger that a topology's `purge.by` names; the schema lets no other word through. */
export function purgerOf(by: string): Purger {
  const purger = purgers.find((p) => p.kind.id === by);
  if (purger === undefined) throw new Error(`no purger is called ${by}`);
  return purger;
}
