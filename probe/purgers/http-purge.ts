// How is a cache asked to forget by a request for the page itself? PURGE, BAN, or whatever method and path it listens to.
import type { FieldLine } from '../../shared/http/fields.ts';
import { httpPurge as kind } from '../../shared/purge/http-purge.ts';
import { filled, secretsIn } from './credentials.ts';
import { httpAnswer } from './http-answer.ts';
import { answeredElsewhere, remarks } from './own-words.ts';
import { type Moment, type PurgeStep, purgerFor } from './purger.ts';
import { templated } from './template.ts';

interface Settings {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export const httpPurge = purgerFor(kind, {
  shown: (step, settings) => ({ method: settings.method, url: requestUrl(step, settings) }),
  message(step, settings, moment) {
    const written = headersOf(step, settings, moment);
    return {
      over: 'http',
      method: settings.method,
      url: requestUrl(step, settings),
      address: step.node?.address ?? step.layer.nodes[0]!.address,
      headers: written,
      ...(settings.body === undefined
        ? {}
        : { body: filled(step, 'body', templated(settings.body, step), moment.env) }),
      secrets: secretsIn(
        [...Object.values(step.pages[0].headers), ...Object.values(settings.headers), settings.body ?? ''],
        moment.env,
      ),
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

/** A purge may name another Host than the target's: caches behind a cache often know the page by another. */
function requestUrl(step: PurgeStep, settings: Settings): string {
  const url = new URL(step.pages[0].target.url);
  const host = Object.entries(settings.headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  return `${url.protocol}//${host === undefined ? url.host : templated(host, step)}${templated(settings.path, step)}`;
}

/** The variant's own fields go along: a cache that keys by Vary forgets only the variant that was asked for. */
function headersOf(step: PurgeStep, settings: Settings, { env }: Moment): FieldLine[] {
  const own = new Set(Object.keys(settings.headers).map((name) => name.toLowerCase()));
  const fromPage = Object.entries(step.pages[0].headers).filter(([name]) => !own.has(name.toLowerCase()));
  const fromPurge = Object.entries(settings.headers).filter(([name]) => name.toLowerCase() !== 'host');
  const fill = (name: string, written: string) => filled(step, `header ${name}`, written, env);
  return [
    ...fromPage.map(([name, written]): FieldLine => [name, fill(name, written)]),
    ...fromPurge.map(([name, written]): FieldLine => [name, fill(name, templated(written, step))]),
  ];
}
