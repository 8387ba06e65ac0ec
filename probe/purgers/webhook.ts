// How is somebody else told to purge? By POST of a JSON document, signed, to a URL of the operator's.
import { createHmac } from 'node:crypto';
import { webhook as kind } from '../../shared/purge/webhook.ts';
import { JSON_FIELDS } from './api-answer.ts';
import { filled, secretsIn } from './credentials.ts';
import { httpAnswer, httpReply } from './http-answer.ts';
import { purgerFor } from './purger.ts';
import { stepDocument } from './step-document.ts';

export const webhook = purgerFor(kind, {
  shown: (_, { url }) => ({ method: 'POST', url }),
  endpoints: ({ url }) => [new URL(url).origin],
  message(step, settings, { env, now, nonce }) {
    const body = JSON.stringify(stepDocument(step));
    const timestamp = String(Math.floor(now));
    const key = filled(step, 'secret', settings.secret, env);
    const signature = createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex');
    return {
      over: 'http',
      method: 'POST',
      url: settings.url,
      address: new URL(settings.url).origin,
      headers: [
        ...JSON_FIELDS,
        ['strata-timestamp', timestamp],
        ['strata-signature', `sha256=${signature}`],
        // whoever gets a document twice can tell
        ['idempotency-key', nonce],
      ],
      body,
      secrets: secretsIn([settings.secret], env),
    };
  },
  read(reply) {
    const { status } = httpReply(reply);
    if (status !== 404) return httpAnswer(reply);
    return { outcome: 'refused', summary: 'It answered 404: no webhook listens there; look at url in the topology.' };
  },
});
