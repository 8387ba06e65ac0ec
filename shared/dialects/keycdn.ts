// How does KeyCDN speak and behave? By one of nginx's words in X-Cache, and by X-Edge-Location.
// Source: keycdn.com/support, technical questions and CDN server locations; nothing was measured.
import type { FieldLine, FieldLines } from '../http/fields.ts';
import { cacheWords, REVALIDATED, type Said } from './cache-words.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { frozenAge, lastNamed } from './members.ts';
import { furthest, lastIndex } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';
import { statusWord } from './status-word.ts';

/** Two letters for the country, two for the city. */
const location = /^[a-z]{4}$/;

const SILENT: Said = {
  cacheStatus: {},
  notSeparable: 'Without X-Cache nothing tells what KeyCDN’s store had: so it is in some errors.',
};
const SHIELDED = 'A shield is behind this edge; whether that had it, the fields do not tell.';

/** Its server's name, or its place: X-Cache alone is anybody's. */
function signature(fields: FieldLines): number | undefined {
  const named = furthest(
    lastIndex(fields, 'server', (value) => value.trim() === 'keycdn-engine'),
    lastIndex(fields, 'x-edge-location', (value) => location.test(value.trim())),
  );
  return named === undefined
    ? undefined
    : furthest(
        named,
        lastIndex(fields, 'x-cache', (value) => wordIn(value) !== undefined),
      );
}

const wordIn = (value: string): Said | undefined => {
  const word = value.trim();
  // as it was spelled in earlier years
  return word === 'REVALIDATE' ? REVALIDATED : cacheWords.get(word);
};

/** It is built on nginx, which passes an Age on as it was stored: none is its own. */
function decode(fields: FieldLines): Decoded | undefined {
  if (signature(fields) === undefined) return undefined;
  const sent = lastNamed(fields, 'x-cache');
  const word = sent === undefined ? undefined : wordIn(sent);
  const said = word ?? SILENT;
  const place = lastNamed(fields, 'x-edge-location');
  const isShielded = lastNamed(fields, 'x-shield') === 'active' && said.cacheStatus.fwd !== undefined;
  return {
    ...said,
    by: word !== undefined ? 'X-Cache' : place !== undefined ? 'X-Edge-Location' : 'Server',
    ...(place !== undefined && location.test(place) && { place }),
    ...frozenAge(fields, said),
    ...(isShielded && { notSeparable: SHIELDED }),
  };
}

const speak = (event: Spoken): FieldLine[] => [
  ['Server', 'keycdn-engine'],
  ['X-Cache', statusWord(event)],
  ['X-Edge-Location', 'xxla'],
];

export const keycdn: Dialect = {
  id: 'keycdn',
  title: 'KeyCDN',
  reference: 'https://www.keycdn.com/support/frequently-asked-questions',
  reads: ['server', 'x-cache', 'x-edge-location', 'x-shield', 'age'],
  signature,
  decode,
  speak,
  behaviour: {
    ...rfcBehaviour,
    targetedFields: [],
    // as nginx, on which it is built
    honoursAge: false,
    emitsAge: 'never',
    keepsDate: false,
    lifetimeFrom: ['x-accel-expires', 's-maxage', 'max-age', 'expires'],
    heuristicShare: 0,
    storesOnlyStatus: [200, 301, 302],
    storesPost: false,
    head: 'as-get',
  },
  grounds: {
    usual: 'assumed',
    by: 'https://www.keycdn.com/support/frequently-asked-questions',
    except: {
      documented: [
        'lifetimeFrom',
        'storesOnlyStatus',
        'storesPost',
        'head',
        'revalidates',
        'obeysStaleWhileRevalidate',
        'obeysStaleIfError',
      ],
    },
  },
};
