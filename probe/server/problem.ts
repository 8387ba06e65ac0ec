// How does the service say no? One document for every refusal and failure (RFC 9457), never a stack.
import { STATUS_CODES } from 'node:http';
import type { ServerResponse } from 'node:http';
import { HTTPException } from 'hono/http-exception';
import type { Problem } from '../../shared/api.ts';
import { ConfigError } from '../../shared/config-problem.ts';
import { StoreFull } from '../store/store-error.ts';
import { RequestProblem } from './engine.ts';
import { headersOfAll } from './headers.ts';

export type Kind = 'about:blank' | 'invalid-request' | 'token-needed' | 'busy' | 'store-full';

/** Thrown by routes and their guards; the one place that answers turns it into a document. */
export class Refusal extends Error {
  readonly status: number;
  readonly kind: Kind;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: Problem['errors'];

  /** `detail` is one sentence for a person. */
  constructor(
    status: number,
    detail: string,
    more: { kind?: Kind; headers?: Record<string, string>; errors?: Problem['errors'] } = {},
  ) {
    super(detail);
    this.name = 'Refusal';
    this.status = status;
    this.kind = more.kind ?? 'about:blank';
    this.headers = more.headers ?? {};
    this.errors = more.errors;
  }
}

/** What a thrown value means to the client; anything unforeseen is a 500 that tells nothing of our insides. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof RequestProblem) {
    return invalid([{ place: error.place, message: error.message }]);
  }
  // what is wrong stands in the topology or the environment, and the same request is right once that is
  if (error instanceof ConfigError) return new Refusal(409, error.message);
  if (error instanceof StoreFull) return new Refusal(507, error.message, { kind: 'store-full' });
  if (error instanceof HTTPException) return new Refusal(error.status, sentences[error.status] ?? error.message);
  return new Refusal(500, 'The service failed; its log says more.');
}

const sentences: Readonly<Record<number, string>> = {
  400: 'The body is not JSON.',
  415: 'Send JSON, with Content-Type: application/json.',
};

/** 400, with each fault's place in the request. */
export function invalid(errors: NonNullable<Problem['errors']>): Refusal {
  const first = errors[0];
  const detail = first === undefined ? 'The request is not valid.' : `${first.place || 'body'}: ${first.message}`;
  return new Refusal(400, detail, { kind: 'invalid-request', errors });
}

/** The document; `instance` is the path that was asked, without its query (a token may stand there). */
export function problemOf(refusal: Refusal, target: string): Problem {
  const { status, kind, message, errors } = refusal;
  return {
    type: kind === 'about:blank' ? kind : `urn:strata:problem:${kind}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    instance: target.split('?', 1)[0] ?? '',
    ...(errors !== undefined && { errors }),
  };
}

export const PROBLEM_TYPE = 'application/problem+json';

export function problemResponse(refusal: Refusal, target: string): Response {
  const headers = { ...headersOfAll, ...refusal.headers, 'Content-Type': PROBLEM_TYPE };
  return new Response(JSON.stringify(problemOf(refusal, target)), { status: refusal.status, headers });
}

/** Answers outside of the router, and ends the connection: what follows on it was not read. */
export function writeProblem(response: ServerResponse, refusal: Refusal, target: string): void {
  const body = JSON.stringify(problemOf(refusal, target));
  const headers = { ...headersOfAll, ...refusal.headers, 'Content-Type': PROBLEM_TYPE, Connection: 'close' };
  response.writeHead(refusal.status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body);
}
