// Which one word says what became of a request? nginx's own, and Cloudflare's after it.
import type { Spoken } from './dialect.ts';

export function statusWord(event: Spoken): string {
  const { hit, fwd } = event.cacheStatus;
  if (event.stale) return 'STALE';
  if (hit === true) return 'HIT';
  if (event.revalidated) return 'REVALIDATED';
  if (fwd === 'stale') return 'EXPIRED';
  return fwd === 'bypass' ? 'BYPASS' : 'MISS';
}
