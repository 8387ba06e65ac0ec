// Do the traits that a claim rests on stand on measurement? Where they do not, the claim says so.
import type { Dialect } from '../dialects/dialect.ts';
import { groundOf, isUnrecognised, type Ground } from '../dialects/grounds.ts';
import type { Lifetime } from '../http/freshness.ts';
import type { Policy } from '../topology.ts';
import type { Reason, RestsOn } from './reason.ts';

/** The reasons for caution about what was inferred by these traits; none where all were measured. */
export function footing(dialect: Dialect, traits: readonly RestsOn[]): Reason[] {
  if (isUnrecognised(dialect)) return [{ code: 'guessed-behaviour' }];
  const on = (ground: Ground) => traits.filter((trait) => groundOf(dialect, trait) === ground);
  const product = dialect.title;
  const documented = on('documented');
  return [
    ...(documented.length === 0 ? [] : [{ code: 'documented-behaviour', product, traits: documented } as const]),
    ...on('assumed').map((trait) => ({ code: 'assumed-trait', product, trait }) as const),
  ];
}

const CODES: ReadonlySet<Reason['code']> = new Set(['guessed-behaviour', 'documented-behaviour', 'assumed-trait']);

/** Whether it tells on what ground a claim stands, and nothing of the copy. */
export const isFooting = ({ code }: Reason): boolean => CODES.has(code);

/** The traits by which the end of a copy is worked out, save where the operator's policy decides. `window`: of stale serving, in seconds. */
export function traitsBehind(
  { behaviour }: Dialect,
  lifetime: Lifetime | undefined,
  window: number,
  policy: Policy,
): RestsOn[] {
  const traits: RestsOn[] = ['clock'];
  if (policy.honoursAge === undefined) traits.push('honoursAge');
  const giver = giverOf(lifetime);
  if (giver !== undefined) traits.push(giver);
  if (window > 0 && policy.grace === undefined)
    traits.push(window === behaviour.grace ? 'grace' : 'obeysStaleWhileRevalidate');
  return traits;
}

function giverOf(lifetime: Lifetime | undefined): RestsOn | undefined {
  switch (lifetime?.from) {
    case undefined:
    case 'default':
      return 'defaultTtl';
    case 'heuristic':
      return 'heuristicShare';
    case 'policy':
      return undefined;
    default:
      return 'lifetimeFrom';
  }
}
