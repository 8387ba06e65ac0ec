// How is Azure Front Door asked to purge? Through Azure Resource Manager; its operation can be asked whether it is done.
import { z } from 'zod';
import { azure as kind } from '../../shared/purge/azure.ts';
import { apiAnswer, JSON_FIELDS, jsonIn } from './api-answer.ts';
import { bearerOf, formMessage, tokenIn } from './bearer.ts';
import { filled, secretsIn } from './credentials.ts';
import { httpReply } from './http-answer.ts';
import { type HttpMessage, type HttpReply, type Moment, type PurgeStep, purgerFor } from './purger.ts';

type Settings = z.output<typeof kind.settings>;
type Client = NonNullable<Settings['client']>;

const VERSION = '2025-04-15';

/** Seconds between two questions: it may take ten minutes. */
const EVERY = 10;

const turnedAway = z.object({ error: z.object({ code: z.string().optional(), message: z.string() }) });
const operation = z.object({ status: z.string() });

export const azure = purgerFor(kind, {
  shown: (_, settings) => ({ method: 'POST', url: urlOf(settings) }),
  endpoints: (settings) => [settings.endpoint, settings.loginEndpoint],
  message: (step, settings, moment) => ({
    ...authorized(step, settings, moment),
    method: 'POST',
    url: urlOf(settings),
    body: JSON.stringify(contentOf(step)),
  }),
  read(reply) {
    const wrong = jsonIn(reply, turnedAway)?.error;
    const words = wrong && [wrong.code ?? '', wrong.message].filter((w) => w !== '').join(': ');
    const { status, text } = httpReply(reply);
    const id = operationIn(httpReply(reply));
    // without content: 200 is already done, 202 says where to ask
    const taken =
      wrong === undefined && ((status === 200 && text.trim() === '') || (status === 202 && id !== undefined));
    return apiAnswer(reply, { taken, id, words });
  },
  login: {
    message: (step, { client, loginEndpoint }, moment) =>
      client === undefined ? undefined : loginOf(step, client, loginEndpoint, moment),
    read: tokenIn,
  },
  progress: {
    every: EVERY,
    message: (step, settings, { vendorId = '' }, moment) => ({
      ...authorized(step, settings, moment),
      method: 'GET',
      url: `${settings.endpoint}${vendorId}`,
    }),
    read(reply) {
      const { status, text } = httpReply(reply);
      // asked at Location, it answers 202 as long as it is not done, and without content in the end
      if (status === 204 || (status === 200 && text.trim() === '')) return 'done';
      const word = status === 200 ? jsonIn(reply, operation)?.status.toLowerCase() : undefined;
      if (word === 'failed' || word === 'canceled') return 'failed';
      return word === 'succeeded' ? 'done' : 'pending';
    },
  },
});

function urlOf({ endpoint, subscription, resourceGroup, profile, frontDoor }: Settings): string {
  const group = `${endpoint}/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
  return `${group}/providers/Microsoft.Cdn/profiles/${profile}/afdEndpoints/${frontDoor}/purge?api-version=${VERSION}`;
}

const authorized = (step: PurgeStep, settings: Settings, moment: Moment): Omit<HttpMessage, 'method' | 'url'> => {
  const { field, secrets } = bearerOf(step, settings.client === undefined ? settings.token : undefined, moment);
  return { over: 'http', address: settings.endpoint, headers: [...JSON_FIELDS, field], secrets };
};

function loginOf(step: PurgeStep, client: Client, loginEndpoint: string, { env }: Moment): HttpMessage {
  const tenant = filled(step, 'tenant', client.tenant, env);
  const form = {
    grant_type: 'client_credentials',
    client_id: filled(step, 'client id', client.id, env),
    client_secret: filled(step, 'client secret', client.secret, env),
    scope: 'https://management.azure.com/.default',
  };
  const url = `${loginEndpoint}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
  return formMessage(url, form, secretsIn([client.secret], env));
}

/** Paths without their query: it is not compared. Every path is purged at every one of these hosts. */
function contentOf({ pages, purge }: PurgeStep): unknown {
  const urls = pages.map(({ target }) => new URL(target.url));
  const domains = [...new Set(urls.map(({ host }) => host))];
  switch (purge.scope) {
    case 'prefix':
      return { contentPaths: [`${purge.prefix ?? '/'}*`], domains };
    case 'host':
      return { contentPaths: ['/*'], domains };
    case 'all':
      return { contentPaths: ['/*'] };
    default:
      return { contentPaths: [...new Set(urls.map(({ pathname }) => pathname))], domains };
  }
}

/** Where to ask, as path and query: it is asked at the configured endpoint and nowhere else, so no token leaves for another. */
function operationIn({ fields }: HttpReply): string | undefined {
  const of = (wanted: string) => fields.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const written = of('azure-asyncoperation') ?? of('location');
  if (written === undefined || !URL.canParse(written)) return undefined;
  const { protocol, pathname, search } = new URL(written);
  return /^https?:$/.test(protocol) && pathname !== '/' ? `${pathname}${search}` : undefined;
}
