// How is nginx asked to forget a page? By a module's method or location; what says that the module itself has answered?
import { nginxPurge as kind } from '../../shared/purge/nginx-purge.ts';
import { secretsIn } from './credentials.ts';
import { httpAnswer, httpReply } from './http-answer.ts';
import type { PurgeAnswer, PurgeReply, PurgeStep } from './purger.ts';
import { purgerFor } from './purger.ts';
import { addressOf, fieldsOf, originOf, variantFieldsOf } from './sent-along.ts';

export const nginxPurge = purgerFor(kind, {
  shown: (step, settings) => ({ method: methodOf(settings), url: urlOf(step, settings) }),
  message: (step, settings, { env }) => ({
    over: 'http',
    method: methodOf(settings),
    url: urlOf(step, settings),
    address: addressOf(step),
    // the key that Vary leads to depends on them
    headers: [...variantFieldsOf(step, settings.headers, env), ...fieldsOf(step, settings.headers, env)],
    secrets: secretsIn([...Object.values(step.pages[0].headers), ...Object.values(settings.headers)], env),
  }),
  read: answerOf,
});

interface Settings {
  readonly location?: string | undefined;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

const methodOf = ({ location, method }: Settings): string => (location === undefined ? method : 'GET');

/** A key that ends with `*` means all that begin so; the modules that know no such key find none. */
function urlOf(step: PurgeStep, { location = '', headers }: Settings): string {
  const { pathname, search } = new URL(step.pages[0].target.url);
  const { scope, prefix = '/' } = step.purge;
  const path = scope === 'url' ? `${pathname}${search}` : `${scope === 'prefix' ? prefix : '/'}*`;
  return `${originOf(step, headers)}${location}${path}`;
}

function answerOf(reply: PurgeReply, step: PurgeStep): PurgeAnswer {
  const { status, text } = httpReply(reply);
  if (status === 202)
    return { outcome: 'accepted', summary: 'It answered 202: the purge is queued and done a moment later.' };
  // the modules answer with the key, as a page, JSON, XML or text; nginx Plus with 204 and nothing
  if (status === 200 && !/\bkey\b/i.test(text)) {
    return {
      outcome: 'unknown',
      summary:
        'It answered 200, but not in the words of a purge module: an nginx without one passes the request on, and somebody behind it has answered.',
    };
  }
  const absent = status === 404 || status === 412;
  const byVary = absent && Object.keys(step.pages[0].headers).length === 0;
  return httpAnswer(
    reply,
    byVary ? 'What it keeps by Vary lies under other keys and stays; name the fields of that variant.' : undefined,
  );
}
