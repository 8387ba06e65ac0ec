// May a caller that walks a redirect chain take the next step, and what may it carry there?
import type { FieldLines } from '../../shared/http/fields.ts';
import { without } from '../../shared/http/fields.ts';
import type { Guard } from './guard.ts';

/** RFC 9110 section 15.4 asks clients to detect loops; fetch and curl stop in the same region. */
const MOST_HOPS = 10;

export type RedirectDecision =
  | {
      readonly allowed: true;
      readonly url: string;
      /** Whether Authorization and Cookie may go along. */ readonly sameOrigin: boolean;
    }
  | { readonly allowed: false; readonly message: string };

/**
 * Judges one Location. The connection itself is judged again when it is made, so a name that changes its address
 * between the two gains nothing.
 * @param from URL that answered with the redirect.
 * @param hops Redirects followed so far.
 */
export async function authorizeRedirect(
  guard: Guard,
  from: string,
  location: string,
  hops = 0,
): Promise<RedirectDecision> {
  if (hops >= MOST_HOPS) return { allowed: false, message: `more than ${MOST_HOPS} redirects` };
  if (!URL.canParse(location, from)) return { allowed: false, message: 'the Location is no URL' };
  const url = new URL(location, from);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { allowed: false, message: `a redirect to ${url.protocol} is not followed` };
  }
  if (url.username !== '' || url.password !== '') {
    return { allowed: false, message: 'a redirect that carries credentials is not followed' };
  }
  const admission = await guard.admit(url.hostname, portOf(url));
  if (!admission.admitted) return { allowed: false, message: admission.message };
  url.hash = '';
  return { allowed: true, url: url.href, sameOrigin: url.origin === new URL(from).origin };
}

/** The fields that may go to another origin: none that proves who we are. */
export const withoutCredentials = (fields: FieldLines): FieldLines =>
  without(fields, 'authorization', 'cookie', 'proxy-authorization');

/** The port a URL means, its scheme's own where none is written. */
export const portOf = (url: URL): number => (url.port !== '' ? Number(url.port) : url.protocol === 'https:' ? 443 : 80);
