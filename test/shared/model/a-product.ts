// One story of a few exchanges, told by a cache that has some trait of a product's.
import type { Behaviour } from '../../../shared/dialects/dialect.ts';
import { rfcBehaviour } from '../../../shared/dialects/rfc-behaviour.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';
import type { Policy } from '../../../shared/topology.ts';
import type { CacheRequest } from '../../../shared/model/verdict.ts';
import { aCache, cc, get, outcome, url } from './a-cache.ts';
import type { Origin } from './a-cache.ts';

export type Step = readonly [at: number, request: CacheRequest, origin?: Origin];

export const tag: FieldLines = [['ETag', '"a"']];
export const length: FieldLines = [['Content-Length', '4']];
export const fresh = { fields: [...cc('max-age=10'), ...tag, ...length] };
export const failed = { status: 503, fields: [] };
export const head: CacheRequest = { method: 'HEAD', url, fields: [] };
export const post: CacheRequest = { method: 'POST', url, fields: [] };
export const ifNone = (tags: string): CacheRequest => get([['If-None-Match', tags]]);
export const range = (bytes: string): CacheRequest => get([['Range', `bytes=${bytes}`]]);

/** What was decided in the last step, how it was asked, and which status went to the client. */
export function told(trait: Partial<Behaviour>, steps: readonly Step[], policy: Policy = {}): string {
  const cache = aCache({ ...rfcBehaviour, ...trait }, policy);
  const words = steps.map(([at, request, origin = { fields: [] }]) => {
    const { verdict, received } = cache.exchange(request, origin, at);
    const status = received?.head.status ?? (verdict.kind === 'forward' ? 0 : verdict.head.status);
    const asked = verdict.kind === 'forward' && verdict.conditional ? ' conditional' : '';
    const apart = verdict.kind === 'forward' && verdict.collapse === undefined ? ' apart' : '';
    return `${outcome(verdict)}${asked}${apart} ${status}`;
  });
  return words.at(-1)!;
}
