// How is Bunny asked to purge? By its API: one URL, whatever begins with one, what has a tag, or a whole pull zone.
import { z } from 'zod';
import { bunny as kind } from '../../shared/purge/bunny.ts';
import { apiAnswer, JSON_FIELDS, jsonIn } from './api-answer.ts';
import { filled, secretsIn } from './credentials.ts';
import { httpReply } from './http-answer.ts';
import { type PurgeStep, purgerFor } from './purger.ts';

type Settings = z.output<typeof kind.settings>;

const fault = z.object({ Message: z.string() });

export const bunny = purgerFor(kind, {
  shown: (step, settings) => ({ method: 'POST', url: urlOf(step, settings) }),
  endpoints: (settings) => [settings.endpoint],
  message: (step, settings, { env }) => ({
    over: 'http',
    method: 'POST',
    url: urlOf(step, settings),
    address: settings.endpoint,
    headers: [...JSON_FIELDS, ['accesskey', filled(step, 'token', settings.token, env)]],
    ...(step.purge.scope === 'tag' && { body: JSON.stringify({ CacheTag: step.purge.tags[0] }) }),
    secrets: secretsIn([settings.token], env),
  }),
  read(reply) {
    // success has no content that could be known again: 204, or 200 with nothing in it
    const { status, text } = httpReply(reply);
    return apiAnswer(reply, {
      taken: status === 204 || (status === 200 && text.trim() === ''),
      words: jsonIn(reply, fault)?.Message,
    });
  },
});

function urlOf({ pages: [page], purge }: PurgeStep, { endpoint, pullZone }: Settings): string {
  if (purge.scope === 'tag' || purge.scope === 'all') return `${endpoint}/pullzone/${pullZone}/purgeCache`;
  const url = new URL(page.target.url);
  const named = purge.scope === 'url' ? url.href : `${url.origin}${purge.prefix ?? '/'}*`;
  const exact = purge.scope === 'url' ? '&exactPath=true' : '';
  return `${endpoint}/purge?url=${encodeURIComponent(named)}&async=false${exact}`;
}
