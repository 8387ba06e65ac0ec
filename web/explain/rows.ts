// Which of many responses is meant? One row each, and what a search finds among them.
import { explain } from '../../shared/explain.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { RecordedResponse } from '../../shared/recorded-response.ts';
import type { Response } from './explained.ts';
import { maskedUrl } from './masked.ts';
import { worstOf } from './summary.ts';
import { toneOf, verdictOf, type Tone } from './verdict.ts';

export interface Row {
  /** Index into the responses. */
  readonly index: number;
  readonly status: number;
  /** With its scheme, where that was told. */
  readonly host: string;
  /** Path and query, with secrets out of sight. */
  readonly path: string;
  /** What the nearest cache did; `no cache` where none speaks. */
  readonly verdict: string;
  readonly tone: Tone;
  readonly worst: 'bad' | 'warning' | undefined;
  /** What a search looks through, in lower case. */
  readonly text: string;
}

/** Rows drawn at first, and each time that more are asked for. */
export const AT_ONCE = 100;

export const rowsOf = (responses: readonly RecordedResponse[], now: Instant): Row[] =>
  responses.map((response, index) => rowOf(explain(response, now), index));

export function rowOf(response: Response, index: number): Row {
  const { url, status, caches } = response;
  const [, host = '', path = maskedUrl(url)] =
    /^((?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*)(.*)$/is.exec(maskedUrl(url)) ?? [];
  const nearest = caches[0];
  const verdict = nearest === undefined ? 'no cache' : verdictOf(nearest);
  return {
    index,
    status,
    host,
    path: path === '' && host !== '' ? '/' : path,
    verdict,
    tone: nearest === undefined ? 'unknown' : toneOf(nearest),
    worst: worstOf(response),
    text: [status, url, verdict, ...caches.map(({ dialect, node }) => `${dialect} ${node ?? ''}`)]
      .join(' ')
      .toLowerCase(),
  };
}

/** Rows in which every word of the search stands: a part of the URL, a status, a verdict, a product. */
export function found(rows: readonly Row[], search: string): readonly Row[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return words.length === 0 ? rows : rows.filter(({ text }) => words.every((word) => text.includes(word)));
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The one to begin with: where redirects led, or the page that a HAR begins with. */
export function firstChoice(responses: readonly { readonly status: number }[]): number {
  const end = responses.findIndex(({ status }) => !REDIRECTS.has(status));
  return end === -1 ? responses.length - 1 : end;
}
