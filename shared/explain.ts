// What does one response say about every cache that it crossed? (no topology needed)
import type { ExplainDocument } from './api.ts';
import { dialectOf } from './dialects/index.ts';
import { rfcBehaviour } from './dialects/rfc-behaviour.ts';
import { hopWords } from './hop-words.ts';
import { hopsIn } from './hops.ts';
import type { Hop } from './hops.ts';
import { ageValue } from './http/age.ts';
import { isExplicit, lifetimeOf } from './http/freshness.ts';
import type { Behaviour } from './dialects/dialect.ts';
import type { Instant } from './model/interval.ts';
import { notesOn } from './notes/index.ts';
import type { Note } from './notes/note.ts';
import type { RecordedResponse } from './recorded-response.ts';

type ExplainedResponse = ExplainDocument['responses'][number];
type ExplainedCache = ExplainedResponse['caches'][number];

/** Responses explained one by one. @param now stands in for an instant that a response does not have. */
export function explainDocument(responses: readonly RecordedResponse[], now: Instant): ExplainDocument {
  return { strata: 1, verb: 'explain', responses: responses.map((r) => explain(r, now)) };
}

/**
 * One response.
 * @param found Notes from elsewhere about the same URL (active checks); they stand after its own.
 */
export function explain(response: RecordedResponse, now: Instant, found: readonly Note[] = []): ExplainedResponse {
  const { url, status, fields } = response;
  const hops = hopsOf(response);
  const at = response.receivedAt ?? now;
  const age = ageValue(fields);
  const lifetime = explicit(response, rfcBehaviour, at);
  return {
    url,
    status,
    ...(age !== undefined && { age }),
    ...(lifetime !== undefined && { lifetime: { seconds: lifetime.seconds, from: lifetime.from } }),
    ...(lifetime !== undefined &&
      age !== undefined &&
      hops[0]?.frozenAge === undefined && { freshFor: lifetime.seconds - age }),
    caches: hops.map((hop, i) => cacheOf(hop, i === 0 ? response : undefined, at)),
    notes: [...notesOn(response, hops, now), ...found].map(noteOf),
  };
}

const noteOf = ({
  id,
  level,
  summary,
  why,
  remedy,
  reference,
  evidence,
}: Note): ExplainedResponse['notes'][number] => ({
  id,
  level,
  summary,
  why,
  remedy,
  reference,
  ...(evidence !== undefined && { evidence: [...evidence] }),
});

/** Every cache that speaks; a browser’s own in front of them, where it tells of one. */
export function hopsOf({ fields, status, browser }: RecordedResponse): Hop[] {
  const hops = hopsIn(fields, status);
  if (browser === undefined) return hops;
  const own: Hop = { ...browser, dialect: 'browser' };
  if (browser.cacheStatus.hit !== true) return [own, ...hops];
  return [own, ...hops.map(({ age: _then, ...hop }): Hop => ({ ...hop, replayed: true }))];
}

function explicit({ status, fields }: RecordedResponse, behaviour: Behaviour, at: Instant) {
  const lifetime = lifetimeOf(status, fields, behaviour, {}, at);
  return isExplicit(lifetime) && lifetime?.invalid !== true ? lifetime : undefined;
}

/** @param outermost The response, where this cache is the one that sent it. */
function cacheOf(hop: Hop, outermost: RecordedResponse | undefined, at: Instant): ExplainedCache {
  const { dialect, cacheStatus, age, hits, stale, replayed, place, notSeparable, frozenAge, made, by, line } = hop;
  const left = freshFor(hop, outermost, at);
  return {
    dialect,
    ...(cacheStatus.cache !== undefined && { node: cacheStatus.cache }),
    cacheStatus,
    says: hopWords(hop),
    ...(age !== undefined && { age }),
    ...(left !== undefined && { freshFor: left }),
    ...(hits !== undefined && { hits }),
    ...(stale !== undefined && { stale }),
    ...(replayed !== undefined && { replayed }),
    ...(place !== undefined && { place }),
    ...(frozenAge !== undefined && { frozenAge }),
    ...(made !== undefined && { made }),
    ...(notSeparable !== undefined && { notSeparable }),
    by,
    ...(line !== undefined && { line }),
  };
}

/** What it says itself; else what its own rules leave of the lifetime, where Age counts against it. */
function freshFor({ dialect, cacheStatus, age, replayed }: Hop, outermost: RecordedResponse | undefined, at: Instant) {
  if (cacheStatus.ttl !== undefined) return cacheStatus.ttl;
  const behaviour = dialectOf(dialect)?.behaviour ?? rfcBehaviour;
  if (outermost === undefined || replayed === true || age === undefined || !behaviour.honoursAge) return undefined;
  const lifetime = explicit(outermost, behaviour, at);
  return lifetime === undefined ? undefined : lifetime.seconds - age;
}
