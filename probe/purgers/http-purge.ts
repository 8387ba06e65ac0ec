// How is a cache asked to forget by a request for the page itself? PURGE, BAN, or whatever method and path it listens to.
import { httpPurge as kind } from '../../shared/purge/http-purge.ts';
import { filled, secretsIn } from './credentials.ts';
import { httpAnswer } from './http-answer.ts';
import { answeredElsewhere, remarks } from './own-words.ts';
import { type PurgeStep, purgerFor } from './purger.ts';
import { addressOf, fieldsOf, originOf, variantFieldsOf } from './sent-along.ts';
import { templated } from './template.ts';

interface Settings {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export const httpPurge = purgerFor(kind, {
  shown: (step, settings) => ({ method: settings.method, url: urlOf(step, settings) }),
  message(step, settings, { env }) {
    const { method, body, headers } = settings;
    return {
      over: 'http',
      method,
      url: urlOf(step, settings),
      address: addressOf(step),
      // a cache that keys by Vary forgets only the variant that was asked for
      headers: [...variantFieldsOf(step, headers, env), ...fieldsOf(step, writtenFor(step, settings), env)],
      ...(body !== undefined && { body: filled(step, 'body', templated(body, step), env) }),
      secrets: secretsIn([...Object.values(step.pages[0].headers), ...Object.values(headers), body ?? ''], env),
    };
  },
  read: (reply, step, settings) =>
    asksForPage(settings)
      ? (answeredElsewhere(reply, step) ?? httpAnswer(reply, remarks(reply, step)))
      : httpAnswer(reply),
  tellsMethod: (settings) => JSON.stringify(settings).includes('{method}'),
});

/** Other requests go to something that was made for them, and that may answer as it likes. */
const asksForPage = ({ method, path }: Settings): boolean =>
  path === '{path}' && !['GET', 'HEAD', 'POST'].includes(method.toUpperCase());

/** Caches behind a cache often know the page by another Host than the target's. */
const urlOf = (step: PurgeStep, settings: Settings): string =>
  `${originOf(step, writtenFor(step, settings))}${templated(settings.path, step)}`;

const writtenFor = (step: PurgeStep, { headers }: Settings): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, written]) => [name, templated(written, step)]));
