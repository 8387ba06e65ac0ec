// How is Souin asked to purge? By its API on each node: keys by a regular expression, surrogate keys, a prefix, or all.
import type { z } from 'zod';
import type { FieldLine } from '../../shared/http/fields.ts';
import { souin as kind } from '../../shared/purge/souin.ts';
import { bearerOf } from './bearer.ts';
import { httpAnswer, httpReply } from './http-answer.ts';
import { type HttpMessage, type PurgeStep, purgerFor } from './purger.ts';

type Settings = z.output<typeof kind.settings>;

export const souin = purgerFor(kind, {
  shown: (step, settings) => requestOf(step, settings),
  tellsMethod: () => true,
  message(step, settings, moment): HttpMessage {
    const login = settings.token === undefined ? undefined : bearerOf(step, settings.token, moment);
    const { method, url } = requestOf(step, settings);
    const fields: FieldLine[] = login === undefined ? [] : [login.field];
    if (step.purge.scope === 'tag') fields.push(['surrogate-key', step.purge.tags.join(', ')]);
    const body = bodyOf(step);
    if (body !== undefined) fields.push(['content-type', 'application/json']);
    return {
      over: 'http',
      method,
      url,
      address: nodeOf(step),
      headers: fields,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      secrets: login?.secrets ?? [],
    };
  },
  read(reply) {
    // 404 is of a route that is not there, never of a key that is not
    const { status } = httpReply(reply);
    if (status !== 404) return httpAnswer(reply);
    return {
      outcome: 'refused',
      summary: 'It answered 404: its API does not listen there; look at api in the topology.',
    };
  },
});

const nodeOf = ({ node, layer }: PurgeStep): string => (node ?? layer.nodes[0])?.address ?? '';

function requestOf(step: PurgeStep, { api }: Settings): { method: string; url: string } {
  const { scope, soft } = step.purge;
  const base = `${nodeOf(step)}${api}`;
  if (scope === 'tag') return { method: 'PURGE', url: base };
  if (scope === 'all') return { method: 'PURGE', url: `${base}/flush` };
  if (scope === 'prefix' || soft) return { method: 'POST', url: base };
  return { method: 'PURGE', url: `${base}/${encodeURIComponent(keyPattern(step))}` };
}

/** All keys of this page and method, whatever the scheme and the variant. */
function keyPattern({ pages: [page] }: PurgeStep): string {
  const { host, pathname, search } = new URL(page.target.url);
  return `^${page.method}-(https?-)?${quoted(`${host}-${pathname}${search}`)}(-|$)`;
}

const quoted = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

function bodyOf({ pages: [page], purge }: PurgeStep): unknown {
  const { pathname, search } = new URL(page.target.url);
  if (purge.scope === 'prefix') {
    return { type: 'uri-prefix', selectors: [purge.prefix ?? '/'], purge: !purge.soft };
  }
  return purge.soft && purge.scope === 'url'
    ? { type: 'uri', selectors: [`${pathname}${search}`], purge: false }
    : undefined;
}
