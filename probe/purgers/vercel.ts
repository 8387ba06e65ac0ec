// How is Vercel asked to purge? By its API: what has one of some tags becomes stale (soft), or is deleted.
import { z } from 'zod';
import { vercel as kind } from '../../shared/purge/vercel.ts';
import { apiAnswer, JSON_FIELDS, jsonIn } from './api-answer.ts';
import { bearerOf } from './bearer.ts';
import { httpReply } from './http-answer.ts';
import { type PurgeStep, purgerFor } from './purger.ts';

type Settings = z.output<typeof kind.settings>;

const fault = z.object({ error: z.object({ message: z.string() }) });

export const vercel = purgerFor(kind, {
  shown: (step, settings) => ({ method: 'POST', url: urlOf(step, settings) }),
  endpoints: (settings) => [settings.endpoint],
  message(step, settings, moment) {
    const { field, secrets } = bearerOf(step, settings.token, moment);
    const { environment } = settings;
    return {
      over: 'http',
      method: 'POST',
      url: urlOf(step, settings),
      address: settings.endpoint,
      headers: [...JSON_FIELDS, field],
      body: JSON.stringify({ tags: step.purge.tags, ...(environment !== undefined && { target: environment }) }),
      secrets,
    };
  },
  read(reply) {
    // 200 with content of no documented form: a page of HTML is not from the API, JSON or nothing may be
    const { text } = httpReply(reply);
    const words = jsonIn(reply, fault)?.error.message;
    const taken = words === undefined && (text.trim() === '' || jsonIn(reply, z.unknown()) !== undefined);
    return apiAnswer(reply, { taken, words });
  },
});

function urlOf({ purge }: PurgeStep, { endpoint, project, team }: Settings): string {
  const verb = purge.soft ? 'invalidate-by-tags' : 'dangerously-delete-by-tags';
  const query = new URLSearchParams({ projectIdOrName: project, ...(team !== undefined && { teamId: team }) });
  return `${endpoint}/v1/edge-cache/${verb}?${query.toString()}`;
}
