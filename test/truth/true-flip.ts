// When did one node truly turn, by what went through the gate in front of it?
import { interval, type Interval } from '../../shared/model/interval.ts';
import type { Passed } from './gates.ts';

/**
 * Between what the node was last asked that it answered with the former build, and its first answer with the new one; and
 * not before the purge had gone in. Undefined where it never turned.
 */
export function trueFlip(passed: readonly Passed[], node: string, build: string): Interval | undefined {
  const here = passed.filter((p) => p.node === node);
  const purge = here.findLast((p) => p.method === 'PURGE');
  const answers = here.filter((p) => p.method === 'GET' && p.status === 200);
  const isNew = (p: Passed) => p.etag.includes(`"${build}"`);
  const firstNew = Math.min(...answers.filter(isNew).map((p) => p.answeredAt));
  const lastOld = Math.max(...answers.filter((p) => !isNew(p)).map((p) => p.sentAt));
  if (!Number.isFinite(firstNew) || purge === undefined) return undefined;
  return interval(Math.max(lastOld, purge.sentAt), firstNew);
}

/** When the purge itself was carried out: between its going in and its answer. */
export function purgedAt(passed: readonly Passed[], node: string): Interval | undefined {
  const purge = passed.findLast((p) => p.node === node && p.method === 'PURGE');
  return purge && interval(purge.sentAt, purge.answeredAt);
}
