// How is Varnish asked to forget what was stored under surrogate keys? The keys in a header for its VCL, which tells a number.
import { varnishXkey as kind } from '../../shared/purge/varnish-xkey.ts';
import { secretsIn } from './credentials.ts';
import { httpAnswer, httpReply } from './http-answer.ts';
import { answeredElsewhere, reasonIn } from './own-words.ts';
import { purgerFor } from './purger.ts';
import { addressOf, fieldsOf, originOf } from './sent-along.ts';

export const varnishXkey = purgerFor(kind, {
  shown: (step, { method, headers }) => ({ method, url: `${originOf(step, headers)}/` }),
  message: (step, { method, hardHeader, softHeader, headers }, { env }) => ({
    over: 'http',
    method,
    url: `${originOf(step, headers)}/`,
    address: addressOf(step),
    headers: [[step.purge.soft ? softHeader : hardHeader, step.purge.tags.join(' ')], ...fieldsOf(step, headers, env)],
    secrets: secretsIn(Object.values(headers), env),
  }),
  read(reply, step) {
    const { status } = httpReply(reply);
    const count = status === 200 ? /\b(\d+) objects?\b/.exec(reasonIn(reply) ?? '')?.[1] : undefined;
    if (count === undefined) return answeredElsewhere(reply, step) ?? httpAnswer(reply);
    if (Number(count) === 0)
      return { outcome: 'was-not-there', summary: 'It answered 200: nothing is stored under these keys.' };
    return { outcome: 'accepted', summary: `It answered 200: the purge met ${count} stored responses.` };
  },
});
