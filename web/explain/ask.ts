// What does the service say of a URL, or why does it not?
import type { Response } from './explained.ts';

export type Asked =
  | { readonly kind: 'answer'; readonly responses: readonly Response[] }
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'unreachable' };

/** Why an address cannot be one to ask, before anybody is troubled; undefined where it can. */
export function unaskable(url: string): string | undefined {
  if (url === '') return 'Give a URL first.';
  if (!/^https?:\/\//i.test(url)) return 'The URL must be a whole one that begins with http:// or https://.';
  if (!URL.canParse(url)) return 'This is not a URL.';
  const { username, password } = new URL(url);
  return username === '' && password === '' ? undefined : 'The URL holds credentials; take them out.';
}

/** Asks the service, which asks the URL: only what it may (its topology; public addresses where it allows them). */
export async function ask(url: string, signal: AbortSignal): Promise<Asked> {
  let response: globalThis.Response;
  try {
    response = await fetch('/api/v1/explain', {
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/json', accept: 'application/json, application/problem+json' },
      body: JSON.stringify({ url }),
    });
  } catch (error) {
    if (signal.aborted) throw error;
    return { kind: 'unreachable' };
  }
  const isJson = /^application\/(?:problem\+)?json/i.test(response.headers.get('content-type') ?? '');
  // a server that only holds the page's files answers with a page of its own
  if (!isJson)
    return response.ok || response.status === 404 || response.status === 405
      ? { kind: 'unreachable' }
      : refusal(response.status, {});
  const said: unknown = await response.json().catch(() => undefined);
  if (response.ok && isDocument(said)) return { kind: 'answer', responses: said.responses };
  return refusal(response.status, said);
}

const isDocument = (said: unknown): said is { responses: Response[] } =>
  typeof said === 'object' && said !== null && 'responses' in said && Array.isArray(said.responses);

/** Problem documents (RFC 9457) say it in `detail`, and what is wrong with the request in `errors`. */
function refusal(status: number, said: unknown): Asked {
  const problem: { detail?: unknown; title?: unknown } = typeof said === 'object' && said !== null ? said : {};
  const sentence = [problem.detail, problem.title].find((text) => typeof text === 'string' && text !== '');
  return {
    kind: 'refused',
    problem: typeof sentence === 'string' ? sentence.replace(/^url: /, '') : `The service answered ${status}.`,
  };
}
