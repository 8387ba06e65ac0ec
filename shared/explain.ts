// What does one response say about every cache that it crossed? (no topology needed)
import type { ExplainDocument } from './api.ts';
import { hopsIn } from './hops.ts';
import type { Hop } from './hops.ts';
import type { Instant } from './model/interval.ts';
import { notesOn } from './explain-notes.ts';
import type { RecordedResponse } from './recorded-response.ts';

type ExplainedResponse = ExplainDocument['responses'][number];

export function explainDocument(responses: readonly RecordedResponse[], now: Instant): ExplainDocument {
  return { strata: 1, verb: 'explain', responses: responses.map((r) => explain(r, now)) };
}

/** `now` stands in for a missing Date. */
export function explain({ url, status, fields }: RecordedResponse, now: Instant): ExplainedResponse {
  return { url, status, caches: hopsIn(fields, status).map(cacheOf), notes: notesOn(fields, status, now) };
}

const cacheOf = ({ dialect, cacheStatus, age, hits, stale, replayed, place, notSeparable, by, line }: Hop) => ({
  dialect,
  ...(cacheStatus.cache !== undefined && { node: cacheStatus.cache }),
  cacheStatus,
  ...(age !== undefined && { age }),
  ...(hits !== undefined && { hits }),
  ...(stale !== undefined && { stale }),
  ...(replayed !== undefined && { replayed }),
  ...(place !== undefined && { place }),
  ...(notSeparable !== undefined && { notSeparable }),
  by,
  ...(line !== undefined && { line }),
});
