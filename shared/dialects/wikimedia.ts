// How do Wikimedia's caches speak and behave? By X-Cache, one member for each of its servers, in three forms since 2012.
// Source: wikitech.wikimedia.org, CDN and Caching overview; operations/puppet, wikimedia-frontend.vcl; older forms as responses had them.
import type { FieldLine, FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastMember, lastNamed, membersFromEnd, sentAge } from './members.ts';
import { furthest, lastIndex, wholeNumber } from './read.ts';
import { timingsIn } from './server-timing.ts';
import { varnish } from './varnish.ts';

/** `cp3052 hit/600912`; until 2016 `cp4008 frontend hit (126)`. The number is how often that copy was sent. */
const member =
  /^((?:cp|amssq)\d{1,4})(?:\.[a-z0-9.]{1,40})?( frontend)? (hit|miss|pass|int|bug)(?:\/(\d{1,10})| \((\d{1,10})\))?$/;
/** In X-Cache-Status and Server-Timing: what became of it, and in which layer. */
const summary = /^(hit|int)-(front|local|remote|tls)$|^(?:hit|miss|pass|unknown)$/;
const host = /^cp\d{4}$/;

/** The first digit of a server's number is its data centre's. */
const CENTRES = [undefined, 'eqiad', 'codfw', 'esams', 'ulsfo', 'eqsin', 'drmrs', 'magru'];

const signature = (fields: FieldLines): number | undefined =>
  furthest(
    lastIndex(fields, 'x-cache', (value) => member.test(lastMember(value))),
    lastIndex(fields, 'x-cache-status', (value) => value.includes('-') && summary.test(value.trim())),
    lastIndex(fields, 'server-timing', (value) => /\bhost;desc="cp\d{4}"/.test(value)),
  );

/** The list is read from its end, where the front is: left of the first hit all was stored with the copy. */
function decodeAll(fields: FieldLines): readonly Decoded[] {
  const members = membersFromEnd(fields, 'x-cache').map(({ text }) => member.exec(text));
  const known = members.slice(0, (members.findIndex((m) => m === null) + 1 || members.length + 1) - 1);
  if (known.length === 0) return summarised(fields);
  const ids = idsIn(fields);
  return known.map((m, i) => ({
    ...decodeOne(m!, ids[i]),
    by: 'X-Cache',
    ...(i === 0 && sentAge(fields)),
  }));
}

function decodeOne(
  [, cache = '', , state, after, within]: RegExpExecArray,
  id: string | undefined,
): Omit<Decoded, 'by'> {
  const place = centreOf(cache);
  const named = { ...(place !== undefined && { place }) };
  if (state === 'hit') {
    const hits = wholeNumber(after ?? within);
    return {
      ...named,
      cacheStatus: { cache, hit: true },
      ...(hits !== undefined && { hits }),
      ...(id !== undefined && { storeId: id }),
    };
  }
  if (state === 'miss') return { ...named, cacheStatus: { cache, fwd: 'miss' } };
  if (state === 'pass') return { ...named, cacheStatus: { cache, fwd: 'bypass', stored: false } };
  return { ...named, cacheStatus: { cache }, made: 'answer', notSeparable: MADE };
}

const MADE = 'This server wrote the answer itself: a redirect, a refusal or an error.';

/** X-Varnish had a member for each server that ran Varnish, the front among them; on a hit the second number names the stored copy. */
const idsIn = (fields: FieldLines): (string | undefined)[] =>
  membersFromEnd(fields, 'x-varnish').map(({ text }) => /^\d{1,12} (\d{1,12})$/.exec(text)?.[1]);

/** Without X-Cache: the word for the whole way, and the front's name. */
function summarised(fields: FieldLines): readonly Decoded[] {
  if (signature(fields) === undefined) return [];
  const timings = timingsIn(fields);
  const sent = lastNamed(fields, 'x-cache-status');
  const word = sent !== undefined && summary.test(sent) ? sent : (timings.get('cache') ?? '');
  const cache = host.exec(timings.get('host') ?? '')?.[0];
  const place = centreOf(cache ?? '');
  const by = word === sent ? 'X-Cache-Status' : 'Server-Timing';
  const front = { ...(place !== undefined && { place }), by, ...sentAge(fields) };
  const named = { ...(cache !== undefined && { cache }) };
  const [, state, layer] = summary.exec(word) ?? [];
  if (state === 'int') {
    // the frontend's own TLS terminator, where it is not a cache
    return [{ ...front, cacheStatus: named, made: 'answer', notSeparable: MADE }];
  }
  if (layer === 'front') return [{ ...front, cacheStatus: { ...named, hit: true } }];
  if (state === 'hit') {
    const behind = layer === 'local' ? 'backend' : 'remote backend';
    return [
      { ...front, cacheStatus: { ...named, fwd: 'miss' } },
      { cacheStatus: { cache: behind, hit: true }, by },
    ];
  }
  if (word === 'miss') return [{ ...front, cacheStatus: { ...named, fwd: 'miss' } }];
  if (word === 'pass') return [{ ...front, cacheStatus: { ...named, fwd: 'bypass', stored: false } }];
  return [{ ...front, cacheStatus: named, notSeparable: 'Which of its layers had it, these fields do not tell.' }];
}

function centreOf(cache: string): string | undefined {
  if (cache.startsWith('amssq')) return 'esams';
  return host.test(cache) ? CENTRES[Number(cache[2])] : undefined;
}

function speak(event: Spoken): FieldLine[] {
  const { hit, fwd } = event.cacheStatus;
  const state = hit === true ? `hit/${event.hits}` : fwd === 'bypass' ? 'pass' : 'miss';
  return [['X-Cache', `cp0001 ${state}`]];
}

export const wikimedia: Dialect = {
  id: 'wikimedia',
  title: 'Wikimedia’s caches',
  reference: 'https://wikitech.wikimedia.org/wiki/CDN',
  reads: ['x-cache', 'x-cache-status', 'server-timing', 'x-varnish', 'age'],
  signature,
  decode: (fields) => decodeAll(fields)[0],
  decodeAll,
  madeOf: ['varnish', 'trafficserver'],
  speak,
  behaviour: {
    // the front is Varnish
    ...varnish.behaviour,
    // its front writes the line for browsers; its caches keep nothing for longer than a day
    rewritesCacheControl: true,
    grace: 1200,
    keep: 604_800,
  },
  grounds: {
    usual: 'assumed',
    by: 'https://wikitech.wikimedia.org/wiki/CDN',
    except: { documented: ['grace', 'keep', 'rewritesCacheControl'] },
  },
};
