// How is Google Cloud CDN asked to invalidate? By one request a path or tag list; its operation can be asked whether it is done.
import { z } from 'zod';
import { ConfigError } from '../../shared/config-problem.ts';
import { google as kind } from '../../shared/purge/google.ts';
import { apiAnswer, JSON_FIELDS, jsonIn } from './api-answer.ts';
import { bearerOf, formMessage, tokenIn } from './bearer.ts';
import { filled } from './credentials.ts';
import { httpReply } from './http-answer.ts';
import { type HttpMessage, type Moment, type PurgeStep, purgerFor } from './purger.ts';
import { googleAssertion } from './sign/google-assertion.ts';

type Settings = z.output<typeof kind.settings>;

const SCOPE = 'https://www.googleapis.com/auth/compute';

/** Seconds between two questions: it takes about ten to be done. */
const EVERY = 3;

const faults = z.array(z.object({ message: z.string() })).min(1);
const operation = z.object({
  kind: z.literal('compute#operation'),
  name: z.string(),
  status: z.enum(['PENDING', 'RUNNING', 'DONE']),
  error: z.object({ errors: faults }).optional(),
});
const turnedAway = z.object({ error: z.object({ message: z.string() }) });

export const google = purgerFor(kind, {
  shown: (_, settings) => ({ method: 'POST', url: urlOf(settings) }),
  endpoints: (settings) => [settings.endpoint, settings.loginEndpoint],
  message: (step, settings, moment) => ({
    ...authorized(step, settings, moment),
    method: 'POST',
    url: `${urlOf(settings)}?requestId=${asUuid(moment.nonce)}`,
    body: JSON.stringify(ruleOf(step)),
  }),
  read(reply) {
    const known = jsonIn(reply, operation);
    const words = known?.error?.errors[0]?.message ?? jsonIn(reply, turnedAway)?.error.message;
    return apiAnswer(reply, { taken: known !== undefined && known.error === undefined, id: known?.name, words });
  },
  login: {
    message: (step, settings, moment) =>
      settings.serviceAccount === undefined ? undefined : loginOf(step, settings, settings.serviceAccount, moment),
    read: tokenIn,
  },
  progress: {
    every: EVERY,
    message: (step, settings, { vendorId = '' }, moment) => ({
      ...authorized(step, settings, moment),
      method: 'GET',
      url: `${settings.endpoint}/compute/v1/projects/${settings.project}/global/operations/${encodeURIComponent(vendorId)}`,
    }),
    read(reply) {
      const known = httpReply(reply).status === 200 ? jsonIn(reply, operation) : undefined;
      if (known?.error !== undefined) return 'failed';
      return known?.status === 'DONE' ? 'done' : 'pending';
    },
  },
});

const urlOf = ({ endpoint, project, urlMap }: Settings): string =>
  `${endpoint}/compute/v1/projects/${project}/global/urlMaps/${urlMap}/invalidateCache`;

const authorized = (step: PurgeStep, settings: Settings, moment: Moment): Omit<HttpMessage, 'method' | 'url'> => {
  const written = settings.serviceAccount === undefined ? settings.token : undefined;
  const { field, secrets } = bearerOf(step, written, moment);
  return { over: 'http', address: settings.endpoint, headers: [...JSON_FIELDS, field], secrets };
};

function loginOf(step: PurgeStep, settings: Settings, written: string, { env, now }: Moment): HttpMessage {
  const keyText = filled(step, 'service account key', written, env);
  const assertion = googleAssertion(keyText, SCOPE, now);
  if (assertion === undefined) {
    throw new ConfigError(
      `the purge of layer ${step.layer.id} needs a service account key in ${written}: its JSON text with client_email and private_key`,
    );
  }
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  return formMessage(`${settings.loginEndpoint}/token`, grant, [assertion]);
}

/** Without its query: paths are compared without. Several matchers must all fit. */
function ruleOf({ pages: [page], purge }: PurgeStep): unknown {
  const { host, pathname } = new URL(page.target.url);
  switch (purge.scope) {
    case 'url':
      return { host, path: pathname };
    case 'prefix':
      return { host, path: `${purge.prefix ?? '/'}*` };
    case 'host':
      return { host, path: '/*' };
    case 'tag':
      return { cacheTags: purge.tags };
    case 'all':
      return { path: '/*' };
  }
}

/** A known one is not done again, should the network send it twice. */
const asUuid = (nonce: string): string =>
  [
    nonce.slice(0, 8),
    nonce.slice(8, 12),
    `4${nonce.slice(13, 16)}`,
    `8${nonce.slice(17, 20)}`,
    nonce.slice(20, 32),
  ].join('-');
