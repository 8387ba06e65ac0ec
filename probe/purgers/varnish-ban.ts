// How is Varnish given a ban? Patterns for host, path or tags in request headers, which its VCL makes an expression of.
import type { FieldLine } from '../../shared/http/fields.ts';
import { varnishBan as kind } from '../../shared/purge/varnish-ban.ts';
import { secretsIn } from './credentials.ts';
import { httpAnswer, httpReply } from './http-answer.ts';
import { answeredElsewhere, reasonIn } from './own-words.ts';
import { type PurgeStep, purgerFor } from './purger.ts';
import { addressOf, fieldsOf, originOf } from './sent-along.ts';

export const varnishBan = purgerFor(kind, {
  shown: (step, { method, headers }) => ({ method, url: urlOf(step, headers) }),
  message: (step, settings, { env }) => ({
    over: 'http',
    method: settings.method,
    url: urlOf(step, settings.headers),
    address: addressOf(step),
    headers: [...patternsOf(step, settings), ...fieldsOf(step, settings.headers, env)],
    secrets: secretsIn(Object.values(settings.headers), env),
  }),
  read(reply, step) {
    const { status } = httpReply(reply);
    // what std.ban() could not read as an expression
    if (status === 400) {
      const reason = reasonIn(reply);
      return {
        outcome: 'refused',
        summary: `It answered 400: it did not take the ban${reason === undefined ? '' : ` (${reason})`}.`,
      };
    }
    return answeredElsewhere(reply, step) ?? httpAnswer(reply, 'A ban does not tell whether anything matches it.');
  },
});

const urlOf = (step: PurgeStep, headers: Readonly<Record<string, string>>): string => {
  const { pathname, search } = new URL(step.pages[0].target.url);
  return `${originOf(step, headers)}${pathname}${search}`;
};

interface Names {
  readonly hostHeader: string;
  readonly urlHeader: string;
  readonly tagHeader: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What must match; regular expressions as PCRE reads them, without white space or quotes that would end them. */
function patternsOf(step: PurgeStep, { hostHeader, urlHeader, tagHeader, headers }: Names): FieldLine[] {
  const { scope, tags, prefix = '/' } = step.purge;
  const { host, pathname, search } = new URL(urlOf(step, headers));
  const ofHost: FieldLine = [hostHeader, `(?i)^${literally(host)}$`];
  switch (scope) {
    case 'url':
      return [ofHost, [urlHeader, `^${literally(pathname + search)}$`]];
    case 'prefix':
      return [ofHost, [urlHeader, `^${literally(prefix)}`]];
    case 'host':
      return [ofHost, [urlHeader, '.']];
    case 'all':
      return [
        [hostHeader, '.'],
        [urlHeader, '.'],
      ];
    case 'tag':
      return [[tagHeader, `(^|[\\x20,])(${tags.map(literally).join('|')})($|[\\x20,])`]];
  }
}

/** Matches this text and nothing else. */
const literally = (text: string): string => text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&').replaceAll('"', '\\x22');
