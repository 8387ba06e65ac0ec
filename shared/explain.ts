// What does one response say about every cache that it crossed? (no topology needed)
import type { ExplainDocument } from './api.ts';
import { dialectOf } from './dialects/index.ts';
import { decodePage } from './dialects/mediawiki.ts';
import { rfcBehaviour } from './dialects/rfc-behaviour.ts';
import { hopWords } from './hop-words.ts';
import { hopsIn } from './hops.ts';
import type { Hop } from './hops.ts';
import { ageValue } from './http/age.ts';
import { controlOf } from './http/control.ts';
import { first as firstOf, type FieldLines } from './http/fields.ts';
import { isExplicit, lifetimeOf } from './http/freshness.ts';
import type { Behaviour } from './dialects/dialect.ts';
import type { Instant } from './model/interval.ts';
import type { Answered } from './notes/answered.ts';
import { notesOn } from './notes/index.ts';
import type { Note } from './notes/note.ts';
import { pageAssets } from './notes/page-assets.ts';
import { isHtml } from './notes/scene.ts';
import type { RecordedResponse } from './recorded-response.ts';

type ExplainedResponse = ExplainDocument['responses'][number];
type ExplainedCache = ExplainedResponse['caches'][number];

/** Responses explained one by one, and the first page among them with its scripts and styles. @param now stands in for an instant that a response does not have. */
export function explainDocument(responses: readonly RecordedResponse[], now: Instant): ExplainDocument {
  const page = responses.findIndex(isPage);
  const found = page === -1 ? [] : pageNotes(responses, page, now);
  return { strata: 1, verb: 'explain', responses: responses.map((r, i) => explain(r, now, i === page ? found : [])) };
}

/** A page that a recording holds together with what it names. */
const isPage = ({ status, fields, url }: RecordedResponse): boolean => status === 200 && url !== '' && isHtml(fields);

/** Notes on the scripts and styles of the page's own host that were recorded after it, up to the next page. */
function pageNotes(responses: readonly RecordedResponse[], page: number, now: Instant): Note[] {
  const host = hostOf(responses[page]!.url);
  const after = responses.slice(page + 1);
  const next = after.findIndex(isPage);
  const assets = (next === -1 ? after : after.slice(0, next)).filter((r) => isAsset(r) && hostOf(r.url) === host);
  return pageAssets.read({ page: answered(responses[page]!), assets: assets.map(answered), now });
}

const answered = (response: RecordedResponse): Answered => ({ response, hops: hopsOf(response) });

const hostOf = (url: string): string => /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? '';

/** By its path too: what is missing is answered by a page. */
const isAsset = ({ fields, url }: RecordedResponse): boolean =>
  /^\s*(?:text\/css|(?:text|application)\/(?:x-)?javascript)\b/i.test(firstOf(fields, 'content-type') ?? '') ||
  /^[^?#]*\.(?:m?js|css)(?:[?#]|$)/i.test(url);

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
    caches: [...hops, ...behindPage(response, hops)].map((hop, i) => cacheOf(hop, i === 0 ? response : undefined, at)),
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

/** What tells of itself in the page only, behind all that speak in the fields. */
function behindPage({ page, fields }: RecordedResponse, hops: readonly Hop[]): Hop[] {
  const said = page === undefined ? undefined : decodePage(page, fields);
  if (said === undefined) return [];
  const isHistory = hops.some(({ cacheStatus }) => cacheStatus.hit === true);
  return [{ ...said, dialect: 'mediawiki', ...(isHistory && { replayed: true as const }) }];
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

/** What it says itself; else what its own rules leave of the lifetime, where Age counts against it, and it has a copy. */
function freshFor(hop: Hop, outermost: RecordedResponse | undefined, at: Instant): number | undefined {
  const { dialect, cacheStatus, age, replayed } = hop;
  if (cacheStatus.ttl !== undefined) return cacheStatus.ttl;
  const behaviour = dialectOf(dialect)?.behaviour ?? rfcBehaviour;
  if (outermost === undefined || replayed === true || age === undefined || !behaviour.honoursAge) return undefined;
  if (!mayHaveKept(hop, outermost.fields, behaviour)) return undefined;
  const lifetime = explicit(outermost, behaviour, at);
  if (lifetime === undefined) return undefined;
  const left = lifetime.seconds - age;
  // a hit that may be within a lifetime of which the response tells nothing
  if (left <= 0 && cacheStatus.hit === true && hop.stale !== true && hop.notSeparable !== undefined) return undefined;
  const { rewritesCacheControl: rewrites } = behaviour;
  if (rewrites === undefined || controlOf(outermost.fields, behaviour).by !== 'cache-control') return left;
  return rewrites === 'perhaps' && left > 0 ? left : undefined;
}

/** Not what it passed on, or what it is known not to store. */
function mayHaveKept({ cacheStatus, made }: Hop, fields: FieldLines, { storesSetCookie }: Behaviour): boolean {
  if (cacheStatus.hit === true) return true;
  const { fwd, stored } = cacheStatus;
  if (made !== undefined || fwd === 'bypass' || fwd === 'method' || stored === false) return false;
  return storesSetCookie || firstOf(fields, 'set-cookie') === undefined;
}
