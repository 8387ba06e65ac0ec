// How is Netlify asked to purge? By its API: what has one of some tags, or all of a site.
import { z } from 'zod';
import { netlify as kind } from '../../shared/purge/netlify.ts';
import { apiAnswer, JSON_FIELDS, jsonIn } from './api-answer.ts';
import { bearerOf } from './bearer.ts';
import { httpReply } from './http-answer.ts';
import { purgerFor } from './purger.ts';

const fault = z.object({ message: z.string() });

export const netlify = purgerFor(kind, {
  shown: (_, { endpoint }) => ({ method: 'POST', url: `${endpoint}/api/v1/purge` }),
  endpoints: (settings) => [settings.endpoint],
  message(step, { site, deployAlias, token, endpoint }, moment) {
    const { field, secrets } = bearerOf(step, token, moment);
    return {
      over: 'http',
      method: 'POST',
      url: `${endpoint}/api/v1/purge`,
      address: endpoint,
      headers: [...JSON_FIELDS, field],
      body: JSON.stringify({
        site_id: site,
        ...(deployAlias !== undefined && { deploy_alias: deployAlias }),
        ...(step.purge.scope === 'tag' && { cache_tags: step.purge.tags }),
      }),
      secrets,
    };
  },
  read(reply) {
    // 202, and nothing that could be known again
    const { status, text } = httpReply(reply);
    const taken = status === 202 || ((status === 200 || status === 204) && text.trim() === '');
    return apiAnswer(reply, { taken, words: jsonIn(reply, fault)?.message });
  },
});
