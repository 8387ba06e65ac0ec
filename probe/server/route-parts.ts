// The pieces of which every route's description is made.
import type { z } from 'zod';
import { problem } from '../../shared/api.ts';
import { PROBLEM_TYPE } from './problem.ts';

/** A JSON document as the answer. */
export const answers = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** A JSON document as the request. */
export const asks = <S extends z.ZodType>(schema: S) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

/** The scheme's name in the OpenAPI document. */
export const TOKEN_SCHEME = 'token';

/** For what changes something. */
export const withToken = { security: [{ [TOKEN_SCHEME]: [] }] };

const reasons: Readonly<Record<number, string>> = {
  400: 'The request is not valid; `errors` says where.',
  401: 'It needs the token.',
  403: "Another site's page asked.",
  404: 'There is no such thing.',
  409: 'What is there does not allow it: still being recorded, or a topology or an environment that lacks something.',
  413: 'The body is larger than 1 MiB.',
  415: 'The body is not sent as JSON.',
  429: 'Too much at once.',
  503: 'Too many follow already.',
  507: 'The disk is full: nothing can be recorded.',
};

/** Problem documents for these statuses. */
export function refusals<N extends number>(...statuses: N[]) {
  const content = { [PROBLEM_TYPE]: { schema: problem } };
  const entries = statuses.map((status) => [status, { description: reasons[status] ?? '', content }] as const);
  return Object.fromEntries(entries) as Record<N, { description: string; content: typeof content }>;
}
