// When does each step fall? So that neither a continuous nor a whole-second clock is ever met at its edge.
import type { Instant } from '../../shared/model/interval.ts';
import type { Scenario } from './scenario.ts';

/** Seconds that the origin takes besides what a scenario asks for: long enough to tell a refresh behind a client's back. */
export const ORIGIN_TAKES = 0.03;

/** The part of each second in which steps fall. */
const FROM = 0.06;
const TO = 0.9;

/**
 * Seconds from a whole second of the wall clock to each step. Every step falls a little later within its second than
 * the one before: two of them are never a whole number of seconds apart, and waits of whole seconds stay in the order
 * in which whole-second clocks count them.
 * @param stagger 0 to 1: how late within the second, so that scenarios that are played at once do not all ask at once
 */
export function schedule(scenario: Scenario, stagger = 0): number[] {
  const last = scenario.steps.length - 1;
  const apart = Math.min(0.1, (TO - FROM) / Math.max(1, last));
  const first = FROM + stagger * (TO - FROM - last * apart);
  let waited = 0;
  return scenario.steps.map(({ wait }, i) => {
    waited += wait;
    return waited + first + i * apart;
  });
}

/** The next instant, not before `now`, at which this step falls when the scenario began at the whole second `began`. */
export function due(offset: number, began: Instant, now: Instant): Instant {
  const planned = began + offset;
  // late: whole seconds later, and as before within its second
  return now <= planned + 0.02 ? planned : planned + Math.ceil(now - planned);
}
