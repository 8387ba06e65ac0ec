// What does a page of MediaWiki's say about when, where and from which cache it was rendered? It stands in the page, not in the fields.
// Source: mediawiki.org, NewPP parser report and Manual:Parser cache; Manual:Interface/JavaScript (wgHostname, wgPageParseReport).
import type { FieldLines } from '../http/fields.ts';
import type { Instant } from '../model/interval.ts';
import type { Decoded } from './dialect.ts';
import { lastOf } from './read.ts';

/** Each part is absent where the page does not say it. Times are seconds since 1970. */
export interface PageSays {
  /** "MediaWiki 1.43.0". */
  readonly generator?: string;
  /** The server that wrote the page around the text. */
  readonly host?: string;
  /** The server that rendered the text, which may have been another, earlier. */
  readonly renderedBy?: string;
  readonly renderedAt?: Instant;
  /** Seconds for which the rendered text may be used. */
  readonly lifetime?: number;
  /** It is one that the parser cache keeps. */
  readonly parserCache?: ParserCache;
}

export interface ParserCache {
  readonly key: string;
  readonly savedAt: Instant;
  readonly revision?: number;
}

/** No page says it further in; both its ends are looked at. Characters. */
const HEAD = 200_000;
const TAIL = 400_000;

/** Whether the text of a page tells of a cache behind it. */
export const tellsOfItself = (body: string): boolean => parserCacheIn(body.slice(-TAIL)) !== undefined;

/** What the text of a page says; undefined where it says nothing of MediaWiki. */
export function pageSays(body: string): PageSays | undefined {
  const head = body.slice(0, HEAD);
  const tail = body.slice(-TAIL);
  const generator = /<meta name="generator" content="(MediaWiki[^"]{0,60})"/.exec(head)?.[1];
  const host = named(/"wgHostname":\s?"([^"]{1,100})"/.exec(tail) ?? /"wgHostname":\s?"([^"]{1,100})"/.exec(head));
  const renderedBy = named(/\nParsed by ([^\n]{1,100})\n/.exec(tail));
  const renderedAt = stamped(/\nCached time: (\d{14})\n/.exec(tail)?.[1]);
  const lifetime = /\nCache expiry: (\d{1,10})\n/.exec(tail)?.[1];
  const parserCache = parserCacheIn(tail);
  const says: PageSays = {
    ...(generator !== undefined && { generator }),
    ...(host !== undefined && { host }),
    ...(renderedBy !== undefined && { renderedBy }),
    ...(renderedAt !== undefined && { renderedAt }),
    ...(lifetime !== undefined && { lifetime: Number(lifetime) }),
    ...(parserCache !== undefined && { parserCache }),
  };
  return Object.keys(says).length === 0 ? undefined : says;
}

/** Hyphens are written as U+2010 within comments, where two of the plain ones would end them. */
const named = (match: RegExpExecArray | null): string | undefined => match?.[1]?.replaceAll('\u2010', '-').trim();

function parserCacheIn(tail: string): ParserCache | undefined {
  const start = tail.lastIndexOf('<!-- Saved in parser cache with key ');
  if (start === -1) return undefined;
  const comment = tail.slice(start, start + 600);
  const [, key, stamp, revision] =
    /with key (\S{1,400}) and timestamp (\d{14})(?: and revision id (\d{1,12}))?/.exec(comment) ?? [];
  const savedAt = stamped(stamp);
  if (key === undefined || savedAt === undefined) return undefined;
  return { key, savedAt, ...(revision !== undefined && { revision: Number(revision) }) };
}

/** YYYYMMDDhhmmss in UTC. */
function stamped(text: string | undefined): Instant | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text ?? '');
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  const at = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  return Number.isFinite(at) ? at : undefined;
}

/** Seconds by which the clocks of two of its servers may differ. */
const SLACK = 2;

/**
 * Whether the text came from the parser cache when the page was written: it had then been rendered before.
 * `writtenAt` as below. Undefined where the page does not say when it was rendered.
 */
export function fromParserCache(says: PageSays, writtenAt: Instant): boolean | undefined {
  const rendered = says.renderedAt ?? says.parserCache?.savedAt;
  return rendered === undefined ? undefined : rendered < writtenAt - SLACK;
}

/** When its server began on the page: `t` of Backend-Timing, in microseconds; undefined where that is not sent. */
export function writtenAt(fields: FieldLines): Instant | undefined {
  const micros = /(?:^|\s)t=(\d{15,17})\b/.exec(lastOf(fields, 'backend-timing') ?? '')?.[1];
  return micros === undefined ? undefined : Number(micros) / 1e6;
}

/** What the parser cache behind a page did when the page was written; undefined where the page does not tell of one. */
export function decodePage(body: string, fields: FieldLines): Decoded | undefined {
  const says = pageSays(body);
  if (says?.parserCache === undefined) return undefined;
  const { key, savedAt } = says.parserCache;
  const at = writtenAt(fields);
  const isHit = at === undefined ? undefined : fromParserCache(says, at);
  return {
    cacheStatus: {
      cache: 'parser cache',
      ...(isHit === true && { hit: true }),
      ...(isHit === false && { fwd: 'miss', stored: true }),
      key,
    },
    by: 'page',
    storeId: String(savedAt),
    ...(isHit === true && at !== undefined && { age: Math.max(0, Math.floor(at - savedAt)) }),
    ...(isHit === undefined && {
      notSeparable: 'Without Backend-Timing nothing tells whether it was rendered for this page.',
    }),
  };
}
