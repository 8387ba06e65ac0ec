// How does Fastly speak and behave? By X-Served-By, X-Cache and X-Cache-Hits, one member for each of its servers on the way.
// Source: fastly.com documentation, HTTP header reference and cache freshness; nothing was measured.
import type { FieldLine, FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastMember, lastNamed, membersFromEnd, sentAge, type Member } from './members.ts';
import { furthest, lastIndex, wholeNumber } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

/** Servers are named after their data centre. */
const server = /^cache-[a-z0-9-]+-([A-Z]{3})$/;
const timer = /^S\d+\.\d+,VS0,VE\d+$/;
const word = /^(?:HIT|MISS)$/;

/** Via alone is none: Varnish writes it in the same form. */
function signature(fields: FieldLines): number | undefined {
  return furthest(
    lastIndex(fields, 'x-served-by', (value) => server.test(lastMember(value))),
    lastIndex(fields, 'x-timer', (value) => timer.test(value.trim())),
    lastIndex(fields, 'fastly-debug-path', () => true),
  );
}

/** Its lists run from the shield to the edge, and have as many members as servers spoke. */
function decodeAll(fields: FieldLines): readonly Decoded[] {
  const words = ownIn(membersFromEnd(fields, 'x-cache'), word);
  const servers = ownIn(membersFromEnd(fields, 'x-served-by'), server);
  const hits = ownIn(membersFromEnd(fields, 'x-cache-hits'), /^\d+$/);
  if (words.length === 0) return servers.slice(0, 1).map(unsaid);
  const lifetimes = lifetimesIn(fields);
  const key = lastNamed(fields, 'fastly-debug-digest');
  return words.map((said, i) => ({
    ...decodeOne(said, servers[i]?.text, { hits: hits[i]?.text, key: i === 0 ? key : undefined }, lifetimes),
    ...sentAge(fields),
    ...(said.line === words[0]!.line ? {} : { line: said.line }),
  }));
}

/** Members that another product wrote stand on either side of its own. */
function ownIn(members: readonly Member[], form: RegExp): readonly Member[] {
  const first = members.findIndex(({ text }) => form.test(text));
  if (first === -1) return [];
  const own = members.slice(first);
  const foreign = own.findIndex(({ text }) => !form.test(text));
  return foreign === -1 ? own : own.slice(0, foreign);
}

/** A service can remove X-Cache. */
const unsaid = ({ text }: Member): Decoded => ({
  ...placed(text),
  cacheStatus: { cache: text },
  by: 'X-Served-By',
  notSeparable: 'X-Cache was removed, and nothing else tells whether this server had it.',
});

function decodeOne(
  { text }: Member,
  name: string | undefined,
  { hits, key }: { readonly hits: string | undefined; readonly key: string | undefined },
  lifetimes: ReadonlyMap<string, number>,
): Decoded {
  const isHit = text === 'HIT';
  const ttl = isHit && name !== undefined ? lifetimes.get(name) : undefined;
  const served = wholeNumber(hits);
  return {
    ...placed(name),
    cacheStatus: {
      ...(name !== undefined && { cache: name }),
      ...(isHit ? { hit: true } : { fwd: 'miss' }),
      ...(ttl !== undefined && { ttl }),
      ...(key !== undefined && { key }),
    },
    by: 'X-Cache',
    ...(isHit && served !== undefined && { hits: served }),
    ...(ttl === undefined ? { notSeparable: isHit ? HIDDEN_IN_HIT : HIDDEN_IN_MISS } : { stale: ttl < 0 }),
  };
}

const HIDDEN_IN_HIT = 'HIT is any answer from the store, also a stale one that is refreshed behind it.';
const HIDDEN_IN_MISS = 'MISS is a miss, the refetch of a stale copy, or a request that passes by the store.';

const placed = (name: string | undefined): { place?: string } => {
  const place = server.exec(name ?? '')?.[1];
  return place === undefined ? {} : { place };
};

/** Seconds that are left, by server: `(H cache-lhr6334-LHR 3599.9 0.000 0)` in Fastly-Debug-TTL. */
function lifetimesIn(fields: FieldLines): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [, name, seconds] of (lastNamed(fields, 'fastly-debug-ttl') ?? '').matchAll(
    /\([HM] (cache-[a-z0-9-]{1,64}-[A-Z]{3}) (-?\d{1,10})(?:\.\d{1,9})? /g,
  ))
    found.set(name!, Number(seconds));
  return found;
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
  reads: [
    'x-served-by',
    'x-cache',
    'x-cache-hits',
    'x-timer',
    'age',
    'fastly-debug-path',
    'fastly-debug-ttl',
    'fastly-debug-digest',
  ],
  signature,
  decode: (fields) => decodeAll(fields)[0],
  decodeAll,
  questions: [
    {
      fields: [['Fastly-Debug', '1']],
      tells:
        'which servers it crossed, how long each has it, the digest of its key, and Surrogate-Key and Surrogate-Control as they were stored',
      reference: 'https://www.fastly.com/documentation/reference/http/http-headers/Fastly-Debug/',
    },
  ],
  speak,
  behaviour: {
    ...rfcBehaviour,
    targetedFields: ['surrogate-control'],
    rewritesCacheControl: 'perhaps',
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
        'rewritesCacheControl',
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
