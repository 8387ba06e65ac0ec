// How is Fastly asked to purge? By its API: a URL, up to 256 surrogate keys, or everything of a service.
import { z } from 'zod';
import type { FieldLine } from '../../shared/http/fields.ts';
import { fastly as kind } from '../../shared/purge/fastly.ts';
import { apiAnswer, JSON_FIELDS, jsonIn } from './api-answer.ts';
import { filled, secretsIn } from './credentials.ts';
import { type PurgeStep, purgerFor } from './purger.ts';

type Settings = z.output<typeof kind.settings>;

const single = z.object({ status: z.literal('ok'), id: z.string().optional() });
/** Each key with an id of its own. */
const batch = z.record(z.string(), z.string().regex(/^[\w.-]+$/));
const fault = z.object({ msg: z.string(), detail: z.string().nullish() });

export const fastly = purgerFor(kind, {
  shown: (step, settings) => ({ method: 'POST', url: urlOf(step, settings) }),
  endpoints: (settings) => [settings.endpoint],
  message(step, settings, { env }) {
    const token = filled(step, 'token', settings.token, env);
    const headers: FieldLine[] = [...JSON_FIELDS, ['fastly-key', token]];
    if (step.purge.soft) headers.push(['fastly-soft-purge', '1']);
    return {
      over: 'http',
      method: 'POST',
      url: urlOf(step, settings),
      address: settings.endpoint,
      headers,
      ...(step.purge.scope === 'tag' && { body: JSON.stringify({ surrogate_keys: step.purge.tags }) }),
      secrets: secretsIn([settings.token], env),
    };
  },
  read(reply, { purge }) {
    const wrong = jsonIn(reply, fault);
    const words = wrong && [wrong.msg, wrong.detail ?? ''].join(' ');
    if (purge.scope !== 'tag') {
      const ok = jsonIn(reply, single);
      return apiAnswer(reply, { taken: ok !== undefined, id: ok?.id, words });
    }
    const ids = jsonIn(reply, batch) ?? {};
    const taken = wrong === undefined && purge.tags.every((tag) => Object.hasOwn(ids, tag));
    return apiAnswer(reply, { taken, id: purge.tags.map((tag) => ids[tag] ?? '').join(','), words });
  },
});

function urlOf({ pages: [page], purge }: PurgeStep, { endpoint, service }: Settings): string {
  const { host, pathname, search } = new URL(page.target.url);
  switch (purge.scope) {
    case 'tag':
      return `${endpoint}/service/${service}/purge`;
    case 'all':
      return `${endpoint}/service/${service}/purge_all`;
    default:
      return `${endpoint}/purge/${host}${pathname}${search}`;
  }
}
