// Does a site ask to be left alone, and until when?
import { last } from '../../shared/http/fields.ts';
import type { Answer, Failure } from '../../shared/observation.ts';

type Result = Answer | Failure;

/** Too many requests, or none at the moment (RFC 6585 section 4, RFC 9110 section 15.6.4). */
export const wantsRest = (result: Result): boolean =>
  result.kind === 'answer' && (result.status === 429 || result.status === 503);

/**
 * One sentence.
 * @param before how many answers came before this one
 */
export function restText(url: string, result: Result, before: number): string {
  if (result.kind === 'failure') return `${url}: ${result.message}.`;
  const wait = last(result.fields, 'retry-after');
  const when = wait === undefined ? 'ask again later' : `ask again later (Retry-After: ${wait.slice(0, 40)})`;
  const answers = before === 1 ? '1 answer' : `${before} answers`;
  return `${url} answers ${result.status}, which asks to be left alone: stopped after ${answers}; ${when}.`;
}
