// Where do the redirects of a URL end, and which addresses answer there?
import { last } from '../../shared/http/fields.ts';
import type { Failure } from '../../shared/observation.ts';
import { exchange, type Exchanged } from '../exchange/exchange.ts';
import { errorText } from '../exchange/error-text.ts';
import { createGuard, type Guard } from '../exchange/guard.ts';
import type { Limits } from '../exchange/limits.ts';
import { authorizeRedirect, type RedirectDecision } from '../exchange/redirect.ts';
import { addressesOf, type ResolveAll } from './addresses.ts';
import { restText, wantsRest } from './rest.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface Entrance {
  /** The page itself. */
  readonly url: string;
  readonly addresses: readonly string[];
}

export interface Way {
  readonly limits?: Partial<Limits>;
  readonly resolveAll?: ResolveAll;
  readonly signal?: AbortSignal;
}

/** What the command line named may be inside; whatever a redirect leads to must be public. */
export function guardFor(start: string, ip: string): Guard {
  return createGuard({ named: [start], resolve: () => Promise.resolve(ip) });
}

/** @returns The end of the chain, or one sentence that says why it cannot be reached. */
export async function entranceOf(start: string, way: Way): Promise<Entrance | string> {
  for (let url = start, hops = 0; ; hops++) {
    const addresses = await resolved(url, way);
    if (typeof addresses === 'string') return addresses;
    const answer = await firstAnswer(start, url, addresses, way);
    if (answer.result.kind === 'failure') return `${url}: ${answer.result.message}.`;
    if (wantsRest(answer.result)) return restText(url, answer.result, 0);
    const location = last(answer.result.fields, 'location');
    if (location === undefined || !REDIRECTS.has(answer.result.status)) return { url, addresses };
    const next = await followed(start, url, location, hops, way);
    if (!next.allowed) return `The redirect from ${url} is not followed: ${next.message}.`;
    url = next.url;
  }
}

async function resolved(url: string, { resolveAll }: Way): Promise<string[] | string> {
  const { hostname } = new URL(url);
  try {
    const found = await addressesOf(new URL(url), resolveAll);
    return found.length > 0 ? found : `${hostname} has no address.`;
  } catch (error) {
    return `${hostname} has no address: ${errorText(error).message}.`;
  }
}

/** Failures before anything was sent: another address may still answer. */
export const isUnreached = ({ phase }: Failure): boolean => ['resolve', 'connect', 'tls'].includes(phase);

async function firstAnswer(start: string, url: string, addresses: readonly string[], way: Way): Promise<Exchanged> {
  let first: Exchanged | undefined;
  for (const ip of addresses) {
    const ask = { url, address: new URL(url).origin, headOnly: true as const, guard: guardFor(start, ip) };
    const answer = await exchange({
      ...ask,
      ...(way.limits !== undefined && { limits: way.limits }),
      ...(way.signal !== undefined && { signal: way.signal }),
    });
    if (answer.result.kind === 'answer') return answer;
    first ??= answer;
  }
  return first!;
}

async function followed(
  start: string,
  from: string,
  location: string,
  hops: number,
  way: Way,
): Promise<RedirectDecision> {
  if (!URL.canParse(location, from)) return { allowed: false, message: 'the Location is no URL' };
  const target = new URL(location, from);
  const isWeb = target.protocol === 'http:' || target.protocol === 'https:';
  const addresses = isWeb ? await resolved(target.href, way) : [];
  if (typeof addresses === 'string') return { allowed: false, message: addresses.replace(/\.$/, '') };
  return authorizeRedirect(guardFor(start, addresses[0] ?? ''), from, location, hops);
}
