// What does one response say about every cache that it crossed? (no topology needed)
import type { ExplainDocument } from './api.ts';
import { parseCacheStatus } from './http/cache-status.ts';
import { valuesOf } from './http/fields.ts';
import type { FieldLines } from './http/fields.ts';
import type { Instant } from './model/interval.ts';
import { dialects, recognise } from './dialects/index.ts';
import { notesOn } from './explain-notes.ts';
import type { RecordedResponse } from './recorded-response.ts';

type ExplainedResponse = ExplainDocument['responses'][number];
type ExplainedCache = ExplainedResponse['caches'][number];

export function explainDocument(responses: readonly RecordedResponse[], now: Instant): ExplainDocument {
  return { strata: 1, verb: 'explain', responses: responses.map((r) => explain(r, now)) };
}

/** `now` stands in for a missing Date. */
export function explain({ url, status, fields }: RecordedResponse, now: Instant): ExplainedResponse {
  const caches = cachesIn(fields, status);
  return { url, status, caches, notes: notesOn(fields, status, now) };
}

/**
 * Every cache that left a sign. A cache adds its lines below those it received, so of two signs the lower is the outer
 * cache's; Cache-Status lists its members the same way (RFC 9211 section 2). Only the outermost one's Age is in the response.
 */
function cachesIn(fields: FieldLines, status: number): ExplainedCache[] {
  const signed = dialects.flatMap((dialect) => {
    const at = dialect.signature(fields);
    return at === undefined ? [] : [{ dialect, at }];
  });
  const found = signed
    .toSorted((a, b) => b.at - a.at)
    .flatMap(({ dialect }) => (dialect.id === 'rfc9211' ? members(fields) : decoded(dialect, fields, status)));
  const all = found.length > 0 ? found : decoded(recognise(fields), fields, status);
  return all.map(({ age, ...cache }, i) => (i === 0 && age !== undefined ? { ...cache, age } : cache));
}

function decoded(dialect: ReturnType<typeof recognise>, fields: FieldLines, status: number): ExplainedCache[] {
  const said = dialect.decode(fields, status);
  if (said === undefined) return [];
  const { cacheStatus, age, hits, by } = said;
  return [
    {
      dialect: dialect.id,
      ...(cacheStatus.cache !== undefined && { node: cacheStatus.cache }),
      cacheStatus,
      ...(age !== undefined && { age }),
      ...(hits !== undefined && { hits }),
      by,
    },
  ];
}

function members(fields: FieldLines): ExplainedCache[] {
  const age = valuesOf(fields, 'age').at(-1);
  return parseCacheStatus(valuesOf(fields, 'cache-status'))
    .members.toReversed()
    .map((cacheStatus) => ({
      dialect: 'rfc9211',
      ...(cacheStatus.cache !== undefined && { node: cacheStatus.cache }),
      cacheStatus,
      ...(age !== undefined && /^\d{1,10}$/.test(age) && { age: Number(age) }),
      by: 'Cache-Status',
    }));
}
