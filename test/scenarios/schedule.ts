// When does each step fall? So that neither a continuous nor a whole-second clock is ever met at its edge.
import type { Instant } from '../../shared/model/interval.ts';
import type { Scenario } from './scenario.ts';

/** Seconds that the origin takes besides what a scenario asks for: long enough to tell a refresh behind a client's back. */
export const ORIGIN_TAKES = 0.03;

const FIRST = 0.1;

/**
 * Seconds from a whole second of the wall clock to each step. Every step falls a little later within its second than
 * the one before: two of them are never a whole number of seconds apart, and waits of whole seconds stay in the order
 * in which whole-second clocks count them.
 */
export function schedule(scenario: Scenario): number[] {
  const apart = Math.min(0.12, 0.75 / scenario.steps.length);
  let waited = 0;
  return scenario.steps.map(({ wait }, i) => {
    waited += wait;
    return waited + FIRST + i * apart;
  });
}

/** The next instant, not before `now`, at which this step falls when the scenario began at the whole second `began`. */
export function due(offset: number, began: Instant, now: Instant): Instant {
  const planned = began + offset;
  // late: whole seconds later, and as before within its second
  return now <= planned + 0.02 ? planned : planned + Math.ceil(now - planned);
}
