// Which purges may a command send? Those of a topology that says how; many pages at once only where somebody said yes.
import { Option, type Command } from 'commander';
import { ConfigError } from '../../shared/config-problem.ts';
import { isBulk, planPurge, type PurgePlan } from '../purgers/plan.ts';
import type { Choice } from '../trace/places.ts';
import type { TraceWanted } from '../trace/propagation.ts';
import type { Session } from '../trace/session.ts';
import { duration, type PlaceOptions } from './options.ts';

export interface ConsentOptions {
  readonly yes?: true;
  readonly rebound?: number;
}

export interface PurgingOptions extends ConsentOptions {
  readonly purge?: true;
  /** False with --no-hold. */
  readonly hold: boolean;
}

export const withConsentOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--rebound <duration>',
        "purge the outer layers once more, so long after (a layer's own comes first); 0: none",
      ).argParser(duration),
    )
    .option('--yes', 'also purge what names more than single URLs or tags: a prefix, a host, everything');

/** For commands that purge on the way. */
export const withPurgingOptions = (command: Command): Command =>
  withConsentOptions(
    command
      .option('--purge', 'purge, inside out, once every origin serves it')
      .option('--hold', 'hold the purge until every origin serves it', true)
      .option('--no-hold', 'purge at once, whatever the origins serve'),
  );

/** @throws ConfigError where a purge is asked for and nothing can be purged, or more than was agreed to */
export function purgingFrom(
  options: PurgingOptions & Pick<PlaceOptions, 'timeout'>,
  { topology }: Session,
  chosen: Choice,
): Pick<TraceWanted, 'purge' | 'hold' | 'rebound' | 'timeout'> {
  const { purge, hold, rebound, timeout } = options;
  if (purge === true) {
    const plan = planPurge(topology, chosen);
    if (plan.steps.length === 0) {
      throw new ConfigError(
        '--purge needs a layer that says how to purge it: "purge: { by: http-purge }" in the topology.',
      );
    }
    requireConsent(plan, options);
  }
  return {
    purge: purge === true,
    hold,
    ...(rebound !== undefined && { rebound }),
    ...(timeout !== undefined && { timeout }),
  };
}

/** @throws ConfigError where the plan names more than single URLs or tags, and nobody said yes */
export function requireConsent({ steps }: PurgePlan, { yes }: ConsentOptions): void {
  const bulk = steps.find(isBulk);
  if (bulk === undefined || yes === true) return;
  const { layer, purge } = bulk;
  throw new ConfigError(
    `Layer ${layer.id} is purged by ${purge.scope}, which lets go of more than the chosen pages; look at it with "strata purge --dry-run", then add --yes.`,
  );
}
