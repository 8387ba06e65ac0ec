// When is a layer purged once more? Where it may have refilled itself from a cache whose purge took effect only later.
import { purgeKind } from '../../shared/purge/index.ts';
import type { PurgedLayer } from './plan.ts';
import type { PurgeStep } from './purger.ts';

export interface ReboundOptions {
  /** Seconds after everything else, for all but the innermost layers that do not say themselves; 0: none. Absent: where needed. */
  readonly wanted: number | undefined;
  /** Seconds that the next wave waits for this one. */
  readonly waitAfter: (wave: readonly PurgedLayer[]) => number;
}

/**
 * The steps that are sent once more, in waves behind the others, inside out again. What the topology says of a layer counts
 * first; by itself only a layer is purged again that has a wave inside it whose purge settles some time after it was accepted.
 */
export function reboundOf(
  steps: readonly PurgeStep[],
  waves: readonly (readonly PurgedLayer[])[],
  { wanted, waitAfter }: ReboundOptions,
): PurgeStep[] {
  if (wanted === 0) return [];
  const dueOf = ({ purge, wave }: PurgeStep): number =>
    purge.rebound ?? (wave === 0 ? 0 : (wanted ?? slowest(waves.slice(0, wave))));
  const again = steps.filter((step) => dueOf(step) > 0);
  let elapsed = 0;
  let before: readonly PurgedLayer[] = [];
  return [...new Set(again.map((step) => step.wave))].flatMap((wave, i) => {
    const own = again.filter((step) => step.wave === wave);
    const due = Math.max(...own.map(dueOf));
    const after = Math.max(due - elapsed, before.length === 0 ? 0 : waitAfter(before));
    elapsed += after;
    before = waves[wave] ?? [];
    return own.map((step) => ({
      ...step,
      wave: waves.length + i,
      after,
      rebound: true,
      because: `Once more: ${step.layer.id} may have refilled itself before the layers behind it had let go.`,
    }));
  });
}

const slowest = (waves: readonly (readonly PurgedLayer[])[]): number =>
  Math.max(0, ...waves.flat().map(({ purge }) => purgeKind(purge.by).settles ?? 0));
