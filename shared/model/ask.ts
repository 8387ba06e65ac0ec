// At which instant does the next question to a node teach most? (MODEL: sub-second Age)
import { isAssumed } from '../dialects/grounds.ts';
import { dialectOf } from '../dialects/index.ts';
import { middle, width, type Instant, type Interval } from './interval.ts';
import type { LayerState } from './layer-state.ts';

/** Narrower than this nothing is gained: the node's own fetch takes as long. Seconds. */
const NARROW_ENOUGH = 0.008;

/** An exchange that takes longer than this share of what is unknown cannot halve it. */
const USEFUL = 0.4;

/**
 * When to send the request whose answer halves what is unknown of this node's clock: at the instant at which its Age
 * (or, on a product that counts whole seconds, its Date) steps if the truth lies in the middle of what is left.
 * Undefined where nothing can be learnt so, or where the copy may expire before.
 * `offset` is the node's clock minus ours; `lead` the seconds from sending until the node decides.
 */
export function halvingInstant(
  state: LayerState,
  offset: Interval | undefined,
  lead: number,
  now: Instant,
): Instant | undefined {
  const dialect = dialectOf(state.dialect ?? '');
  if (dialect === undefined || isAssumed(dialect, 'clock')) return undefined;
  const unknown = dialect.behaviour.clock.kind === 'continuous' ? state.generatedAt : phaseOf(offset);
  if (unknown === undefined || (state.outcome !== 'hit' && dialect.behaviour.clock.kind === 'continuous'))
    return undefined;
  const left = width(unknown);
  if (left < NARROW_ENOUGH || !Number.isFinite(left) || width(state.observedAt) > USEFUL * left) return undefined;
  const step = middle(unknown);
  const at = step + Math.ceil(now + lead - step) - lead;
  return state.freshUntil !== undefined && at + lead >= state.freshUntil.earliest ? undefined : at;
}

/** A whole-second clock steps when ours plus the offset is a whole number. */
function phaseOf(offset: Interval | undefined): Interval | undefined {
  return offset === undefined ? undefined : { earliest: -offset.latest, latest: -offset.earliest };
}
