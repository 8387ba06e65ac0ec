// When should a place be asked next? Often enough to see, at the instants that teach most, never above its budget.
import { halvingInstant } from '../../shared/model/ask.ts';
import type { Instant, Interval } from '../../shared/model/interval.ts';
import type { Version } from '../../shared/model/change.ts';
import type { LayerState } from '../../shared/model/layer-state.ts';

/** Seconds between two questions. */
export interface Pace {
  /** While nothing is expected. */
  readonly calm: number;
  /** Where a flip may come, and nothing tells when: at nodes that are old while every origin is new. */
  readonly close: number;
}

export const pace: Pace = { calm: 1, close: 0.05 };

/** Beyond an expiry by this much nothing stands in the way of the refill any more. */
const JUST_AFTER = 0.002;

/** For so long after a purge was accepted a place is asked as often as it may be; then ever more sparsely. Seconds. */
const AFTER_PURGE = 3;

/** The same after a predicted flip. */
const AFTER_EXPIRY = 0.5;

/** Asked more often than this, a place is worth a connection of its own. Seconds. */
const OFTEN = 0.05;

/** Over a predicted instant that is only known as an interval so many questions are spread. */
const ACROSS = 40;

/** Twice as long after each failure, up to so many doublings. */
const DOUBLINGS = 3;

/** The last purge that was meant for a place. */
export interface Purged {
  readonly sentAt: Instant;
  /** When it was answered; absent as long as nothing is known of what became of it. */
  readonly answeredAt?: Instant;
}

export interface Asked {
  readonly state: LayerState;
  readonly version?: Version;
  /** It shows the new version, but not yet often enough in a row. */
  readonly unsettled?: boolean;
  /** The node's clock minus ours. */
  readonly offset?: Interval;
  /** Seconds from sending to the first byte in the last exchange. */
  readonly lead: number;
  /** Seconds between two questions at the least, as its share of the node's budget allows. */
  readonly spacing: number;
  readonly purged?: Purged;
  /** Since when every origin serves what is awaited. */
  readonly readyAt?: Instant;
  /** Exchanges in a row that failed, the last one among them. */
  readonly failures: number;
}

/** The instant at which a place should be asked next. */
export function nextQuestion(asked: Asked, pace: Pace, now: Instant): Instant {
  const { state, version, offset, lead, failures } = asked;
  const { observedAt, freshUntil: end } = state;
  if (state.outcome === 'failed') return observedAt.latest + pace.calm * 2 ** Math.min(DOUBLINGS, failures - 1);
  const wanted = [observedAt.latest + pace.calm];
  const gap = expectedGap(asked, pace, now);
  if (gap !== undefined) wanted.push(observedAt.earliest + Math.max(gap, asked.spacing));
  const halving = halvingInstant(state, offset, lead / 2, now);
  if (halving !== undefined) wanted.push(halving);
  if (end !== undefined && end.latest + JUST_AFTER > now) wanted.push(end.latest + JUST_AFTER);
  if (end === undefined && version !== 'new' && state.outcome !== 'origin') wanted.push(now + pace.calm / 4);
  return Math.max(now, Math.min(...wanted));
}

/** Whether a flip is expected at any moment, so that the place should be asked as often as it may be. */
export const isClose = (asked: Asked, pace: Pace, now: Instant): boolean =>
  asked.state.outcome !== 'failed' && (expectedGap(asked, pace, now) ?? pace.calm) < OFTEN;

/** Seconds between two questions for the sake of a flip that is expected; undefined where none is. */
function expectedGap(
  { state, version, unsettled, purged, readyAt }: Asked,
  pace: Pace,
  now: Instant,
): number | undefined {
  // seen at once, the refill behind a stale answer is dated well
  if (version === 'new') return state.outcome === 'stale' || unsettled === true ? pace.close : undefined;
  if (state.outcome === 'origin') return undefined;
  const gaps = [];
  // what was answered is the end of the waiting; without an answer it may act at any moment
  if (purged !== undefined) gaps.push(sparser(now - (purged.answeredAt ?? purged.sentAt), AFTER_PURGE));
  const { freshUntil: end } = state;
  if (end !== undefined && now > end.latest) gaps.push(sparser(now - end.latest, AFTER_EXPIRY));
  else if (end !== undefined && now >= end.earliest) gaps.push((end.latest - end.earliest) / ACROSS);
  if (readyAt !== undefined && now >= readyAt) gaps.push(Math.max(pace.close, (now - readyAt) / 8));
  const gap = Math.min(...gaps);
  return gap < pace.calm ? gap : undefined;
}

/** As often as may be at first, then geometrically sparser: a node that keeps answering old is not hammered. */
const sparser = (since: number, closely: number): number => Math.max(0, (since - closely) / 8);
