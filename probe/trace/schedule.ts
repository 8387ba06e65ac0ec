// When should a place be asked next? Often enough to see, at the instants that teach most, never above its budget.
import { halvingInstant } from '../../shared/model/ask.ts';
import type { Instant, Interval } from '../../shared/model/interval.ts';
import type { Version } from '../../shared/model/change.ts';
import type { LayerState } from '../../shared/model/layer-state.ts';

/** Seconds between two questions. */
export interface Pace {
  /** While nothing is expected. */
  readonly calm: number;
  /** Around an expected flip, and at origins while a change is on its way. */
  readonly close: number;
}

export const pace: Pace = { calm: 1, close: 0.05 };

/** Beyond an expiry by this much nothing stands in the way of the refill any more. */
const JUST_AFTER = 0.002;

/** How long after the expected flip a place is still looked at closely, growing sparser. */
const LOOK_CLOSELY = 3;

export interface Asked {
  readonly state: LayerState;
  readonly version?: Version;
  /** The node's clock minus ours. */
  readonly offset?: Interval;
  /** Seconds from sending to the first byte in the last exchange. */
  readonly lead: number;
}

/** The instant at which a place should be asked next. */
export function nextQuestion({ state, version, offset, lead }: Asked, pace: Pace, now: Instant): Instant {
  const calm = state.observedAt.latest + pace.calm;
  const wanted = [calm];
  if (state.outcome === 'failed') return calm;
  const halving = halvingInstant(state, offset, lead / 2, now);
  if (halving !== undefined) wanted.push(halving);
  const end = state.freshUntil;
  if (end !== undefined) {
    const after = end.latest + JUST_AFTER;
    if (after > now) wanted.push(after);
    else if (turns(state, version) && now - after < LOOK_CLOSELY) wanted.push(now + closely(now - after, pace));
  } else if (version !== 'new' && state.outcome !== 'origin') wanted.push(now + pace.calm / 4);
  return Math.max(now, Math.min(...wanted));
}

/** A new version is awaited, or the refill of a copy that was just served stale: seen at once, it is dated well. */
const turns = (state: LayerState, version: Version | undefined): boolean =>
  version !== 'new' || state.outcome === 'stale';

/** Closely at first, then geometrically sparser: a node that keeps answering old is not hammered. */
function closely(since: number, pace: Pace): number {
  return Math.min(pace.calm, Math.max(pace.close, since / 8));
}
