// What can be asked of the service, and what does it say when it refuses? (RFC 9457)

/** `undefined` when it was done, else one sentence for a person. */
export type Refusal = string | undefined;

async function send(method: string, path: string, body: object): Promise<Refusal> {
  try {
    const response = await fetch(`/api/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json', accept: 'application/json, application/problem+json' },
      body: JSON.stringify(body),
    });
    if (response.ok) return undefined;
    const problem: { title?: string; detail?: string } = await response.json().catch(() => ({}));
    return problem.detail ?? problem.title ?? `The service answered ${response.status}.`;
  } catch {
    return 'The service cannot be reached.';
  }
}

/** A new build at the lab's origins, one after the other over `rollSeconds`. */
export const deploy = (rollSeconds?: number): Promise<Refusal> =>
  send('POST', 'lab/deploy', rollSeconds === undefined ? {} : { rollSeconds });

/** The lifetime (seconds) that the lab's origins give from now on. */
export const setMaxAge = (maxAge: number): Promise<Refusal> => send('PUT', 'lab/settings', { maxAge });

/** Without layer and node: the whole plan, inside out. */
export const purge = (what: { readonly layer?: string; readonly node?: string } = {}): Promise<Refusal> =>
  send('POST', 'purge', what);
