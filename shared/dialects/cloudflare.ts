// How does Cloudflare speak and behave? By one word in CF-Cache-Status.
// Source: developers.cloudflare.com/cache, concepts; nothing was measured.
import type { FieldLine, FieldLines } from '../http/fields.ts';
import { EXPIRED, HIT, PASSED, REVALIDATED, STALE, wordsOf, type Said } from './cache-words.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastNamed, sentAge } from './members.ts';
import { furthest, lastIndex } from './read.ts';
import { statusWord } from './status-word.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

/** The identifier of this request, and the data centre that the client reached. */
const ray = /^[0-9a-f]{16}-([A-Z]{3})$/;

/** A Worker, a rule or a redirect answered, or the URL is one that it does not look for. */
const UNASKED: Said = {
  cacheStatus: {},
  made: 'answer',
  notSeparable: 'Cloudflare answered before it looked into its store: a Worker, a rule or a redirect did.',
};

const words = wordsOf({
  HIT,
  MISS: { cacheStatus: { fwd: 'uri-miss' } },
  EXPIRED,
  REVALIDATED,
  // its parent cannot be reached
  STALE,
  // it refreshes behind this answer
  UPDATING: STALE,
  // the response forbids storing, or the URL is not eligible
  BYPASS: PASSED,
  DYNAMIC: PASSED,
  NONE: UNASKED,
  UNKNOWN: UNASKED,
  'NONE/UNKNOWN': UNASKED,
});

const SILENT: Said = {
  cacheStatus: {},
  notSeparable: 'Without CF-Cache-Status nothing tells what Cloudflare’s store had.',
};

const TIERED = 'A hit without Age may be one of an upper tier, which sent it to a data centre that did not have it.';

/** It writes its own fields early and its name as the Server late, which those in front of it leave where it is. */
function signature(fields: FieldLines): number | undefined {
  const own = furthest(
    lastIndex(fields, 'cf-cache-status'),
    lastIndex(fields, 'cf-ray', (value) => ray.test(value.trim())),
  );
  if (own === undefined) return undefined;
  return furthest(
    own,
    lastIndex(fields, 'server', (value) => value.trim().toLowerCase() === 'cloudflare'),
  );
}

/** An Age is its own only on what came from its store; elsewhere it is the parent's. */
function decode(fields: FieldLines): Decoded | undefined {
  const sent = lastNamed(fields, 'cf-cache-status');
  const place = ray.exec(lastNamed(fields, 'cf-ray') ?? '')?.[1];
  if (sent === undefined && place === undefined) return undefined;
  const said = sent === undefined ? SILENT : (words.get(sent.toUpperCase()) ?? unknown(sent));
  const isStored = said.cacheStatus.hit === true || said.revalidated === true;
  const age = isStored ? sentAge(fields) : {};
  const tiered = said.cacheStatus.hit === true && said.stale !== true && age.age === undefined;
  return {
    ...said,
    by: sent === undefined ? 'CF-Ray' : 'CF-Cache-Status',
    ...(place !== undefined && { place }),
    ...age,
    ...(tiered && { notSeparable: TIERED }),
  };
}

const unknown = (sent: string): Said => ({
  cacheStatus: {},
  notSeparable: `What Cloudflare means by "${sent.slice(0, 40)}" is not documented.`,
});

const speak = (event: Spoken): FieldLine[] => [['CF-Cache-Status', statusWord(event)]];

export const cloudflare: Dialect = {
  id: 'cloudflare',
  title: 'Cloudflare',
  reference: 'https://developers.cloudflare.com/cache/concepts/cache-responses/',
  reads: ['cf-cache-status', 'cf-ray', 'server', 'age'],
  signature,
  decode,
  speak,
  behaviour: {
    ...rfcBehaviour,
    targetedFields: ['cloudflare-cdn-cache-control', 'cdn-cache-control'],
    // of those it keeps unasked, 302 and 303 stay 20 minutes and 404 and 410 three: these are left out here
    defaultTtl: 7200,
    heuristicStatus: [200, 206, 301],
    heuristicShare: 0,
    storesSetCookie: false,
    storesNoCache: false,
    head: 'as-get',
  },
  grounds: {
    usual: 'assumed',
    by: 'https://developers.cloudflare.com/cache/concepts/default-cache-behavior/',
    except: {
      documented: [
        'emitsAge',
        'targetedFields',
        'lifetimeFrom',
        'defaultTtl',
        'heuristicStatus',
        'heuristicShare',
        'grace',
        'obeysStaleWhileRevalidate',
        'obeysStaleIfError',
        'obeysMustRevalidate',
        'storesSetCookie',
        'storesNoCache',
        'ignoresAuthorization',
        'revalidates',
        'head',
      ],
    },
  },
};
