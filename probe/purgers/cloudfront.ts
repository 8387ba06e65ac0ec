// How is CloudFront asked to invalidate? By one signed request a batch of paths; whether it is done can be asked later.
import { z } from 'zod';
import type { FieldLine } from '../../shared/http/fields.ts';
import { cloudfront as kind } from '../../shared/purge/cloudfront.ts';
import { apiAnswer } from './api-answer.ts';
import { filled, secretsIn } from './credentials.ts';
import { httpReply } from './http-answer.ts';
import { type HttpMessage, type Moment, type PurgeReply, type PurgeStep, purgerFor } from './purger.ts';
import { type AwsCredentials, sigv4 } from './sign/sigv4.ts';

type Settings = z.output<typeof kind.settings>;

/** Seconds between two questions: it is reported done in less than 25 s, mostly. */
const EVERY = 5;

/** Codes that mean: later. */
const BUSY = new Set(['TooManyInvalidationsInProgress', 'Throttling', 'ThrottlingException', 'ServiceUnavailable']);

export const cloudfront = purgerFor(kind, {
  shown: (_, settings) => ({ method: 'POST', url: urlOf(settings) }),
  endpoints: (settings) => [settings.endpoint],
  message: (step, settings, moment) =>
    signed(step, settings, moment, { method: 'POST', url: urlOf(settings), body: batchOf(step, moment.nonce) }),
  read(reply) {
    const { text } = httpReply(reply);
    const [code, message] = [elementIn(text, 'Code'), elementIn(text, 'Message')];
    const words = /<Error(Response)?[\s>]/.test(text) && code !== undefined ? `${code}: ${message ?? ''}` : undefined;
    const id = isInvalidation(text) ? elementIn(text, 'Id') : undefined;
    const status = elementIn(text, 'Status');
    const taken = id !== undefined && (status === 'InProgress' || status === 'Completed');
    return apiAnswer(reply, { taken, id, words, busy: words !== undefined && BUSY.has(code ?? '') });
  },
  progress: {
    every: EVERY,
    message: (step, settings, { vendorId = '' }, moment) =>
      signed(step, settings, moment, { method: 'GET', url: `${urlOf(settings)}/${encodeURIComponent(vendorId)}` }),
    read: (reply) => (isDone(reply) ? 'done' : 'pending'),
  },
});

function isDone(reply: PurgeReply): boolean {
  const { status, text } = httpReply(reply);
  return status === 200 && isInvalidation(text) && elementIn(text, 'Status') === 'Completed';
}

/** As a whole: one that was cut off says nothing. */
const isInvalidation = (text: string): boolean => /<Invalidation[\s>][\s\S]*<\/Invalidation>\s*$/.test(text);

const urlOf = ({ endpoint, distribution }: Settings): string =>
  `${endpoint}/2020-05-31/distribution/${distribution}/invalidation`;

function signed(
  step: PurgeStep,
  settings: Settings,
  { env, now }: Moment,
  { method, url, body }: { readonly method: string; readonly url: string; readonly body?: string },
): HttpMessage {
  const headers: FieldLine[] = [
    ['accept-encoding', 'identity'],
    ...(body === undefined ? [] : [['content-type', 'application/xml'] satisfies FieldLine]),
  ];
  const request = { method, url, headers, body: body ?? '', region: settings.region, service: 'cloudfront' };
  return {
    over: 'http',
    method,
    url,
    address: settings.endpoint,
    headers: [...headers, ...sigv4(request, credentialsOf(step, settings, env), now)],
    ...(body !== undefined && { body }),
    secrets: secretsIn([settings.accessKeyId, settings.secretAccessKey, settings.sessionToken], env),
  };
}

function credentialsOf(step: PurgeStep, settings: Settings, env: Moment['env']): AwsCredentials {
  const usual = kind.settings.shape.sessionToken.parse(undefined);
  // long-lived credentials have none
  const lasting = settings.sessionToken === usual && secretsIn([usual], env).length === 0;
  return {
    accessKeyId: filled(step, 'access key id', settings.accessKeyId, env),
    secretAccessKey: filled(step, 'secret access key', settings.secretAccessKey, env),
    ...(!lasting && { sessionToken: filled(step, 'session token', settings.sessionToken, env) }),
  };
}

/** @param reference one that no other batch has: CloudFront answers a known one with the old batch */
function batchOf(step: PurgeStep, reference: string): string {
  const paths = pathsOf(step).map((path) => `<Path>${inXml(path)}</Path>`);
  const items = `<Items>${paths.join('')}</Items><Quantity>${paths.length}</Quantity>`;
  const batch = `<CallerReference>${reference}</CallerReference><Paths>${items}</Paths>`;
  return `<?xml version="1.0" encoding="UTF-8"?><InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">${batch}</InvalidationBatch>`;
}

/** A distribution serves all its hosts from the same paths. */
function pathsOf({ pages, purge }: PurgeStep): readonly string[] {
  switch (purge.scope) {
    case 'tag':
      return purge.tags.map((tag) => `#${tag}`);
    case 'prefix':
      return [`${purge.prefix ?? '/'}*`];
    case 'all':
      return ['/*'];
    default: {
      const urls = pages.map(({ target }) => new URL(target.url));
      return [...new Set(urls.map(({ pathname, search }) => `${pathname}${search}`))];
    }
  }
}

const inXml = (text: string): string => text.replaceAll(/[<>&'"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** The text of the first such element; the words of AWS need no parser. */
const elementIn = (text: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]{1,500})</${name}>`).exec(text)?.[1];
