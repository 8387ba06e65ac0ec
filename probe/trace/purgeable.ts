// May a purge be sent that was asked for over HTTP? Refused is what reaches nothing, too much, or lacks a credential.
import type { Topology } from '../../shared/topology.ts';
import { isBulk, planPurge, requireSteps } from '../purgers/plan.ts';
import { requireSecrets } from '../purgers/run.ts';
import { RequestProblem } from '../server/engine.ts';
import type { Choice } from './places.ts';

/**
 * @param everything Whether it was asked for in so many words to let go of more than the chosen pages.
 * @throws ConfigError where no chosen layer says how it is purged, or the environment lacks a variable; RequestProblem where
 *   more than the chosen pages would go
 */
export function requirePurgeable(topology: Topology, wanted: Choice, everything: boolean): void {
  const { steps } = planPurge(topology, wanted);
  requireSteps(steps);
  const bulk = steps.find(isBulk);
  if (bulk !== undefined && !everything) {
    throw new RequestProblem(
      'everything',
      `Layer ${bulk.layer.id} is purged by ${bulk.purge.scope}, which lets go of more than the chosen pages; send everything: true.`,
    );
  }
  requireSecrets(steps);
}
