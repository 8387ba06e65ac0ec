// How is Cloudflare asked to purge? By its API, one zone at a time: URLs, tags, prefixes, hosts, or everything.
import { z } from 'zod';
import { cloudflare as kind } from '../../shared/purge/cloudflare.ts';
import { apiAnswer, JSON_FIELDS, jsonIn } from './api-answer.ts';
import { filled, secretsIn } from './credentials.ts';
import { type Env, type Page, type PurgeStep, purgerFor } from './purger.ts';

type Settings = z.output<typeof kind.settings>;

const taken = z.object({ success: z.literal(true), result: z.object({ id: z.string() }).nullish() });
const turnedAway = z.object({
  success: z.literal(false),
  errors: z.array(z.object({ code: z.number().optional(), message: z.string() })),
});

export const cloudflare = purgerFor(kind, {
  shown: (step, settings) => ({ method: 'POST', url: urlOf(step, settings) }),
  endpoints: (settings) => [settings.endpoint],
  message(step, settings, { env }) {
    const token = filled(step, 'token', settings.token, env);
    const fromPages = step.pages.flatMap((page) => Object.values(page.headers));
    return {
      over: 'http',
      method: 'POST',
      url: urlOf(step, settings),
      address: settings.endpoint,
      headers: [...JSON_FIELDS, ['authorization', `Bearer ${token}`]],
      body: JSON.stringify(bodyOf(step, env)),
      secrets: secretsIn([settings.token, ...fromPages], env),
    };
  },
  read(reply) {
    const wrong = jsonIn(reply, turnedAway)?.errors.map((e) => (e.code === undefined ? '' : `${e.code} `) + e.message);
    const ok = jsonIn(reply, taken);
    return apiAnswer(reply, { taken: ok !== undefined, id: ok?.result?.id, words: wrong?.join('; ') });
  },
});

const urlOf = ({ purge }: PurgeStep, { endpoint, zone }: Settings): string =>
  `${endpoint}/client/v4/zones/${zone}/${purge.soft ? 'invalidate_cache' : 'purge_cache'}`;

function bodyOf(step: PurgeStep, env: Env): unknown {
  const { pages, purge } = step;
  const { host } = new URL(pages[0].target.url);
  switch (purge.scope) {
    case 'url': {
      const files = pages.map((page) => fileOf(step, page, env));
      // variants that Cloudflare does not tell apart are one file
      return { files: [...new Map(files.map((file) => [JSON.stringify(file), file])).values()] };
    }
    case 'tag':
      return { tags: purge.tags };
    case 'prefix':
      return { prefixes: [`${host}${purge.prefix ?? '/'}`] };
    case 'host':
      return { hosts: [host] };
    case 'all':
      return { purge_everything: true };
  }
}

/** The request fields that a cache key may hold and a purge may name. */
const OF_THE_KEY = new Set(['origin', 'cf-ipcountry', 'cf-device-type', 'accept-language']);

function fileOf(step: PurgeStep, { target, headers }: Page, env: Env): unknown {
  const url = new URL(target.url).href;
  const named = Object.entries(headers).filter(([name]) => OF_THE_KEY.has(name.toLowerCase()));
  if (named.length === 0) return url;
  const fields = named.map(([name, written]) => [name, filled(step, `header ${name}`, written, env)]);
  return { url, headers: Object.fromEntries(fields) as Record<string, string> };
}
