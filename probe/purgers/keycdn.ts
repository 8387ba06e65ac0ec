// How is KeyCDN asked to purge? By its API, one zone at a time: URLs, tags, or everything.
import { z } from 'zod';
import { keycdn as kind } from '../../shared/purge/keycdn.ts';
import { apiAnswer, JSON_FIELDS, jsonIn } from './api-answer.ts';
import { filled, secretsIn } from './credentials.ts';
import { type PurgeStep, purgerFor } from './purger.ts';

type Settings = z.output<typeof kind.settings>;

const answer = z.object({ status: z.enum(['success', 'error']), description: z.string().optional() });

export const keycdn = purgerFor(kind, {
  shown: (step, settings) => ({ method: methodOf(step), url: urlOf(step, settings) }),
  endpoints: (settings) => [settings.endpoint],
  message(step, settings, { env }) {
    const key = filled(step, 'key', settings.key, env);
    // the key is the user, and there is no password (RFC 7617)
    const basic = Buffer.from(`${key}:`).toString('base64');
    const body = bodyOf(step, settings);
    return {
      over: 'http',
      method: methodOf(step),
      url: urlOf(step, settings),
      address: settings.endpoint,
      headers: [...JSON_FIELDS, ['authorization', `Basic ${basic}`]],
      ...(body !== undefined && { body: JSON.stringify(body) }),
      secrets: [...secretsIn([settings.key], env), basic],
    };
  },
  read(reply) {
    const said = jsonIn(reply, answer);
    const words = said?.status === 'error' ? said.description : undefined;
    return apiAnswer(reply, { taken: said?.status === 'success', words });
  },
});

const methodOf = ({ purge }: PurgeStep): string => (purge.scope === 'all' ? 'GET' : 'DELETE');

const VERBS = { url: 'purgeurl', tag: 'purgetag', all: 'purge' } as const;

function urlOf({ purge: { scope } }: PurgeStep, { endpoint, zone }: Settings): string {
  const verb = scope === 'url' || scope === 'tag' ? VERBS[scope] : VERBS.all;
  return `${endpoint}/zones/${verb}/${zone}.json`;
}

/** URLs are named without their scheme. */
function bodyOf({ pages, purge }: PurgeStep, settings: Settings): unknown {
  if (purge.scope === 'tag') return { tags: purge.tags };
  if (purge.scope === 'all') return undefined;
  const urls = pages.map(({ target }) => {
    const { host, pathname, search } = new URL(target.url);
    return `${settings.host ?? host}${pathname}${search}`;
  });
  return { urls: [...new Set(urls)] };
}
