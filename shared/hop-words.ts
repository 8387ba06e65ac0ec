// What did a cache do with the request, in words?
import type { Fwd } from './http/cache-status.ts';
import type { Hop } from './hops.ts';

const FORWARDED: Readonly<Record<Fwd, string>> = {
  bypass: 'passed it on without looking into its store',
  method: 'passed it on, because of its method',
  'uri-miss': 'had nothing stored for this URL',
  'vary-miss': 'had only other variants of it',
  miss: 'had nothing stored that it could use',
  request: 'had a copy, but the request asked for a new one',
  stale: 'had an expired copy and asked its parent',
  partial: 'had only a part of it',
};

interface Verdict {
  readonly cacheStatus: { readonly hit?: boolean | undefined; readonly fwd?: Fwd | undefined };
  readonly stale?: boolean | undefined;
}

/** One or two words: `hit`; why it went to its parent; empty where it does not say. An expired copy that was asked about was not served. */
export function hopVerdict({ cacheStatus: { hit, fwd }, stale }: Verdict): string {
  if (hit === true) return stale === true ? 'hit, stale' : 'hit';
  return fwd === 'stale' ? 'expired, asked' : (fwd ?? '');
}

/** One clause with the cache as its subject: `answered from its store`. */
export function hopWords({ cacheStatus: status, hits, stale, revalidated, made }: Hop): string {
  if (made !== undefined)
    return made === 'error' ? 'answered with an error of its own' : 'answered by itself, from no store';
  if (status.hit === true) return fromStore(status.collapsed === true, hits, stale === true, revalidated === true);
  if (status.fwd === undefined) return 'does not say what it did';
  return [FORWARDED[status.fwd], answered(status.fwd, status.fwdStatus), kept(status.stored, status.collapsed)].join(
    '',
  );
}

function fromStore(collapsed: boolean, hits: number | undefined, stale: boolean, revalidated: boolean): string {
  const what = stale ? 'answered from its store with an expired copy' : 'answered from its store';
  const asked = revalidated ? ', after its parent confirmed the copy' : '';
  const shared = collapsed ? ', by a fetch shared with other requests' : '';
  return `${what}${asked}${shared}${hits === undefined || hits < 1 ? '' : ` (hit ${hits} of this copy)`}`;
}

function answered(fwd: Fwd, status: number | undefined): string {
  if (status === undefined) return '';
  if (status === 304) return fwd === 'stale' ? ', which confirmed it (304)' : ', and got a 304';
  return fwd === 'stale' ? `, which sent a ${status}` : `, and got a ${status}`;
}

const kept = (stored: boolean | undefined, collapsed: boolean | undefined): string =>
  (stored === undefined ? '' : stored ? ', and stored the answer' : ', and did not store the answer') +
  (collapsed === true ? ', by a fetch shared with other requests' : '');
