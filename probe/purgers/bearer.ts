// How does a token get into a request, and how is one asked for? As OAuth 2.0 has it (RFC 6750 section 2.1, RFC 6749 section 4).
import { z } from 'zod';
import type { FieldLine } from '../../shared/http/fields.ts';
import { jsonIn } from './api-answer.ts';
import { filled, secretsIn } from './credentials.ts';
import { httpReply } from './http-answer.ts';
import type { HttpMessage, LoginAnswer, Moment, PurgeReply, PurgeStep } from './purger.ts';

/**
 * The field that carries the token, and what must not be shown.
 * @param written the token as `${NAME}`; absent: the one that the login gave
 */
export function bearerOf(
  step: PurgeStep,
  written: string | undefined,
  { env, token = '' }: Moment,
): { readonly field: FieldLine; readonly secrets: readonly string[] } {
  if (written === undefined) return { field: ['authorization', `Bearer ${token}`], secrets: [token] };
  const own = filled(step, 'token', written, env);
  return { field: ['authorization', `Bearer ${own}`], secrets: secretsIn([written], env) };
}

/** What is asked of a token endpoint. @param secrets those of the form's values that must not be shown */
export function formMessage(
  url: string,
  form: Readonly<Record<string, string>>,
  secrets: readonly string[],
): HttpMessage {
  return {
    over: 'http',
    method: 'POST',
    url,
    address: new URL(url).origin,
    headers: [
      ['accept', 'application/json'],
      ['accept-encoding', 'identity'],
      ['content-type', 'application/x-www-form-urlencoded'],
    ],
    body: new URLSearchParams(form).toString(),
    secrets,
  };
}

const granted = z.object({ access_token: z.string().regex(/^[\u0021-\u007e]+$/) });
const turnedAway = z.object({ error: z.string() });

/** The token in a token endpoint's answer. */
export function tokenIn(reply: PurgeReply): LoginAnswer {
  const { status } = httpReply(reply);
  const token = status === 200 ? jsonIn(reply, granted)?.access_token : undefined;
  if (token !== undefined) return { token };
  const word = /^[\w.-]{1,100}$/.exec(jsonIn(reply, turnedAway)?.error ?? '')?.[0];
  return { problem: `the login was answered with ${status}${word === undefined ? '' : ` (${word})`} and no token` };
}
