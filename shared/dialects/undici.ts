// How does the cache of undici, the HTTP client of Node, speak and behave? By Age, and by a Warning on what is stale.
// Source: nodejs/undici docs (CacheStore, interceptors.cache), lib/interceptor/cache.js; how it speaks was seen at 7.30.
import { cacheControlOf, seconds } from '../http/cache-control.ts';
import type { FieldLine, FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { ageOf, lastIndex } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';
import { saidLifetime } from './said-lifetime.ts';

const WARNING = '110 - "response is stale"';

const signature = (fields: FieldLines): number | undefined =>
  lastIndex(fields, 'warning', (value) => value.trim() === WARNING);

const CONFIRMED_OR_NOT =
  'undici writes an Age on a copy as it was, and the same Age on one that its parent has just confirmed with a 304.';
const STALE_OR_CONFIRMED =
  'undici warns of a stale copy also where its parent has just confirmed it with a 304; no stale-while-revalidate allows to send it unasked.';

/** What it fetched goes through untouched: without an Age, where the parent sends none. */
function decode(fields: FieldLines, status: number): Decoded | undefined {
  const age = ageOf(fields);
  const warned = signature(fields);
  if (warned !== undefined) {
    const common = { by: 'Warning', line: warned, ...(age !== undefined && { age }) };
    if (mayBeStale(fields, age)) return { ...common, cacheStatus: { hit: true }, stale: true };
    return { ...common, cacheStatus: {}, notSeparable: STALE_OR_CONFIRMED };
  }
  if (age !== undefined) return { cacheStatus: {}, by: 'Age', age, notSeparable: CONFIRMED_OR_NOT };
  // to only-if-cached it answers 504 itself, with nothing in it
  return status === 504 ? undefined : { cacheStatus: { fwd: 'miss' }, by: 'Age' };
}

/** Within stale-while-revalidate it sends the old copy and asks behind it. */
function mayBeStale(fields: FieldLines, age: number | undefined): boolean {
  const window = seconds(cacheControlOf(fields), 'stale-while-revalidate');
  const lifetime = saidLifetime(fields);
  return typeof window === 'number' && lifetime !== undefined && age !== undefined && age <= lifetime + window;
}

const speak = (event: Spoken): FieldLine[] => (event.stale ? [['warning', WARNING]] : []);

export const undici: Dialect = {
  id: 'undici',
  title: 'undici’s cache',
  reference: 'https://undici.nodejs.org/#/docs/api/CacheStore',
  reads: ['age', 'warning', 'cache-control', 'expires', 'date'],
  signature,
  decode,
  speak,
  questions: [
    {
      fields: [['Cache-Control', 'only-if-cached']],
      tells: 'what it may send unasked, or 504 where that is nothing',
      reference: 'https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.7',
    },
  ],
  behaviour: {
    ...rfcBehaviour,
    targetedFields: [],
    storesPartial: false,
    collapses: false,
    groups: false,
  },
  grounds: {
    usual: 'assumed',
    by: 'https://undici.nodejs.org/#/docs/api/CacheStore',
    except: { documented: ['obeysStaleWhileRevalidate', 'obeysStaleIfError', 'obeysRequestDirectives'] },
  },
};
