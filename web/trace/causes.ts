// What was found to hold the change up, in the one form that documents and the page share?
import type { TraceDocument } from '../../shared/api.ts';
import { findCauses } from '../../shared/causes/index.ts';
import { causeDocument } from '../../shared/documents.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Reading } from '../../shared/model/reading.ts';
import type { Start } from './start.ts';

export type Cause = TraceDocument['causes'][number];

/** What each cause is called on the page; one that is not known here is called by its id. */
export const CAUSE_TITLES: Readonly<Record<string, string>> = {
  'purge-race': 'Purge race',
  'premature-purge': 'Purged too early',
  'purge-lost': 'Purge lost',
  'variant-not-purged': 'Variant not purged',
  'wrong-key-purged': 'Another key was purged',
  'nodes-disagree': 'Nodes disagree',
  'half-rolled-origin': 'Origins disagree',
  'stale-while-revalidate': 'Served stale while fetching',
};

/** `edge-nyc · mobile`, or the layer where it concerns all of it. */
export function placeOf(cause: Cause): string {
  const parts = [cause.node ?? cause.layer, cause.target, cause.variant];
  return parts.filter((p): p is string => p !== undefined).join(' · ');
}

/** What the reading shows at `now` (seconds since the epoch) of the change that began at `start`. */
export function causesIn(reading: Reading, start: Start, now: Instant): Cause[] {
  const expect = start.expect === undefined ? {} : { expect: start.expect };
  return findCauses({ reading, start: start.at, ...expect }, now).map(causeDocument);
}
