// Which ways to purge are there? To add one: a file beside this, a line here, its word in shared/topology-schema.ts.
import type { PurgeConfig } from '../../shared/topology.ts';
import { httpPurge } from './http-purge.ts';
import type { Purger } from './purger.ts';

export const purgers: readonly Purger[] = [httpPurge];

/** The purger that a topology's `purge.by` names; the schema lets no other word through. */
export function purgerOf(by: PurgeConfig['by']): Purger {
  const purger = purgers.find((p) => p.id === by);
  if (purger === undefined) throw new Error(`no purger is called ${by}`);
  return purger;
}
