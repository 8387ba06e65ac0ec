// On which terms may a response be stored and reused? Read once, because every reuse asks for them.
import type { Behaviour } from '../dialects/dialect.ts';
import type { Instant } from '../model/interval.ts';
import type { Policy } from '../topology.ts';
import { varyNames } from './cache-key.ts';
import { controlOf } from './control.ts';
import type { Control } from './control.ts';
import type { FieldLines } from './fields.ts';
import { dateOf, hasValidator, lifetimeOf, staleIfErrorWindow, staleWindow } from './freshness.ts';
import type { Lifetime } from './freshness.ts';
import { groupsIn } from './groups.ts';

export interface Terms {
  /** Undefined: nothing gives one. */
  readonly lifetime: Lifetime | undefined;
  /** no-cache covers the whole response: every reuse needs validation (RFC 9111 section 5.2.2.4). */
  readonly alwaysValidate: boolean;
  /** Nothing but a validation, or a failure to reach the origin, ends its staleness (section 4.2.4). */
  readonly forbidsStale: boolean;
  /** Seconds after freshness in which it may be served while a new one is fetched behind it. */
  readonly staleFor: number;
  /** Seconds after freshness in which it may be served when the next hop fails. */
  readonly ifErrorFor: number;
  /** What a conditional request can ask with (section 4.3.1). */
  readonly hasValidator: boolean;
  /** Lower-case names of the request fields that select it; `*` alone: nothing does. */
  readonly vary: readonly string[];
  readonly groups: readonly string[];
  /** Its Date. */
  readonly date: Instant;
}

/** @param fields With a Date, as every response has once it was received. */
export function termsOf(
  status: number,
  fields: FieldLines,
  behaviour: Behaviour,
  policy: Policy,
  receivedAt: Instant,
  control: Control = controlOf(fields, behaviour),
): Terms {
  const lifetime = lifetimeOf(status, fields, behaviour, policy, receivedAt, control);
  const { ignoredInVary } = behaviour;
  const varied = varyNames(fields);
  const names = ignoredInVary === undefined ? varied : varied.filter((name) => !ignoredInVary.includes(name));
  const isForAll = names[0] === '*' && behaviour.storesVaryStar === true;
  const isServedOnError = behaviour.staleOnErrorStatus?.includes(status) !== false;
  return {
    lifetime,
    alwaysValidate: control.noCache || isForAll,
    forbidsStale: control.forbidsStale,
    staleFor: staleWindow(control, behaviour, policy),
    ifErrorFor: isServedOnError ? staleIfErrorWindow(control, behaviour) : 0,
    hasValidator: behaviour.validatesByDate === true || hasValidator(fields),
    vary: isForAll ? NONE : names,
    groups: behaviour.groups ? groupsIn(fields, 'cache-groups') : NONE,
    date: dateOf(fields, receivedAt),
  };
}

const NONE: readonly string[] = [];
