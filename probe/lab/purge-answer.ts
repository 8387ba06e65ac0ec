// What does a cache write into its answer to a PURGE, by which one sees that the product itself has answered?
import type { FieldLine } from '../../shared/http/fields.ts';

/** By dialect; the others say nothing of themselves. */
const SERVERS: Readonly<Record<string, string>> = {
  varnish: 'Varnish',
  nginx: 'nginx',
  squid: 'squid',
  trafficserver: 'ATS',
};

export interface PurgeWords {
  readonly fields: readonly FieldLine[];
  readonly body: string;
}

/** @param url what was to be forgotten; the modules of nginx name it */
export function purgeWords(dialect: string, removed: boolean, url: string): PurgeWords {
  const server = SERVERS[dialect];
  const fields: readonly FieldLine[] = server === undefined ? [] : [['Server', server]];
  if (!removed) return { fields, body: 'Nothing was stored.\n' };
  return { fields, body: dialect === 'nginx' ? `Successful purge\nKey : ${url}\n` : 'Purged.\n' };
}
