// How is Akamai asked to purge? By Fast Purge (CCU v3), signed by EdgeGrid: URLs, cache tags, or CP codes.
import { z } from 'zod';
import { akamai as kind } from '../../shared/purge/akamai.ts';
import { apiAnswer, JSON_FIELDS, jsonIn } from './api-answer.ts';
import { filled, secretsIn } from './credentials.ts';
import { httpReply } from './http-answer.ts';
import { type PurgeStep, purgerFor } from './purger.ts';
import { edgeGrid } from './sign/edgegrid.ts';

type Settings = z.output<typeof kind.settings>;

const taken = z.object({ httpStatus: z.literal(201), purgeId: z.string() });
const problem = z.object({ httpStatus: z.number().min(400), title: z.string(), detail: z.string().nullish() });

/** Seconds that it wants to be left alone once it was asked too often; its answer names none. */
const AFTER_TOO_MANY = 5;

export const akamai = purgerFor(kind, {
  shown: (step, settings) => ({ method: 'POST', url: urlOf(step, settings) }),
  endpoints: (settings) => [settings.endpoint],
  message(step, settings, { env, nonce, now }) {
    const { clientToken, clientSecret, accessToken } = settings;
    const credentials = {
      clientToken: filled(step, 'client token', clientToken, env),
      clientSecret: filled(step, 'client secret', clientSecret, env),
      accessToken: filled(step, 'access token', accessToken, env),
    };
    const request = {
      method: 'POST',
      url: urlOf(step, settings),
      body: JSON.stringify({ objects: objectsOf(step, settings) }),
    };
    return {
      over: 'http',
      ...request,
      address: settings.endpoint,
      headers: [...JSON_FIELDS, ['authorization', edgeGrid(request, credentials, nonce, now)]],
      secrets: secretsIn([clientToken, clientSecret, accessToken], env),
    };
  },
  read(reply) {
    const ok = jsonIn(reply, taken);
    const wrong = jsonIn(reply, problem);
    const words = wrong && [wrong.title, wrong.detail ?? ''].join('. ');
    const wait = httpReply(reply).status === 429 ? { wait: AFTER_TOO_MANY } : {};
    return apiAnswer(reply, { taken: ok !== undefined, id: ok?.purgeId, words, ...wait });
  },
});

function urlOf({ purge }: PurgeStep, { endpoint, network }: Settings): string {
  const what = { url: 'url', tag: 'tag', all: 'cpcode', prefix: 'url', host: 'url' }[purge.scope];
  return `${endpoint}/ccu/v3/${purge.soft ? 'invalidate' : 'delete'}/${what}/${network}`;
}

function objectsOf({ pages, purge }: PurgeStep, { cpcodes }: Settings): readonly (string | number)[] {
  if (purge.scope === 'tag') return purge.tags;
  if (purge.scope === 'all') return cpcodes;
  // as it is asked for: it takes ASCII only
  return [...new Set(pages.map(({ target }) => new URL(target.url).href))];
}
