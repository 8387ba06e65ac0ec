// What went wrong, in which phase, and who is to blame?
import type { Failure, FailureCode } from '../../shared/observation.ts';

import { errorText } from './error-text.ts';

export type Phase = Failure['phase'];

/** Carries a Failure through code that can only pass on an Error. */
export class ExchangeError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'ExchangeError';
    this.failure = failure;
  }
}

const blame = {
  'resolve-failed': 'network',
  'address-refused': 'probe',
  'connect-refused': 'network',
  'connect-failed': 'network',
  'tls-failed': 'target',
  deadline: 'network',
  'connection-closed': 'network',
  'malformed-response': 'target',
  'head-too-large': 'target',
  'too-many-fields': 'target',
  'too-many-interim-responses': 'target',
  'body-too-large': 'target',
  'bad-content-coding': 'target',
  'decoded-body-too-large': 'target',
  aborted: 'probe',
  'probe-error': 'probe',
} as const satisfies Record<FailureCode, Failure['source']>;

/** A failure blamed on whoever its code usually blames. */
export function failure(
  code: FailureCode,
  phase: Phase,
  message: string,
  source: Failure['source'] = blame[code],
): Failure {
  return { kind: 'failure', source, phase, code, message: printable(message) };
}

// An error's text may quote what a stranger sent, or a configured value that would break a line.
const printable = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?').slice(0, 500);

const UNSENDABLE = 'the request cannot be sent';

/** Of a request that is none, so that nobody was asked. @param why what is wrong with it; no secret may be in it */
export const neverSent = (why: string): Failure => failure('probe-error', 'request', `${UNSENDABLE}: ${why}`);

/** Whether nothing of the request can have left, so that nobody can have done what it asks for. */
export const wasNeverSent = ({ phase, message }: Failure): boolean =>
  phase === 'resolve' || phase === 'connect' || phase === 'tls' || message.startsWith(UNSENDABLE);

/**
 * Reads an error of node or undici.
 * @param opening The first bytes the server sent, quoted where they are no HTTP.
 */
export function failureOf(error: unknown, phase: Phase, opening = ''): Failure {
  if (error instanceof ExchangeError) return error.failure;
  const { code, message, name } = errorText(error);
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    return neverSent(message);
  }
  if (phase === 'resolve') return failure('resolve-failed', phase, `the name has no address: ${message}`);
  if (phase === 'connect') {
    const refused = code === 'ECONNREFUSED';
    return failure(refused ? 'connect-refused' : 'connect-failed', phase, `no connection: ${message}`);
  }
  if (phase === 'tls') return failure('tls-failed', phase, `TLS failed: ${message}`);
  if (name === 'HTTPParserError') return parserFailure(message, phase, opening);
  return exchangeFailure(code, message, phase, opening);
}

function parserFailure(message: string, phase: Phase, opening: string): Failure {
  // the parser's word for a message that was valid as far as it went
  if (/Invalid EOF state/.test(message)) return closedEarly(phase);
  return failure('malformed-response', phase, `this is not HTTP/1.1: ${message}${quoted(opening)}`);
}

const closedEarly = (phase: Phase): Failure =>
  failure('connection-closed', phase, 'the server closed the connection before the end of its answer', 'target');

function exchangeFailure(code: string, message: string, phase: Phase, opening: string): Failure {
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return failure('head-too-large', phase, 'the field lines are larger than the probe accepts');
  }
  if (message === 'bad response' || message === 'bad upgrade') {
    return failure('malformed-response', phase, `an answer nobody asked for${quoted(opening)}`);
  }
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && phase === 'head') {
    return failure('malformed-response', phase, 'the head contradicts itself about the length of the body');
  }
  if (code === 'UND_ERR_SOCKET' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return closedEarly(phase);
  if (/^(ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNABORTED)$/.test(code)) {
    return failure('connection-closed', phase, `the connection broke: ${message}`);
  }
  return failure('probe-error', phase, message);
}

const quoted = (opening: string): string => (opening === '' ? '' : ` (it began ${JSON.stringify(opening)})`);
