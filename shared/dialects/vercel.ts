// How does Vercel speak and behave? By one word in X-Vercel-Cache, and by the regions in X-Vercel-Id.
// Source: vercel.com/docs, response headers, cache status and Cache-Control headers; nothing was measured.
import type { FieldLine, FieldLines } from '../http/fields.ts';
import { HIT, PASSED, STALE, wordsOf, type Said } from './cache-words.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastNamed, sentAge } from './members.ts';
import { furthest, lastIndex } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

/** The region that the client reached, that of the function if there was one, and the request. */
const id = /^([a-z]{3}\d)(?:::[a-z]{3}\d){0,3}::[0-9A-Za-z-]{1,80}$/;

const SILENT: Said = { cacheStatus: {}, notSeparable: 'Without X-Vercel-Cache nothing tells what Vercel’s store had.' };

const words = wordsOf({
  HIT,
  // built with the site
  PRERENDER: HIT,
  // it refreshes behind this answer
  STALE,
  MISS: { cacheStatus: { fwd: 'uri-miss' } },
  REVALIDATED: {
    cacheStatus: { fwd: 'stale', stored: true },
    notSeparable:
      'REVALIDATED is a copy that was deleted, or one that the client did not want: a new one was made before the answer.',
  },
  BYPASS: PASSED,
});

const signature = (fields: FieldLines): number | undefined =>
  furthest(
    lastIndex(fields, 'x-vercel-cache'),
    lastIndex(fields, 'x-vercel-id', (value) => id.test(value.trim())),
  );

/** An Age is its own only on what came from its store. */
function decode(fields: FieldLines): Decoded | undefined {
  if (signature(fields) === undefined) return undefined;
  const sent = lastNamed(fields, 'x-vercel-cache');
  const said = words.get(sent?.toUpperCase() ?? '') ?? SILENT;
  const place = id.exec(lastNamed(fields, 'x-vercel-id') ?? '')?.[1];
  return {
    ...said,
    by: sent === undefined ? 'X-Vercel-Id' : 'X-Vercel-Cache',
    ...(place !== undefined && { place }),
    ...(said.cacheStatus.hit === true && sentAge(fields)),
  };
}

function speak(event: Spoken): FieldLine[] {
  const { hit, fwd } = event.cacheStatus;
  const word = event.stale ? 'STALE' : hit === true ? 'HIT' : fwd === 'stale' ? 'REVALIDATED' : undefined;
  return [
    ['X-Vercel-Cache', word ?? (fwd === 'bypass' ? 'BYPASS' : 'MISS')],
    ['X-Vercel-Id', 'lab1::00000-0000000000000-000000000000'],
  ];
}

export const vercel: Dialect = {
  id: 'vercel',
  title: 'Vercel',
  reference: 'https://vercel.com/docs/headers/response-headers',
  reads: ['x-vercel-cache', 'x-vercel-id', 'age'],
  signature,
  decode,
  speak,
  behaviour: {
    ...rfcBehaviour,
    targetedFields: ['vercel-cdn-cache-control', 'cdn-cache-control'],
    // s-maxage and stale-while-revalidate are taken off
    rewritesCacheControl: true,
    // its own default, for what says nothing, is max-age=0
    heuristicShare: 0,
    obeysStaleIfError: false,
    obeysMustRevalidate: false,
  },
  grounds: {
    usual: 'assumed',
    by: 'https://vercel.com/docs/headers/cache-control-headers',
    except: {
      documented: [
        'emitsAge',
        'targetedFields',
        'rewritesCacheControl',
        'lifetimeFrom',
        'heuristicShare',
        'grace',
        'obeysStaleWhileRevalidate',
        'obeysStaleIfError',
        'obeysMustRevalidate',
      ],
    },
  },
};
