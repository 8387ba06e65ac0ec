// How does a service account ask Google for a token? By an assertion about itself, signed with its private key.
// RFC 7523; https://developers.google.com/identity/protocols/oauth2/service-account
import { createPrivateKey, sign } from 'node:crypto';
import { z } from 'zod';
import type { Instant } from '../../../shared/model/interval.ts';

const keyFile = z.object({
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: z.url().default('https://oauth2.googleapis.com/token'),
});

/** Seconds for which the token is asked: the longest that is admitted. */
const LIFETIME = 3600;

/**
 * The assertion, as the token endpoint takes it.
 * @param keyText the JSON text of a service account key
 * @returns undefined where this is not such a text, or its key none
 */
export function googleAssertion(keyText: string, scope: string, now: Instant): string | undefined {
  try {
    const key = keyFile.parse(JSON.parse(keyText));
    const issued = Math.floor(now);
    const header = { alg: 'RS256', typ: 'JWT', ...(key.private_key_id !== undefined && { kid: key.private_key_id }) };
    const claims = { iss: key.client_email, scope, aud: key.token_uri, iat: issued, exp: issued + LIFETIME };
    const unsigned = `${encoded(header)}.${encoded(claims)}`;
    const signature = sign('RSA-SHA256', Buffer.from(unsigned), createPrivateKey(key.private_key));
    return `${unsigned}.${signature.toString('base64url')}`;
  } catch {
    // what is wrong with it would be a quotation of it
    return undefined;
  }
}

const encoded = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
