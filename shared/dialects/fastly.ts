// How does Fastly speak and behave? By X-Served-By, X-Cache and X-Cache-Hits, one member for each of its servers on the way.
// Source: fastly.com documentation, HTTP header reference and cache freshness; nothing was measured.
import { last, listMembers, valuesOf, type FieldLine, type FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastIndex, wholeNumber } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

/** Servers are named after their data centre. */
const server = /(?:^|,)\s*(cache-[a-z0-9-]+-[A-Z]{3})\s*$/;
const timer = /^S\d+\.\d+,VS0,VE\d+$/;

/** Via alone is none: Varnish writes it in the same form. */
function signature(fields: FieldLines): number | undefined {
  const found = Math.max(
    lastIndex(fields, 'x-served-by', (value) => server.test(value)) ?? -1,
    lastIndex(fields, 'x-timer', (value) => timer.test(value.trim())) ?? -1,
  );
  return found < 0 ? undefined : found;
}

/** Its lists run from the shield to the edge: what stands left of the last member was stored with the copy. */
const nearest = (fields: FieldLines, name: string): string | undefined =>
  valuesOf(fields, name).flatMap(listMembers).at(-1)?.trim();

/** HIT is any answer from the store, a stale one too; MISS any other, a pass too. */
function decode(fields: FieldLines): Decoded | undefined {
  const word = nearest(fields, 'x-cache');
  if (word !== 'HIT' && word !== 'MISS') return undefined;
  const cache = server.exec(last(fields, 'x-served-by') ?? '')?.[1];
  const age = wholeNumber(last(fields, 'age'));
  const hits = word === 'HIT' ? wholeNumber(nearest(fields, 'x-cache-hits')) : undefined;
  return {
    cacheStatus: {
      ...(cache === undefined ? {} : { cache }),
      ...(word === 'HIT' ? { hit: true } : { fwd: 'miss' }),
    },
    by: 'X-Cache',
    ...(age === undefined ? {} : { age }),
    ...(hits === undefined ? {} : { hits }),
  };
}

function speak(event: Spoken): FieldLine[] {
  const isHit = event.cacheStatus.hit === true;
  return [
    ['Via', '1.1 varnish'],
    ['X-Served-By', 'cache-lab10001-LAB'],
    ['X-Cache', isHit ? 'HIT' : 'MISS'],
    ['X-Cache-Hits', String(isHit ? event.hits : 0)],
  ];
}

export const fastly: Dialect = {
  id: 'fastly',
  title: 'Fastly',
  reference: 'https://www.fastly.com/documentation/reference/http/http-headers/X-Cache/',
  reads: ['x-served-by', 'x-cache', 'x-cache-hits', 'x-timer', 'age'],
  signature,
  decode,
  speak,
  behaviour: {
    ...rfcBehaviour,
    targetedFields: ['surrogate-control'],
    // where the service's settings say nothing else
    defaultTtl: 3600,
    heuristicShare: 0,
    storesOnlyStatus: [200, 203, 300, 301, 302, 404, 410],
    storesSetCookie: false,
    // it writes its own, of which nothing is documented
    keepsDate: false,
  },
  grounds: {
    usual: 'assumed',
    by: 'https://www.fastly.com/documentation/guides/concepts/edge-state/cache/cache-freshness/',
    except: {
      documented: [
        'honoursAge',
        'emitsAge',
        'targetedFields',
        'lifetimeFrom',
        'defaultTtl',
        'heuristicShare',
        'grace',
        'obeysStaleWhileRevalidate',
        'obeysStaleIfError',
        'storesOnlyStatus',
        'storesSetCookie',
        'revalidates',
        'collapses',
      ],
    },
  },
};
