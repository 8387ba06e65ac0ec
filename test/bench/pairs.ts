// Which exchanges are the executable cache and its peer given? A few hundred, all different, the same in every run.
import { formatDate } from '../../shared/http/date.ts';
import type { FieldLine } from '../../shared/http/fields.ts';

export interface Message {
  readonly method: string;
  readonly url: string;
  readonly fields: readonly FieldLine[];
}

/** A request, its answer, and a later request for the same URL. */
export interface Pair {
  readonly first: Message;
  readonly status: number;
  readonly fields: readonly FieldLine[];
  readonly again: Message;
}

/** Numbers from 0 to below 1, the same in every run (Park and Miller's minimal standard). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

const RESPONSE_DIRECTIVES = [
  ['max-age=60', 'max-age=3600', 'max-age=31536000, immutable', 's-maxage=600, max-age=0', 'max-age="120"'],
  ['public, max-age=300', 'no-cache', 'no-store', 'private, max-age=60', 'must-revalidate, max-age=120'],
  ['max-age=30, stale-while-revalidate=60', 'max-age=5, stale-if-error=86400', 'max-age=0, must-revalidate', ''],
].flat();

const REQUEST_DIRECTIVES = ['', '', '', '', 'max-age=0', 'no-cache', 'max-age=600', 'min-fresh=10', 'max-stale=60'];
const VARY = ['', '', 'Accept-Encoding', 'Accept-Encoding, Accept-Language', 'Origin', '*'];
const STATUS = [200, 200, 200, 200, 200, 203, 301, 302, 404, 410, 500];
const LANGUAGES = ['en', 'de-CH, de;q=0.8', 'fr'];

/** `count` pairs around the instant `now`, in seconds. */
export function pairs(count: number, now: number): Pair[] {
  const next = numbers(20_111);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  return Array.from({ length: count }, (_, i) => {
    const url = `http://shop.example/section-${i % 17}/page-${i}?v=${Math.floor(next() * 1e6)}`;
    const language = pick(LANGUAGES);
    const made = now - Math.floor(next() * 200);
    const request = (lang: string): Message => ({ method: 'GET', url, fields: requestFields(lang, '') });
    const fields = present([
      ['Date', formatDate(made)],
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Length', String(Math.floor(next() * 50_000))],
      ['Server', 'Apache/2.4.58 (Unix)'],
      ['Cache-Control', pick(RESPONSE_DIRECTIVES)],
      ['Age', next() < 0.4 ? String(Math.floor(next() * 120)) : ''],
      ['Expires', next() < 0.3 ? formatDate(made + 300) : ''],
      ['ETag', next() < 0.6 ? `"${i.toString(36)}-${Math.floor(next() * 1e9).toString(36)}"` : ''],
      ['Last-Modified', next() < 0.5 ? formatDate(made - Math.floor(next() * 1e6)) : ''],
      ['Vary', pick(VARY)],
      ['Set-Cookie', next() < 0.1 ? 'session=1; Path=/; HttpOnly' : ''],
      ['X-Request-Id', `${i}-${Math.floor(next() * 1e9)}`],
    ]);
    const again = {
      ...request(language),
      fields: requestFields(pick([language, pick(LANGUAGES)]), pick(REQUEST_DIRECTIVES)),
    };
    return { first: request(language), status: pick(STATUS), fields, again };
  });
}

const requestFields = (language: string, cacheControl: string): FieldLine[] =>
  present([
    ['Host', 'shop.example'],
    ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
    ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['Accept-Encoding', 'gzip, deflate, br'],
    ['Accept-Language', language],
    ['Cache-Control', cacheControl],
  ]);

const present = (fields: readonly FieldLine[]): FieldLine[] => fields.filter(([, value]) => value !== '');
